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


def test_a_sparse_plan_has_its_kinds_alone_and_far_apart() -> None:
    """So that each recovery is seen by itself."""
    kinds = (Kind.KILL_TARIFF, Kind.REDIS_FLUSHED)
    faults = plan(5, 120, copies=2, every_s=20, kinds=kinds)
    assert set(kinds) == {fault.kind for fault in faults}
    assert 5 == len(faults)
    assert all(17 <= after.at_s - before.at_s for before, after in pairwise(faults))
