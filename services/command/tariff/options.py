"""The options of `berceau tariff`: what a person types, read or refused with a remedy."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated

import typer

from shared.errors import MoneyFormatError
from shared.money import Money
from shared.paris import day_in_paris

_MOST_CHILDREN = 30
_HOURS_IN_A_MONTH = 744
_MOST_PARTS = 99
_MOST_UNITS = 9_999

TariffFile = Annotated[
    Path | None,
    typer.Option(exists=True, dir_okay=False, metavar="FICHIER", help="Un barème en YAML."),
]
Scale = Annotated[str | None, typer.Option(metavar="CODE", help="Ou un barème par son code.")]
Published = Annotated[
    bool, typer.Option("--published", help="Celui que la collectivité a publié (PostgreSQL).")
]
AsJson = Annotated[bool, typer.Option("--json", help="Une ligne de JSON.")]


def today() -> date:
    """The day that it is in Paris."""
    return day_in_paris(datetime.now(UTC))


def day(text: str | date) -> date:
    """A day, as AAAA-MM-JJ."""
    try:
        return datetime.strptime(str(text), "%Y-%m-%d").replace(tzinfo=UTC).date()
    except ValueError:
        raise typer.BadParameter(
            f"« {text} » n'est pas une date : écrivez AAAA-MM-JJ, par exemple 2026-01-15."
        ) from None


def euros(text: str) -> Money:
    """An amount, as 48000.00."""
    money = _amount(text)
    if money is None:
        raise typer.BadParameter(
            f"« {text} » n'est pas un montant : écrivez des euros avec un point et sans signe, "
            "par exemple 48000.00."
        )
    return money


def hours(text: str) -> Decimal:
    """Hours of a month, as 126.50."""
    found = _hundredths(text, most=_HOURS_IN_A_MONTH)
    if found is None:
        raise typer.BadParameter(
            f"« {text} » n'est pas un nombre d'heures par mois : écrivez 0 à {_HOURS_IN_A_MONTH}, "
            "avec deux décimales au plus, par exemple 126.50."
        )
    return found


def units(text: str) -> Decimal:
    """Units of a month, as 16 or 10.5."""
    found = _hundredths(text, most=_MOST_UNITS)
    if found is None:
        raise typer.BadParameter(
            f"« {text} » n'est pas un nombre d'unités : écrivez 0 à {_MOST_UNITS}, par exemple 16."
        )
    return found


def parts(text: str) -> Decimal:
    """Tax parts, as 2.5."""
    found = _hundredths(text, most=_MOST_PARTS)
    if found is None:
        raise typer.BadParameter(
            f"« {text} » n'est pas un nombre de parts : écrivez 0 à {_MOST_PARTS}, par exemple 2.5."
        )
    return found


def children(text: str | int) -> int:
    """A count of children, or a rank among them."""
    text = str(text)  # typer parses the default too
    if re.fullmatch(r"\d{1,2}", text, re.ASCII) is None or int(text) > _MOST_CHILDREN:
        raise typer.BadParameter(
            f"« {text} » n'est pas un nombre d'enfants : écrivez un entier, {_MOST_CHILDREN} au "
            "plus."
        )
    return int(text)


def _hundredths(text: str, *, most: int) -> Decimal | None:
    """A number with two decimals at most, which hours and parts have as euros do."""
    found = _amount(str(text))
    return None if found is None or found.exact > most else Decimal(str(found))


def _amount(text: str) -> Money | None:
    try:
        money = Money.parse(text)
    except MoneyFormatError:
        return None
    return money if money >= Money(0) else None
