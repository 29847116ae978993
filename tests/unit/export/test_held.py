"""Which versions are exported for which days, and until when each holds."""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.exporting import Days, held_within
from shared.versions import holding_on

_SEPTEMBER, _JANUARY, _MARCH = date(2026, 9, 1), date(2027, 1, 1), date(2027, 3, 1)
_YEAR = Days(date(2026, 9, 1), date(2027, 8, 31))
_FIRST = date(2026, 1, 1)


@dataclass(frozen=True)
class _Version:
    version: int
    valid_from: date


_TWO = [_Version(1, _SEPTEMBER), _Version(2, _JANUARY)]
Line = tuple[int, date | None, bool]


def _lines(versions: list[_Version], days: Days, ends: date | None = None) -> list[Line]:
    return [
        (held.version.version, held.valid_to, held.in_force)
        for held in held_within(versions, days, ends)
    ]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 8, 31), []),
        (date(2026, 9, 1), [(1, date(2026, 12, 31), True)]),
        (date(2026, 12, 31), [(1, date(2026, 12, 31), True)]),
        (date(2027, 1, 1), [(2, None, True)]),
    ],
)
def test_on_a_day_one_version_holds(day: date, expected: list[Line]) -> None:
    """Until the eve of the next one; before the first, none."""
    assert expected == _lines(_TWO, Days(day, day))


def test_within_days_each_that_holds_on_one_of_them() -> None:
    """In the order of their days, with their own ends and not those that were asked for."""
    eve = date(2026, 12, 31)

    assert [(1, eve, True), (2, None, True)] == _lines(_TWO, Days(eve, _JANUARY))
    assert [(2, None, True)] == _lines(_TWO, Days(_JANUARY, _MARCH))


def test_the_end_of_care_ends_the_last() -> None:
    """And what begins after it is not exported."""
    ends = date(2026, 10, 15)

    assert [(1, ends, True)] == _lines(_TWO, _YEAR, ends)
    assert [] == _lines(_TWO, Days(date(2026, 10, 16), _MARCH), ends)


def test_what_was_withdrawn_before_it_began_never_held() -> None:
    """There is nothing to invoice."""
    assert [] == _lines(_TWO, _YEAR, _SEPTEMBER - timedelta(days=1))


def test_what_another_ended_before_it_held_is_told_on_its_own_day() -> None:
    """Its difference counts: the version that ended it counted from it."""
    versions = [*_TWO, _Version(3, _MARCH), _Version(4, _JANUARY)]

    assert [(1, date(2026, 12, 31), True), (4, None, True), (2, None, False), (3, None, False)] == (
        _lines(versions, _YEAR)
    )
    assert [(4, None, True), (3, None, False)] == _lines(versions, Days(_MARCH, _MARCH))
    assert [(4, None, True)] == _lines(versions, Days(_MARCH + timedelta(1), _YEAR.last))


_OFFSETS = st.integers(0, 400)


@given(starts=st.lists(_OFFSETS, min_size=1, max_size=6), day=_OFFSETS, ends=_OFFSETS)
def test_a_day_is_exported_as_it_is_read(starts: list[int], day: int, ends: int) -> None:
    """What holds on a day by the rule of versions is the one line of that day, and no other."""
    versions = [
        _Version(number, _FIRST + timedelta(days=start)) for number, start in enumerate(starts, 1)
    ]
    on, last = _FIRST + timedelta(days=day), _FIRST + timedelta(days=ends)
    holds = holding_on(versions, on)
    told = [one.version for one in held_within(versions, Days(on, on), last) if one.in_force]

    assert ([] if holds is None or on > last else [holds]) == told
