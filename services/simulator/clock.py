"""Clock: the simulator's own time, which may start at a chosen moment, and what Paris reads."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

Now = Callable[[], datetime]
_MARCH, _OCTOBER, _DECEMBER = 3, 10, 12
_SUNDAY = 6


def now_utc() -> datetime:
    """The machine's time."""
    return datetime.now(UTC)


def started_at(moment: datetime, machine: Now = now_utc) -> Now:
    """A clock that reads `moment` now, and runs on as time does."""
    shift = moment - machine()
    return lambda: machine() + shift


def in_paris(moment: datetime) -> datetime:
    """The civil time in Paris, without a zone; summer time by the rule of the European Union.

    Written out rather than looked up, for a bare machine may have no table of zones.
    """
    year = moment.astimezone(UTC).year
    summer = _turn(year, _MARCH) <= moment < _turn(year, _OCTOBER)
    return (moment.astimezone(UTC) + timedelta(hours=2 if summer else 1)).replace(tzinfo=None)


def from_paris(civil: datetime) -> datetime:
    """The moment of a civil time in Paris; in the hour told twice in October, the second one."""
    winter = (civil - timedelta(hours=1)).replace(tzinfo=UTC)
    summer = winter - timedelta(hours=1)
    return summer if in_paris(winter) != civil else winter


def first_sunday(day: date) -> date:
    """The first Sunday of the month of `day`."""
    first = day.replace(day=1)
    return first + timedelta(days=_SUNDAY - first.weekday())


def _turn(year: int, month: int) -> datetime:
    """The last Sunday of a month of 31 days at 01:00 UTC, when Europe turns its clocks."""
    last = datetime(year, month, 31, 1, tzinfo=UTC)
    return last - timedelta(days=(last.weekday() - _SUNDAY) % 7)
