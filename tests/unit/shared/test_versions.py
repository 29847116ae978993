"""Versions: whatever the order in which they are written, each day has one, and never two."""

from dataclasses import dataclass
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from shared.versions import holding_on, next_start, periods

_DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))


@dataclass(frozen=True)
class _Version:
    version: int
    valid_from: date


_VERSIONS = st.lists(_DAYS, min_size=1, max_size=12).map(
    lambda days: [_Version(number, day) for number, day in enumerate(days, start=1)]
)


@given(_VERSIONS, _DAYS)
def test_every_day_from_the_first_on_has_one_version(versions: list[_Version], day: date) -> None:
    """No gap; none before the first day of all."""
    begun = day >= min(one.valid_from for one in versions)

    assert begun == (holding_on(versions, day) is not None)


@given(_VERSIONS, _DAYS)
def test_periods_follow_each_other_without_overlap(versions: list[_Version], day: date) -> None:
    """The period that holds a day is that of the version that holds on it, and no other."""
    held = periods(versions)
    bounds = [*(one.valid_from for one in held[1:]), date.max]
    holders: list[_Version | None] = [
        one for one, end in zip(held, bounds, strict=True) if one.valid_from <= day < end
    ]

    assert [holding_on(versions, day)] == (holders or [None])


@given(_VERSIONS, st.randoms(use_true_random=False))
def test_the_order_in_which_they_are_read_does_not_count(
    versions: list[_Version], chance: "object"
) -> None:
    """Numbers and days alone do."""
    shuffled = list(versions)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]

    assert periods(versions) == periods(shuffled)


@given(_VERSIONS)
def test_the_last_written_holds_on_its_first_day(versions: list[_Version]) -> None:
    """A decision counts, whatever was decided before for later days."""
    last = versions[-1]

    assert last is holding_on(versions, last.valid_from)


@given(_VERSIONS, _DAYS)
def test_the_next_start_is_the_first_later_change(versions: list[_Version], day: date) -> None:
    """On the eve the same version holds as on the day; on the start itself, another."""
    start, now = next_start(versions, day), holding_on(versions, day)
    if start is None:
        assert now is holding_on(versions, date(2028, 1, 1))
    else:
        eve = start - timedelta(days=1)
        assert now is holding_on(versions, eve)
        assert now is not holding_on(versions, start)
