"""Recovery: percentiles by nearest rank, and what the State held back left out."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from tests.chaos.plan import Kind
from tests.chaos.recovery import Recovery, _disturbed, percentile, told
from tests.chaos.stops import within

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)


def _at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def test_a_percentile_is_one_of_the_values() -> None:
    """By nearest rank; of nothing there is none."""
    assert None is percentile([], 0.99)
    assert 3.0 == percentile([3.0], 0.99)
    assert 99.0 == percentile([float(n) for n in range(1, 101)], 0.99)


def test_only_what_was_stopped_in_between_is_left_out() -> None:
    """Whole spans, and the parts of those that began before or end after."""
    spans = [(_at(0), _at(2)), (_at(3), _at(5)), (_at(9), _at(20))]
    assert 1 + 2 + 1 == within(spans, _at(1), _at(10))
    assert 0 == within([], _at(1), _at(10))


def test_what_never_came_back_is_told() -> None:
    """Beside the figures of those that did."""
    waits = [
        Recovery(Kind.KILL_TARIFF, 3, 6.26, UUID(int=1)),
        Recovery(Kind.KILL_TARIFF, 1, None, UUID(int=2)),
    ]
    figures = {
        "measured": 2,
        "never": 1,
        "disturbed": 0,
        "p99_s": 6.3,
        "worst_s": 6.3,
        "worst_undisturbed_s": 6.3,
    }
    assert {"kill_tariff": figures} == told(waits)


def test_an_outage_disturbs_what_falls_into_it_or_follows_closely() -> None:
    """One that ended long before, or begins after, does not; nor does a harm disturb itself."""
    began, ended = _at(100), _at(110)
    assert _disturbed(began, ended, [(_at(80), _at(90))])
    assert _disturbed(began, ended, [(_at(105), _at(105))])
    assert not _disturbed(began, ended, [(_at(70), _at(80)), (_at(111), _at(112))])
    assert not _disturbed(began, ended, [(began, began)])
