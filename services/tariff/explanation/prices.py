"""What a record decided, read for whoever tells it: a price for a unit, a month. Pure."""

from dataclasses import dataclass

from services.tariff.explanation.content import Record
from shared.money import Money

_HOUR = "hour"
_PER = {
    "hour": "par heure",
    "half_hour": "par demi-heure",
    "quarter_hour": "par quart d'heure",
    "half_day": "par demi-journée",
    "day": "par jour",
    "meal": "par repas",
    "morning": "par matinée",
    "evening": "par soirée",
    "week": "par semaine",
    "month": "par mois",
    "year": "par an",
    "once": "en une fois",
}
_ONE = {
    "hour": "une heure",
    "half_hour": "une demi-heure",
    "quarter_hour": "un quart d'heure",
    "half_day": "une demi-journée",
    "day": "un jour",
    "meal": "un repas",
    "morning": "une matinée",
    "evening": "une soirée",
    "week": "une semaine",
    "month": "un mois",
    "year": "une année",
    "once": "un versement",
}


@dataclass(frozen=True, slots=True)
class Price:
    """An amount for one unit of what is priced, and for a month where one is known."""

    of_unit: Money
    unit: str
    of_month: Money | None

    @property
    def per_unit(self) -> str:
        """`par heure`."""
        return per(self.unit)

    @property
    def one(self) -> str:
        """`une heure`."""
        return one_of(self.unit)


def per(unit: str) -> str:
    """A price's unit: `par heure`."""
    return _PER.get(unit, f"par {unit}")


def plural_of(unit: str) -> str:
    """Several of a unit, without a figure: `demi-heures`."""
    noun = one_of(unit).partition(" ")[2]
    plural = {"mois": "mois", "quart d'heure": "quarts d'heure", "repas": "repas"}
    return plural.get(noun, f"{noun}s")


def one_of(unit: str) -> str:
    """A unit with its article."""
    return _ONE.get(unit, unit)


def price_of(record: Record | None) -> Price | None:
    """What a record decided; None when it set no price."""
    fee = None if record is None else record.get("fee")
    if fee is None:
        return None
    month = fee.get("monthly_cents")
    cents = fee.get("price_cents", fee.get("hourly_cents"))
    if cents is None:
        return None
    of_month = None if month is None else Money(month)
    return Price(Money(cents), fee.get("unit", _HOUR), of_month)
