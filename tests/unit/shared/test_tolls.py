"""Tolls: the rule of a portal's limit, counted alone."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from shared.queue.tolls import Alone, counted

OURS, THEIRS = UUID(int=1), UUID(int=2)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_minute_has_its_limit_and_no_more() -> None:
    """Sixty pass at once, the next is told how long one takes, and passes then."""
    clock = Clock()
    alone = Alone(clock=clock)
    passed = [alone.take(OURS, 60, 1).passes for _ in range(60)]
    refused = alone.take(OURS, 60, 1)
    clock.now = refused.retry_s

    assert [True] * 60 == passed
    assert (False, 0, 60, 1) == (
        refused.passes,
        refused.remaining,
        refused.reset_s,
        refused.retry_s,
    )
    assert alone.take(OURS, 60, 1).passes
    assert alone.take(THEIRS, 60, 1).passes


def test_threads_share_one_count() -> None:
    """Sixteen of them, 8,000 requests on a limit of 100: not one more passes."""
    alone = Alone(clock=lambda: 0.0)
    with ThreadPoolExecutor(16) as pool:
        passed = pool.map(
            lambda _: sum(alone.take(OURS, 100, 1).passes for _ in range(500)), range(16)
        )

    assert 100 == sum(passed)


def test_what_is_larger_than_a_minute_passes_and_leaves_a_debt() -> None:
    """When nothing was used; a debt is waited for, and a refusal costs nothing."""
    large = counted(60, 60, elapsed_s=0, cost=500)
    after = counted(60, large.left, elapsed_s=0, cost=1)

    assert (True, 0, -440) == (large.passes, large.remaining, large.left)
    assert (False, 441, large.left) == (after.passes, after.retry_s, after.left)
    assert not counted(60, 59, elapsed_s=0, cost=500).passes


def test_a_clock_that_goes_back_gives_nothing() -> None:
    """Nor takes anything."""
    assert 10 == counted(60, 10, elapsed_s=-30, cost=11).left


@given(
    limit=st.integers(1, 10_000),
    left=st.floats(-1_000, 10_000),
    cost=st.integers(1, 600),
    elapsed=st.floats(0, 600),
)
def test_whoever_waits_as_told_passes(limit: int, left: float, cost: int, elapsed: float) -> None:
    """Whatever the limit and the cost; and nobody has more than the limit left."""
    toll = counted(limit, min(left, limit), elapsed_s=elapsed, cost=cost)

    assert toll.left <= limit
    assert toll.passes or counted(limit, toll.left, elapsed_s=toll.retry_s, cost=cost).passes
