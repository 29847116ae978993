"""The closed words of the tariff language."""

from enum import StrEnum


class Stage(StrEnum):
    """Where rounding to the cent first happens."""

    HOUR = "hour"  # the hourly price is rounded, and the month is computed from it
    MONTH = "month"  # the hourly price stays exact until the amount of the month


class Certainty(StrEnum):
    """How a value is known."""

    PUBLISHED = "published"  # read on the page or in the document that its source names
    INFERRED = "inferred"  # deduced; a note says from what, in plain words
