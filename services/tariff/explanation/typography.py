"""Numbers and dates as a French letter prints them, with no-break spaces where they belong."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from fractions import Fraction

from shared.money import Money

_MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)
_CENTS = 100
_MOST_PLACES = 6
_TIGHT = {
    " :": "\u00a0:",
    " ;": "\u202f;",
    " %": "\u00a0%",
    " €": "\u00a0€",
    " ?": "\u202f?",
    " !": "\u202f!",
    "« ": "«\u00a0",
    " »": "\u00a0»",
}


def in_order(names: Iterable[str], known: Iterable[str]) -> list[str]:
    """Names in the order of those known, the others last: what was sealed has none of its own."""
    places = {name: place for place, name in enumerate(known)}
    return sorted(names, key=lambda name: (places.get(name, len(places)), name))


def typeset(sentence: str) -> str:
    """A sentence with no-break spaces around its signs."""
    for loose, tight in _TIGHT.items():
        sentence = sentence.replace(loose, tight)
    return sentence


def day(on: date) -> str:
    """`1er janvier 2026`."""
    return f"{'1er' if on.day == 1 else on.day} {_MONTHS[on.month - 1]} {on.year}"


def number(text: str) -> str:
    """A decimal with a comma, thousands apart: `1 518,00`."""
    return f"{Decimal(text):,f}".replace(",", "\u202f").replace(".", ",")


def plain_number(text: str) -> str:
    """A decimal without zeros that say nothing: `1 518`, `7,5`."""
    return number(f"{Decimal(text).normalize():f}")


def amount(euros: Fraction) -> str:
    """An amount: `4 000,00 €`, all decimals of `2,064 €`, or `1 343,58 € environ` if endless."""
    if (euros * _CENTS).denominator == 1:
        return Money(int(euros * _CENTS)).in_french
    if (euros * 10**_MOST_PLACES).denominator == 1:
        return f"{_decimal(euros, _MOST_PLACES)} €"
    return f"{_decimal(euros, 2 if abs(euros) >= _CENTS else 4)} € environ"


def _decimal(value: Fraction, places: int) -> str:
    shown = (Decimal(round(value * 10**places)) / 10**places).normalize()
    return number(str(shown))


def euros(text: str) -> str:
    """A price or a bound as a tariff writes it: `400 €`, `3,205 €`, `0,50 €`."""
    value = Fraction(text)
    return amount(value) if "." in text or value.denominator != 1 else f"{number(text)} €"


def month(text: str) -> str:
    """A month out of `2026-01`: `janvier 2026`."""
    year, _, place = text.partition("-")
    return f"{_MONTHS[int(place) - 1]} {year}"


def printed(text: str) -> str:
    """A text with the apostrophes of print."""
    return text.replace("'", "’")
