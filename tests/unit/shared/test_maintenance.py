"""The State's announced maintenance: when a call would meet a closed door."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from random import Random
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest

from shared.endpoints import KNOWN_PROFILES
from shared.maintenance import LULL_S, Calendar, announced, announced_calendar
from shared.paris import in_paris

_CALENDAR = Calendar(announced())


def _utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "ends"),
    [
        ("2026-11-22T21:59:59", None),  # a Sunday, in winter: 22:59 in Paris
        ("2026-11-22T22:00:00", "2026-11-22T22:45:00"),
        ("2026-11-22T22:44:59", "2026-11-22T22:45:00"),
        ("2026-11-22T22:45:00", None),
        ("2026-11-23T22:10:00", None),  # a Monday
        ("2026-11-23T02:00:00", "2026-11-23T02:30:00"),  # every day, 03:00 in Paris
        ("2026-07-05T21:10:00", "2026-07-05T21:45:00"),  # a Sunday, in summer
        ("2026-07-05T22:10:00", None),
        ("2026-07-06T01:29:59", "2026-07-06T01:30:00"),
    ],
)
def test_the_announced_windows_are_closed(at: str, ends: str | None) -> None:
    """Sunday 23:00 to 23:45 and each day 03:00 to 03:30, on the clocks of Paris, to the second."""
    expected = {} if ends is None else {"eaje": _utc(ends), "qf": _utc(ends)}

    assert expected == _CALENDAR.closed(_utc(at))


def test_the_treasury_announces_none() -> None:
    """Its endpoint stays open, and every window is of an endpoint that there is."""
    assert {"eaje", "qf"} == {name for window in announced() for name in window.endpoints}
    assert {"eaje", "qf"} < KNOWN_PROFILES


def test_each_process_comes_back_at_a_moment_of_its_own() -> None:
    """Within a minute of the end, not in the same second."""
    end = _utc("2026-11-22T22:45:00")
    backs = {announced_calendar(Random(seed)).closed(end)["eaje"] - end for seed in range(20)}

    assert 20 == len(backs)
    assert min(backs) >= timedelta(seconds=LULL_S[0])
    assert max(backs) <= timedelta(seconds=LULL_S[1])


def _paris() -> tzinfo:
    try:
        return ZoneInfo("Europe/Paris")
    except ZoneInfoNotFoundError:
        pytest.skip("no time zone files on this machine to compare with")


@pytest.mark.parametrize("year", [2026, 2027, 2030])
def test_the_clocks_of_paris_are_those_of_the_time_zone_files(year: int) -> None:
    """Each day of the year at three, at noon and at eleven at night, changes included."""
    paris = _paris()
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(365)]
    hours = [time(3), time(12), time(23)]

    assert [in_paris(day, at) for day in days for at in hours] == [
        datetime.combine(day, at, paris).astimezone(UTC) for day in days for at in hours
    ]
