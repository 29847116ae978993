"""`berceau campaign`. What costs time is imported when it is asked for: `--help` stays quick."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from services.command.records import options as o
from shared.campaigns import CampaignGround

app = typer.Typer(
    help="Campagnes : reprendre toutes les décisions d'un dispositif.", no_args_is_help=True
)


@app.callback()
def _campaign() -> None:
    """Campagnes : reprendre toutes les décisions d'un dispositif."""


def _day(text: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC).date()
    except ValueError:
        raise typer.BadParameter(
            f"« {text} » n'est pas une date : écrivez AAAA-MM-JJ, par exemple 2027-01-01."
        ) from None


_Which = Annotated[str, typer.Argument(help="Code de la campagne.")]
_On = Annotated[
    date,
    typer.Option(parser=_day, metavar="AAAA-MM-JJ", help="Premier jour des nouveaux tarifs."),
]
_Yes = Annotated[bool, typer.Option("--yes", help="Sans demander de confirmation.")]
_DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Dit ce qui serait pris, sans rien faire.")
]


@app.command()
def start(
    *,
    scheme: Annotated[str, typer.Option(help="COLLECTIVITÉ/DISPOSITIF.")],
    on: _On,
    drafts: Annotated[
        bool, typer.Option("--drafts", help="Chaque tarif attend l'accord d'un agent.")
    ] = False,
    reuse_evidence: Annotated[
        bool, typer.Option("--reuse-evidence", help="Sans redemander les données à l'État.")
    ] = False,
    upcoming: Annotated[
        bool, typer.Option("--upcoming", help="Aussi les accueils qui commencent après ce jour.")
    ] = False,
    rest_of: Annotated[
        str | None,
        typer.Option(help="Seulement ce que cette campagne n'a pas repris."),
    ] = None,
    ground: Annotated[
        CampaignGround | None,
        typer.Option(help="Motif, si ce jour est passé : il peut coûter à des familles."),
    ] = None,
    dry_run: _DryRun = False,
    yes: _Yes = False,
    as_json: o.AsJson = False,
) -> None:
    """Lance la reprise de chaque décision en cours, au rythme que l'État permet."""
    from services.command.campaign import confirming  # noqa: PLC0415 -- quick help
    from services.command.campaign.starting import Asked  # noqa: PLC0415 -- idem

    asked = Asked(
        scheme,
        on,
        drafts=drafts,
        reuse_evidence=reuse_evidence,
        upcoming=upcoming,
        rest_of=rest_of,
        ground=ground,
    )
    confirming.start(asked, dry_run=dry_run, yes=yes, as_json=as_json)


@app.command("list")
def list_all(*, as_json: o.AsJson = False) -> None:
    """Montre les campagnes, les dernières d'abord."""
    from services.command.campaign import following  # noqa: PLC0415 -- quick help

    following.list_all(as_json=as_json)


@app.command()
def show(
    code: _Which,
    *,
    follow: Annotated[
        bool, typer.Option("--follow", help="Recommencer toutes les 2 s, jusqu'à sa fin.")
    ] = False,
    as_json: o.AsJson = False,
) -> None:
    """Montre où en est une campagne : repris, à instruire, en attente, et le temps restant."""
    from services.command.campaign import following  # noqa: PLC0415 -- quick help

    following.show(code, follow=follow, as_json=as_json)


@app.command()
def pause(code: _Which) -> None:
    """Suspend une campagne : ce qui est déjà repris va à son terme, le reste attend."""
    from services.command.campaign.desk import steer  # noqa: PLC0415 -- quick help
    from services.command.records.desk import at_desk, say  # noqa: PLC0415 -- idem
    from shared.campaigns import CampaignState  # noqa: PLC0415 -- idem
    from shared.protocol.campaigning import steering  # noqa: PLC0415 -- idem

    with at_desk() as desk:
        steer(desk, code, steering.pause, CampaignState.PAUSED)
    say(f"« {code} » : suspendue.")


@app.command()
def resume(code: _Which) -> None:
    """Reprend une campagne suspendue, là où elle en était."""
    from services.command.campaign.desk import steer  # noqa: PLC0415 -- quick help
    from services.command.records.desk import at_desk, say  # noqa: PLC0415 -- idem
    from shared.campaigns import CampaignState  # noqa: PLC0415 -- idem
    from shared.protocol.campaigning import steering  # noqa: PLC0415 -- idem

    with at_desk() as desk:
        steer(desk, code, steering.resume, CampaignState.RUNNING)
    say(f"« {code} » : reprise.")


@app.command()
def cancel(code: _Which, *, yes: _Yes = False) -> None:
    """Annule une campagne : ce qui est déjà repris va à son terme, le reste n'est pas touché."""
    from services.command.campaign.desk import steer  # noqa: PLC0415 -- quick help
    from services.command.records.desk import at_desk, say  # noqa: PLC0415 -- idem
    from shared.campaigns import CampaignState  # noqa: PLC0415 -- idem
    from shared.protocol.campaigning import steering  # noqa: PLC0415 -- idem

    if not yes:
        typer.confirm(f"Annuler « {code} » ? Elle ne pourra pas être reprise.", abort=True)
    with at_desk() as desk:
        steer(desk, code, steering.cancel, CampaignState.CANCELLED)
    say(f"« {code} » : annulée.")


@app.command()
def report(
    code: _Which,
    *,
    csv: Annotated[
        Path | None,
        typer.Option(help="Fichier à écrire : une ligne par dossier, sans aucun nom."),
    ] = None,
    as_json: o.AsJson = False,
) -> None:
    """Dit qui change, pourquoi, de combien et dans quel établissement."""
    from services.command.campaign import reporting  # noqa: PLC0415 -- quick help

    reporting.report(code, csv, as_json=as_json)


@app.command()
def letters(code: _Which, *, as_json: o.AsJson = False) -> None:
    """Donne les références dont la décision a changé, une par ligne : les lettres à envoyer."""
    from services.command.campaign import reporting  # noqa: PLC0415 -- quick help

    reporting.letters(code, as_json=as_json)
