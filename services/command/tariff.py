"""`berceau tariff`: what a tariff gives, without a database.

Imports that cost time are made when a quote is asked for, so that `berceau --help` stays quick.
"""

import json
import re
import textwrap
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.tariff.language.words import Stage
from shared.application import CareType
from shared.errors import MoneyFormatError, TariffError
from shared.money import Money, Rounding

if TYPE_CHECKING:
    from services.tariff.engine.fee import Fee
    from services.tariff.engine.situation import Situation
    from services.tariff.language.tariff import Tariff

_WIDTH = 88
_MOST_CHILDREN = 30
_MONTHS = 12
_HOURS_IN_A_MONTH = 744
_REFUSED = 1

app = typer.Typer(help="Barèmes : simuler un tarif, relire des fichiers.", no_args_is_help=True)


@app.callback()
def _tariff() -> None:
    """Barèmes : simuler un tarif, relire des fichiers."""


def _day(text: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC).date()
    except ValueError:
        raise typer.BadParameter(
            f"« {text} » n'est pas une date : écrivez AAAA-MM-JJ, par exemple 2026-01-15."
        ) from None


def _euros(text: str) -> Money:
    try:
        money = Money.parse(text)
    except MoneyFormatError:
        money = Money(-1)
    if money < Money(0):
        raise typer.BadParameter(
            f"« {text} » n'est pas un montant : écrivez des euros avec un point et sans signe, "
            "par exemple 48000.00."
        )
    return money


def _hours(text: str) -> Decimal:
    try:
        money = Money.parse(text)  # an hour has hundredths as a euro has cents
    except MoneyFormatError:
        money = Money(-1)
    if not 0 <= money.exact <= _HOURS_IN_A_MONTH:
        raise typer.BadParameter(
            f"« {text} » n'est pas un nombre d'heures par mois : écrivez 0 à {_HOURS_IN_A_MONTH}, "
            "avec deux décimales au plus, par exemple 126.50."
        )
    return Decimal(str(money))


def _children(text: str | int) -> int:
    text = str(text)  # typer parses the default too
    if re.fullmatch(r"\d{1,2}", text, re.ASCII) is None or int(text) > _MOST_CHILDREN:
        raise typer.BadParameter(
            f"« {text} » n'est pas un nombre d'enfants : écrivez un entier, {_MOST_CHILDREN} au "
            "plus."
        )
    return int(text)


@app.command()
def check(
    files: Annotated[
        list[Path],
        typer.Argument(exists=True, dir_okay=False, help="Les périodes d'un barème (YAML)."),
    ],
) -> None:
    """Relit des barèmes : chaque fichier, puis leur suite, sans trou ni chevauchement."""
    from services.tariff.language.national import read_named  # noqa: PLC0415 -- see above
    from services.tariff.language.scale import Scale  # noqa: PLC0415 -- idem

    try:
        scale = Scale.of(read_named(_text(file), file=file.name) for file in files)
    except TariffError as refused:
        typer.echo(str(refused), err=True)
        raise typer.Exit(_REFUSED) from None
    typer.echo("\n".join(_period(tariff) for tariff in scale.tariffs))


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise TariffError(f"{file.name} : ce fichier n'est pas lisible en UTF-8.") from None


def _period(tariff: "Tariff") -> str:
    end = "sans fin connue" if tariff.valid_to is None else f"au {tariff.valid_to:%d/%m/%Y}"
    return f"{tariff.id} {tariff.version} : du {tariff.valid_from:%d/%m/%Y} {end}, {tariff.digest}"


@app.command()
def quote(
    *,
    on: Annotated[date, typer.Option(parser=_day, metavar="AAAA-MM-JJ", help="Jour de l'accueil.")],
    care: Annotated[CareType, typer.Option(help="Type d'accueil.")],
    children: Annotated[
        int, typer.Option(parser=_children, metavar="N", help="Enfants à charge du foyer.")
    ],
    scale: Annotated[str, typer.Option(metavar="psu", help="Barème.")] = "psu",
    aeeh: Annotated[
        int, typer.Option(parser=_children, metavar="N", help="Dont bénéficiaires de l'AEEH.")
    ] = 0,
    resources_annual: Annotated[
        Money | None,
        typer.Option(parser=_euros, metavar="EUROS", help="Ressources d'une année : 48000.00."),
    ] = None,
    resources_month: Annotated[
        Money | None,
        typer.Option(parser=_euros, metavar="EUROS", help="Ou ressources d'un mois : 4000.00."),
    ] = None,
    hours_month: Annotated[
        Decimal | None,
        typer.Option(parser=_hours, metavar="HEURES", help="Heures par mois : 126.50."),
    ] = None,
    rounding: Annotated[
        Rounding | None, typer.Option(help="Arrondi au centime ; par défaut celui du barème.")
    ] = None,
    rounding_stage: Annotated[
        Stage | None,
        typer.Option(help="Premier arrondi : à l'heure ou au mois ; par défaut celui du barème."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Une ligne de JSON.")] = False,
) -> None:
    """Simule un tarif horaire, et mensuel si les heures sont données."""
    from services.tariff.engine.decide import decide  # noqa: PLC0415 -- see the module's docstring
    from services.tariff.engine.fee import NoFee  # noqa: PLC0415 -- idem
    from services.tariff.engine.situation import Situation  # noqa: PLC0415 -- idem

    tariff = _tariff_in_force(scale, on)
    _refuse_too_many(aeeh, children)
    situation = Situation(
        care_type=care,
        children=children,
        aeeh_children=aeeh,
        annual_resources=_annual(resources_annual, resources_month),
        monthly_hours=hours_month,
    )
    fee = decide(situation, tariff, on, rounding=rounding, stage=rounding_stage)
    if isinstance(fee, NoFee):
        raise typer.Exit(_REFUSED)
    typer.echo(_as_json(fee, tariff, on) if as_json else _as_text(situation, fee, tariff, on))


def _tariff_in_force(scale: str, on: date) -> "Tariff":
    from services.tariff.language.national import load_national_scale  # noqa: PLC0415 -- idem

    if scale != "psu":
        raise typer.BadParameter(
            f"« {scale} » n'est pas un barème connu : écrivez psu.", param_hint="--scale"
        )
    try:
        return load_national_scale().in_force(on)
    except TariffError as error:
        raise typer.BadParameter(f"{error} Choisissez une autre date.", param_hint="--on") from None


def _refuse_too_many(aeeh: int, children: int) -> None:
    if children < 1:
        raise typer.BadParameter("le foyer a un enfant au moins.", param_hint="--children")
    if aeeh > children:
        raise typer.BadParameter(
            f"{aeeh} enfants avec AEEH pour {children} à charge : donnez au plus {children}.",
            param_hint="--aeeh",
        )


def _annual(annual: Money | None, month: Money | None) -> Money:
    match annual, month:
        case Money(), None:
            return annual
        case None, Money(cents):
            return Money(cents * _MONTHS)
        case _:
            raise typer.BadParameter(
                "donnez les ressources d'une année ou celles d'un mois, l'une des deux.",
                param_hint="--resources-annual / --resources-month",
            )


def _as_json(fee: "Fee", tariff: "Tariff", on: date) -> str:
    from services.tariff.engine.decide import ENGINE_VERSION  # noqa: PLC0415 -- idem

    content = {
        "hourly_cents": fee.hourly.cents,
        "monthly_cents": None if fee.monthly is None else fee.monthly.cents,
        "operations": [operation.as_json() for operation in fee.operations],
        "on": on.isoformat(),
        "scale": {"id": tariff.id, "version": tariff.version, "digest": tariff.digest},
        "rounding": {"mode": fee.rounding.value, "stage": fee.stage.value},
        "engine": ENGINE_VERSION,
    }
    return json.dumps(content, ensure_ascii=False)


def _as_text(situation: "Situation", fee: "Fee", tariff: "Tariff", on: date) -> str:
    from services.tariff.engine.record import (  # noqa: PLC0415 -- idem
        Declared,
        DeclaredSource,
        decision_record,
    )
    from services.tariff.explanation.explain import explain  # noqa: PLC0415 -- idem

    asked = Declared(DeclaredSource.COMMAND_LINE)
    record = decision_record(
        situation, fee, tariff=tariff, on=on, evidence=asked, application=asked
    )
    lines = [f"Simulation au {on:%d/%m/%Y}, sans valeur de décision.", ""]
    lines += [f"  Prix d'une heure   {fee.hourly.in_french}"]
    if fee.monthly is not None:
        lines += [f"  Montant du mois    {fee.monthly.in_french}"]
    lines += ["", *(textwrap.fill(sentence, _WIDTH) for sentence in explain(record))]
    return "\n".join(lines)
