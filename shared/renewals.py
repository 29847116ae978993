"""Renewals: since when the State knows the figures of a month or of a year. Pure.

Sources: `docs/cnav-api-secu.md` and the endpoints' pages of apistration (2026). The CAF computes
the quotient of a month in a batch that runs after its first week-end; the funds renew everybody's
resources in January, and the quotients of the new year follow with the batch of February.
"""

from datetime import date, datetime, time, timedelta

from shared.paris import in_paris

_BATCH_READ_AT = time(6)  # the fund's night has passed
_DAY_BEGINS = time(0)
_JANUARY, _FEBRUARY = 1, 2


def batch_of(day: date) -> datetime:
    """When the quotients of a month are there (UTC): on the Monday after its first Sunday."""
    first = day.replace(day=1)
    monday = first + timedelta(days=7 - first.weekday())
    return in_paris(monday, _BATCH_READ_AT)


def known_from(profile: str, day: date) -> datetime | None:
    """Since when (UTC) the State can be asked for the figures that hold on a day.

    Resources of N-2 are those of the whole year, and known from its January on. A quotient is that
    of the month, and January's rests on resources that February's replaces. None for a source that
    has no such calendar.
    """
    match profile:
        case "eaje":
            return in_paris(date(day.year, _JANUARY, 1), _DAY_BEGINS)
        case "qf":
            return batch_of(day.replace(month=max(day.month, _FEBRUARY), day=1))
        case _:
            return None
