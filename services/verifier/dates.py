"""Dates: when it is worth asking the State again, and how those who wait come back apart. Pure.

Sources: `docs/cnav-api-secu.md` and the endpoints' pages of apistration (2026). The CAF computes
the quotient of a month in a batch that runs after its first week-end; the funds renew everybody's
resources in January, and the quotients of the new year follow with the batch of February. A new
right may take 30 days to appear.
"""

from datetime import date, datetime, time, timedelta
from random import Random

from shared.paris import day_in_paris, in_paris
from shared.renewals import batch_of

LAST_DATE = timedelta(days=30)
GRACE = timedelta(days=7)  # what a last date leaves after a late wake-up
TENTH = 0.1
_DAY_BEGINS = time(0)
_JANUARY, _FEBRUARY = 1, 2


def apart(
    at: datetime, now: datetime, chance: Random, *, least: timedelta, most: timedelta
) -> datetime:
    """A moment after `at`, so that those who waited together do not come back together.

    They are spread evenly over a tenth of the wait, over `least` at least and `most` at most.
    """
    width = min(max((at - now) * TENTH, least), most)
    return at + width * chance.uniform(0, 1)


def quotient_due(now: datetime) -> datetime | None:
    """The batch before which a missing quotient is none: that of this month, or of February.

    None when the month's batch has run, out of January: a file that is missing then is missing.
    """
    today = day_in_paris(now)
    if now < batch_of(today):
        return batch_of(today)
    return batch_of(date(today.year, _FEBRUARY, 1)) if today.month == _JANUARY else None


def renews_resources(now: datetime, year: int | None) -> bool:
    """Whether resources of a year (N-3) are those that January is about to replace by N-2's."""
    today = day_in_paris(now)
    return today.month == _JANUARY and year == today.year - 3


def birthday(born_on: date) -> datetime:
    """The first moment (UTC) of a day in Paris."""
    return in_paris(born_on, _DAY_BEGINS)


def last_date(
    now: datetime,
    wake: datetime,
    *,
    known: datetime | None = None,
    dated: bool = False,
    after_january: bool = False,
) -> datetime:
    """After which a person looks: the last date that stands, or in 30 days.

    Args:
        now: when it begins to wait (UTC).
        wake: when it is looked at next.
        known: the last date that stands, for whatever it waited; trying again puts it off never.
        dated: whether the calendar sets the wake-up (a batch, a birth): a week is left after it.
        after_january: whether one that would fall in January waits for its end, since the funds
            renew their files then.
    """
    last = known or now + LAST_DATE
    if dated:
        last = max(last, wake + GRACE)
    falls_on = day_in_paris(last)
    if not after_january or falls_on.month != _JANUARY:
        return last
    return in_paris(date(falls_on.year, _FEBRUARY, 1), _DAY_BEGINS)
