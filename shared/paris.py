"""Paris: what the clocks and the calendar of Paris say, without any table of time zones. Pure.

The Union's rule since 1996: summer time from the last Sunday of March to that of October, at 01:00
UTC (directive 2000/84/CE).
"""

from datetime import UTC, date, datetime, time, timedelta

_HOUR = timedelta(hours=1)
_MARCH, _OCTOBER = 3, 10


def in_paris(day: date, at: time) -> datetime:
    """The moment (UTC) of an hour on the clocks of Paris; one that they show twice, the first."""
    there = datetime.combine(day, at, UTC)
    summer = there - 2 * _HOUR
    return summer if _is_summer(summer) else there - _HOUR


def day_in_paris(moment: datetime) -> date:
    """Which day it is in Paris at a moment (with a zone)."""
    moment = moment.astimezone(UTC)
    return (moment + _HOUR * (2 if _is_summer(moment) else 1)).date()


def _is_summer(moment: datetime) -> bool:
    return _changes(moment.year, _MARCH) <= moment < _changes(moment.year, _OCTOBER)


def _changes(year: int, month: int) -> datetime:
    last = date(year, month, 31)
    sunday = last - timedelta(days=(last.weekday() + 1) % 7)
    return datetime.combine(sunday, time(1), UTC)
