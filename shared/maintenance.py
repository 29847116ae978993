"""Announced maintenance: when an endpoint of the State is closed, from a dated file. Pure.

Windows are in Paris time and end before midnight. Whoever asks adds a while of its own after the
end, so that all those who waited do not come back in the same second.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from importlib.resources import files
from random import Random
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from shared.paris import in_paris

LULL_S = (5.0, 60.0)  # after a window, each process comes back somewhere within
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Window(BaseModel):
    """One announced maintenance; without a weekday, every day."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    name: str
    endpoints: frozenset[str]
    begins: Annotated[time, Field(alias="from")]
    ends: Annotated[time, Field(alias="to")]
    weekday: str | None = None

    def end_around(self, at: datetime, *, lull: timedelta) -> datetime | None:
        """When it ends (UTC), if `at` (with a zone) is inside it or within `lull` of its end."""
        for day in _days_around(at):
            begins, ends = in_paris(day, self.begins), in_paris(day, self.ends) + lull
            if self._is_on(day) and begins <= at < ends:
                return ends
        return None

    def _is_on(self, day: date) -> bool:
        return self.weekday in (None, _DAYS[day.weekday()])


@dataclass(frozen=True, slots=True)
class Calendar:
    """The announced windows; `lull` is how long after their end one comes back."""

    windows: tuple[Window, ...]
    lull: timedelta = timedelta(0)

    def closed(self, at: datetime) -> dict[str, datetime]:
        """The endpoints that are closed at a moment, and until when (UTC)."""
        closed: dict[str, datetime] = {}
        for endpoint, ends in self._ends(at):
            closed[endpoint] = max(ends, closed.get(endpoint, ends))
        return closed

    def _ends(self, at: datetime) -> Iterator[tuple[str, datetime]]:
        for window in self.windows:
            ends = window.end_around(at, lull=self.lull)
            if ends is not None:
                yield from ((endpoint, ends) for endpoint in window.endpoints)


NO_WINDOWS = Calendar(())


def announced_calendar(chance: Random) -> Calendar:
    """The announced windows, with a process's own moment of coming back."""
    return Calendar(announced(), timedelta(seconds=chance.uniform(*LULL_S)))


@cache
def announced() -> tuple[Window, ...]:
    """The windows that ship with Berceau, read once per process."""
    text = (files("shared") / "maintenance.yaml").read_text("utf-8")
    return TypeAdapter(tuple[Window, ...]).validate_python(yaml.safe_load(text))


def _days_around(at: datetime) -> Iterable[date]:
    """The day in Paris may be the next of that in UTC, and a lull may pass midnight."""
    today = at.astimezone(UTC).date()
    return (today + timedelta(days=days) for days in (-1, 0, 1))
