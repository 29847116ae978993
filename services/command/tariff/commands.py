"""`berceau tariff`: the words of the command line; what they do is imported when it is asked for.

`quote`, `show`, `check`, `init` and `schema` need no database, unless `--published` asks for one.
"""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated

import typer

from services.command.tariff import options
from services.command.tariff.time_words import billed_time
from services.tariff.language.words import Method, Stage
from shared.application import CareType
from shared.money import Money, Rounding

app = typer.Typer(help="Barèmes : écrire, relire, publier, montrer, simuler.", no_args_is_help=True)


@app.callback()
def _tariff() -> None:
    """Barèmes : écrire, relire, publier, montrer, simuler."""


@app.command()
def init(
    method: Annotated[Method, typer.Argument(help="Méthode du barème.")],
    *,
    id_: Annotated[
        str, typer.Option("--id", metavar="CODE", help="Code du barème.")
    ] = "mon-bareme",
    authority: Annotated[
        str, typer.Option(metavar="CODE", help="Code de la collectivité.")
    ] = "ma-collectivite",
    first_day: Annotated[
        date | None,
        typer.Option("--from", parser=options.day, metavar="AAAA-MM-JJ", help="Premier jour."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Où écrire (jamais écrasé) ; sans lui, sur la sortie standard."),
    ] = None,
) -> None:
    """Écrit un modèle commenté : les valeurs à remplir y sont signalées."""
    from services.command.tariff.starting import start  # noqa: PLC0415 -- quick help

    start(method, tariff_id=id_, authority=authority, first_day=first_day, out=out)


@app.command()
def check(
    files: Annotated[
        list[Path],
        typer.Argument(exists=True, dir_okay=False, help="Les périodes de barèmes (YAML)."),
    ],
    *,
    strict: Annotated[
        bool, typer.Option("--strict", help="Refuser aussi ce qui aurait dû être relu.")
    ] = False,
) -> None:
    """Relit des barèmes : chaque fichier, puis leur suite, sans trou ni chevauchement."""
    from services.command.tariff.checking import check_files  # noqa: PLC0415 -- quick help

    check_files(files, today=options.today(), strict=strict)


@app.command()
def publish(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="Une période d'un barème (YAML).")
    ],
    *,
    authority: Annotated[str, typer.Option(metavar="CODE", help="Code de la collectivité.")],
) -> None:
    """Publie une version d'un barème : elle ne changera plus."""
    from services.command.tariff.publishing import publish_file  # noqa: PLC0415 -- quick help

    publish_file(file, authority=authority, today=options.today())


@app.command()
def show(
    *,
    tariff: options.TariffFile = None,
    scale: options.Scale = None,
    published: options.Published = False,
    on: Annotated[
        date | None,
        typer.Option(parser=options.day, metavar="AAAA-MM-JJ", help="Ce jour ; sinon aujourd'hui."),
    ] = None,
    as_json: options.AsJson = False,
) -> None:
    """Montre un barème comme une personne le lit."""
    from services.command.tariff.finding import find  # noqa: PLC0415 -- quick help
    from services.command.tariff.showing import shown  # noqa: PLC0415 -- idem

    found = find(tariff, scale, published=published, on=on or options.today(), default=None)
    typer.echo(shown(found, as_json=as_json))


@app.command()
def schema() -> None:
    """Écrit le schéma JSON de la langue des barèmes, pour les éditeurs de texte."""
    from services.tariff.language.schema import schema_text  # noqa: PLC0415 -- quick help

    typer.echo(schema_text(), nl=False)


@app.command()
def quote(
    *,
    on: Annotated[
        date,
        typer.Option(parser=options.day, metavar="AAAA-MM-JJ", help="Jour de l'accueil."),
    ],
    tariff: options.TariffFile = None,
    scale: options.Scale = None,
    published: options.Published = False,
    care: Annotated[CareType | None, typer.Option(help="Type d'accueil (PSU).")] = None,
    children: Annotated[
        int | None,
        typer.Option(parser=options.children, metavar="N", help="Enfants à charge du foyer."),
    ] = None,
    aeeh: Annotated[
        int | None,
        typer.Option(parser=options.children, metavar="N", help="Dont bénéficiaires de l'AEEH."),
    ] = None,
    resources_annual: Annotated[
        Money | None,
        typer.Option(
            parser=options.euros, metavar="EUROS", help="Ressources d'une année : 48000.00."
        ),
    ] = None,
    resources_month: Annotated[
        Money | None,
        typer.Option(parser=options.euros, metavar="EUROS", help="Ou ressources d'un mois."),
    ] = None,
    quotient_familial: Annotated[
        list[str] | None,
        typer.Option(
            metavar="EUROS", help="Quotient : 650, ou 2026-09=650 pour un mois ; répétable."
        ),
    ] = None,
    rfr: Annotated[
        Money | None,
        typer.Option(parser=options.euros, metavar="EUROS", help="Revenu fiscal de référence."),
    ] = None,
    parts: Annotated[
        Decimal | None,
        typer.Option(parser=options.parts, metavar="PARTS", help="Parts fiscales : 2.5."),
    ] = None,
    resident: Annotated[
        bool | None,
        typer.Option("--resident/--non-resident", help="Habite, ou non, sur le territoire."),
    ] = None,
    rank: Annotated[
        int | None,
        typer.Option(
            parser=options.children, metavar="N", help="Rang de l'enfant parmi les inscrits."
        ),
    ] = None,
    fund: Annotated[
        str | None, typer.Option(metavar="caf|msa|other", help="Régime de la famille.")
    ] = None,
    granted: Annotated[
        list[str] | None,
        typer.Option(metavar="NOM", help="Réduction ou condition accordée ; répétable."),
    ] = None,
    denied: Annotated[
        list[str] | None,
        typer.Option(metavar="NOM", help="Condition d'aide non remplie ; répétable."),
    ] = None,
    units: Annotated[
        Decimal | None,
        typer.Option(parser=options.units, metavar="N", help="Unités facturées dans le mois."),
    ] = None,
    hours_month: Annotated[
        Decimal | None,
        typer.Option(parser=options.hours, metavar="HEURES", help="Heures par mois : 126.50."),
    ] = None,
    rounding: Annotated[
        Rounding | None, typer.Option(help="Arrondi au centime ; par défaut celui du barème.")
    ] = None,
    rounding_stage: Annotated[
        Stage | None,
        typer.Option(help="Premier arrondi ; par défaut celui du barème."),
    ] = None,
    as_json: options.AsJson = False,
) -> None:
    """Simule un prix, et le montant du mois si les heures ou les unités sont données."""
    from services.command.tariff.case import Case  # noqa: PLC0415 -- quick help
    from services.command.tariff.finding import find  # noqa: PLC0415 -- idem
    from services.command.tariff.quoting import quoted  # noqa: PLC0415 -- idem

    case = Case(
        care=care,
        children=children,
        aeeh=aeeh,
        resources_annual=resources_annual,
        resources_month=resources_month,
        quotient_familial=tuple(quotient_familial or ()),
        rfr=rfr,
        parts=parts,
        resident=resident,
        rank=rank,
        fund=fund,
        granted=tuple(granted or ()),
        denied=tuple(denied or ()),
        units=units,
        hours_month=hours_month,
    )
    found = find(tariff, scale, published=published, on=on, default="psu")
    typer.echo(quoted(case, found, on, rounding=rounding, stage=rounding_stage, as_json=as_json))


app.command("time")(billed_time)


@app.command()
def simulate(
    *,
    candidate: Annotated[
        Path, typer.Option(exists=True, dir_okay=False, help="Le barème à essayer (YAML).")
    ],
    on: Annotated[
        date,
        typer.Option(parser=options.day, metavar="AAAA-MM-JJ", help="Jour de la comparaison."),
    ],
    scheme: Annotated[
        str | None,
        typer.Option(
            metavar="COLLECTIVITÉ/DISPOSITIF",
            help="Ce dispositif ; sans lui, tous ceux que ce barème tarife.",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(file_okay=False, help="Dossier du rapport : page, tableur, image."),
    ] = None,
    as_json: options.AsJson = False,
) -> None:
    """Essaie un barème sur chaque situation connue, sans rien écrire dans la base."""
    from services.command.tariff.simulating import simulate as simulated  # noqa: PLC0415 -- idem

    simulated(candidate, on=on, scheme=scheme, out=out, as_json=as_json)
