"""The plan of faults: from a seed alone, of every kind, spread over the time."""

from itertools import pairwise

from tests.chaos.plan import Kind, counted, plan


def test_the_same_seed_gives_the_same_plan() -> None:
    """And another seed another one."""
    assert plan(3, 60, copies=2) == plan(3, 60, copies=2)
    assert plan(3, 60, copies=2) != plan(4, 60, copies=2)


def test_ten_seeds_have_every_kind_and_two_hundred_faults() -> None:
    """Of both copies."""
    faults = [fault for seed in range(1, 11) for fault in plan(seed, 60, copies=2)]
    assert set(Kind) == {fault.kind for fault in faults}
    assert len(faults) >= 200
    assert {0, 1} == {fault.copy for fault in faults}
    assert len(faults) == sum(counted(faults).values())


def test_faults_come_in_order_within_the_time() -> None:
    """The first leaves time for something to be harmed; none comes after the load."""
    times = [fault.at_s for fault in plan(7, 60, copies=2)]
    assert all(before < after for before, after in pairwise(times))
    assert times[0] >= 2
    assert times[-1] < 60
