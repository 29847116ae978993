"""Timetable: windows of the day or the week, in Paris time."""

import re
from dataclasses import dataclass
from datetime import datetime

_DAY_MINUTES = 24 * 60
_MINUTE_S = 60
_WINDOW = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])-([01]?[0-9]|2[0-3]):([0-5][0-9])\Z")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True)
class Weekly:
    """Minutes of the day from `start` to `end`, past midnight when `end` comes first.

    `weekday` is that of the start, 0 for Monday; None: every day.
    """

    start: int
    end: int
    weekday: int | None = None

    def seconds_left(self, moment: datetime) -> int:
        """Seconds until the window closes; 0 outside of it. `moment` is civil time in Paris."""
        minute = moment.hour * 60 + moment.minute
        since = (minute - self.start) % _DAY_MINUTES
        began_yesterday = minute < self.start
        if since >= self._length() or not self._is_on(moment.weekday() - began_yesterday):
            return 0
        return (self._length() - since) * _MINUTE_S - moment.second

    def _length(self) -> int:
        return (self.end - self.start) % _DAY_MINUTES

    def _is_on(self, weekday: int) -> bool:
        return self.weekday is None or weekday % len(WEEKDAYS) == self.weekday


def daily(written: str) -> Weekly:
    """Read `03:00-03:30`.

    Raises:
        ValueError: when it is not written so, or lasts no time.
    """
    found = _WINDOW.match(written)
    if found is None:
        raise ValueError(f"« {written} » : on attend HH:MM-HH:MM")
    hour, minute, end_hour, end_minute = map(int, found.groups())
    window = Weekly(hour * 60 + minute, end_hour * 60 + end_minute)
    if window.start == window.end:
        raise ValueError(f"« {written} » : la fenêtre ne dure rien")
    return window


def weekly(written: str) -> Weekly:
    """Read `sunday@23:00-23:45`.

    Raises:
        ValueError: when it is not written so.
    """
    day, _, hours = written.partition("@")
    if day not in WEEKDAYS:
        raise ValueError(f"« {day} » : on attend un jour en anglais, comme sunday")
    window = daily(hours)
    return Weekly(window.start, window.end, WEEKDAYS.index(day))
