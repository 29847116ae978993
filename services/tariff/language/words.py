"""The closed words of the tariff language."""

from enum import StrEnum


class Stage(StrEnum):
    """Where rounding to the cent first happens."""

    HOUR = "hour"  # PSU: the hourly price is rounded, and the month is computed from it
    UNIT = "unit"  # local tariffs: the price of a unit is rounded, and the month comes from it
    MONTH = "month"  # the price stays exact until the amount of the month


class Certainty(StrEnum):
    """How a value is known."""

    PUBLISHED = "published"  # read on the page or in the document that its source names
    INFERRED = "inferred"  # deduced; a note says from what, in plain words


class Method(StrEnum):
    """How a tariff sets its price."""

    PSU = "psu"  # effort rate by children, resources between a floor and a ceiling
    BANDS = "bands"  # the price of the band that holds the measure
    LINEAR = "linear"  # straight lines between points
    EFFORT_RATE = "effort_rate"  # a percentage of the measure, the price being bounded
    FLAT = "flat"  # one price, or one by rank or by number of children
    AWARD = "award"  # an aid paid to the family, by band and under conditions


class Profile(StrEnum):
    """Which certified source a tariff rests on; they are never mixed."""

    EAJE = "eaje"  # API Particulier, participation familiale EAJE: the only one for the PSU
    QF = "qf"  # API Particulier, quotient familial
    TAX = "tax"  # DGFiP, API Impôt particulier


class Unit(StrEnum):
    """What a price is the price of."""

    HOUR = "hour"
    HALF_HOUR = "half_hour"
    QUARTER_HOUR = "quarter_hour"
    HALF_DAY = "half_day"
    DAY = "day"
    MEAL = "meal"
    MORNING = "morning"
    EVENING = "evening"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"
    ONCE = "once"


class MeasureKind(StrEnum):
    """What a family is measured by, in euros."""

    QUOTIENT_FAMILIAL = "quotient_familial"
    INCOME_OF_REFERENCE = "income_of_reference"  # RFR, of a year
    INCOME_OF_REFERENCE_PER_PART = "income_of_reference_per_part"  # RFR / parts
    INCOME_OF_REFERENCE_PER_PART_MONTH = "income_of_reference_per_part_month"  # RFR / 12 / parts
    RESOURCES_MONTH = "resources_month"  # annual resources / 12
    RESOURCES_MONTH_PER_PART = "resources_month_per_part"  # annual resources / 12 / parts
    RESOURCES_YEAR = "resources_year"
    NONE = "none"


class Bounds(StrEnum):
    """Which ends of a band belong to it."""

    LOWER_INCLUDED = "lower_included"  # [from, to[
    UPPER_INCLUDED = "upper_included"  # ]from, to]; the first band also has its `from`
    BOTH_INCLUDED = "both_included"  # [from, to], whole euros only: 0-399 then 400-599


class Missing(StrEnum):
    """What to do when the figure that a price rests on is missing."""

    FLOOR = "floor"  # the lowest price, provisionally
    CEILING = "ceiling"  # the price at the ceiling, provisionally
    HIGHEST_PRICE = "highest_price"  # the highest price of the tariff, provisionally
    REVIEW = "review"  # no price: an agent looks


class When(StrEnum):
    """Whom a surcharge is for."""

    ALWAYS = "always"
    NON_RESIDENT = "non_resident"
