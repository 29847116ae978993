"""Tolls in Redis: one count for all processes, the same rule as alone, and alone without Redis."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import pytest

from shared.queue.broker import open_redis
from shared.queue.tolls import Alone, Tolls, counted

if TYPE_CHECKING:
    from tests.integration.queue.conftest import Doorway

pytestmark = pytest.mark.stack
OURS = UUID(int=1)


def _tolls(doorway: "Doorway") -> Tolls:
    return Tolls(doorway.client(), namespace="test", clock=time.monotonic)


def test_processes_share_one_limit(doorway: "Doorway") -> None:
    """Four of them, 200 requests at once on a limit of 100 a minute: 100 pass, but for the time."""
    processes = [_tolls(doorway) for _ in range(4)]
    begun = time.monotonic()
    with ThreadPoolExecutor(4) as pool:
        asked = pool.map(lambda tolls: [tolls.take(OURS, 100, 1) for _ in range(50)], processes)
        passed = sum(toll.passes for some in asked for toll in some)
    refilled = (time.monotonic() - begun) * 100 / 60

    assert 100 <= passed <= 100 + refilled + 1


@pytest.mark.parametrize("costs", [(1, 1, 1), (500, 1), (60, 1), (59, 2), (1, 600)])
def test_the_script_is_the_rule(doorway: "Doorway", costs: tuple[int, ...]) -> None:
    """Redis and a process alone agree on every request."""
    tolls, alone, portal = _tolls(doorway), Alone(clock=lambda: 0.0), uuid4()
    for cost in costs:
        shared, own = tolls.take(portal, 60, cost), alone.take(portal, 60, cost)

        assert (own.passes, own.remaining) == (shared.passes, shared.remaining)
        assert abs(own.left - shared.left) < 1


def test_a_key_is_forgotten_once_it_is_full(doorway: "Doorway") -> None:
    """It stays while there is a debt, so that nobody gains by waiting for less."""
    portal = uuid4()
    _tolls(doorway).take(portal, 60, 500)
    left_s = doorway.client().ttl(f"test:tolls:{portal}")

    assert 498 <= left_s <= 501


def test_without_redis_a_process_counts_alone() -> None:
    """Nobody is refused because Redis is away, and the limit holds all the same."""
    nowhere = open_redis("redis://127.0.0.1:9/0", timeout_s=0.2)
    tolls = Tolls(nowhere, namespace="test", clock=time.monotonic)
    passed = [tolls.take(OURS, 10, 1).passes for _ in range(11)]

    assert [True] * 10 + [False] == passed
    assert counted(10, 10, elapsed_s=0, cost=1).passes
