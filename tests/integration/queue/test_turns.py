"""Permits of several buckets at once, in turn: all or none, and each flow its part."""

import time
from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from shared.queue.limits import Bucket
from shared.queue.pace import Allowance

if TYPE_CHECKING:
    from shared.queue.pace import Pace
    from tests.integration.queue.conftest import Doorway

from shared.states import Lane

pytestmark = pytest.mark.stack

OURS, THEIRS = UUID(int=1), UUID(int=2)
SHARED = Bucket("dgfip", 50, 2)


def _flow(habilitation: UUID, lane: Lane = Lane.BULK, *, pace: float = 1_000) -> Allowance:
    return Allowance(habilitation, pace, 20, limits=(SHARED,), lane=lane)


def _ask_in_vain(pace: "Pace", *flows: Allowance, for_s: float) -> dict[Allowance, int]:
    """Each flow wants more than it is given, one after the other, all the time."""
    given = dict.fromkeys(flows, 0)
    end = time.monotonic() + for_s
    while time.monotonic() < end:
        for flow in flows:
            given[flow] += pace.take(flow, 10).given
        time.sleep(0.002)
    return given


def test_a_call_takes_of_every_bucket_or_of_none(doorway: "Doorway") -> None:
    """The poorest bucket decides, and the richer ones keep what the call did not take."""
    pace, rich = doorway.pace(), replace(_flow(OURS), limits=())
    poor = replace(rich, limits=(Bucket("dgfip", 0.01, 1),))
    pace.take(poor, 0)
    time.sleep(0.1)

    assert 0 == pace.take(poor, 5).given
    assert 20 == pace.take(rich, 50).given


def test_what_is_given_back_goes_to_every_bucket(doorway: "Doorway") -> None:
    """A claim that found nothing costs nobody a call."""
    pace, flow = doorway.pace(), replace(_flow(OURS), limits=(Bucket("dgfip", 0.01, 1),))
    pace.take(flow, 0)
    pace.give_back(flow, 1)

    assert 1 == pace.take(flow, 5).given


def test_a_shared_bucket_bounds_all_of_its_flows(doorway: "Doorway") -> None:
    """However rich each is on its own."""
    pace = doorway.pace()
    given = _ask_in_vain(pace, _flow(OURS), _flow(THEIRS), for_s=1)

    assert 25 <= sum(given.values()) <= SHARED.burst + SHARED.pace * 1.2


@pytest.mark.parametrize("first", [OURS, THEIRS])
def test_two_authorities_share_evenly(doorway: "Doorway", first: UUID) -> None:
    """Even when one of them always asks first."""
    pace = doorway.pace()
    ours, theirs = _flow(first), _flow(THEIRS if first == OURS else OURS)
    given = _ask_in_vain(pace, ours, ours, theirs, for_s=1.5)

    assert abs(given[ours] - given[theirs]) <= 6, given


def test_those_behind_a_screen_go_first_and_not_alone(doorway: "Doorway") -> None:
    """Four for one while both wait, within one habilitation."""
    pace = doorway.pace()
    now, bulk = _flow(OURS, Lane.NOW), _flow(OURS)
    given = _ask_in_vain(pace, bulk, now, for_s=1.5)

    assert 2.5 < given[now] / given[bulk] < 6, given


def test_who_comes_once_waits_for_a_few_permits_only(doorway: "Doorway") -> None:
    """After a long bulk, the first family behind a screen is not made to pay for it."""
    pace = doorway.pace()
    bulk, now = _flow(THEIRS), _flow(OURS, Lane.NOW)
    _ask_in_vain(pace, bulk, for_s=0.5)
    others = 0
    while pace.take(now, 1).given == 0:
        others += pace.take(bulk, 10).given
        time.sleep(0.002)

    assert others <= 6


def test_who_comes_late_is_not_paid_for_its_absence(doorway: "Doorway") -> None:
    """From then on it has its half; what the other was given before is nobody's loss."""
    pace = doorway.pace()
    early, late = _flow(OURS), _flow(THEIRS)
    _ask_in_vain(pace, early, for_s=0.8)
    given = _ask_in_vain(pace, early, late, for_s=0.8)

    assert abs(given[early] - given[late]) <= 6, given


def test_who_cannot_use_its_part_leaves_it(doorway: "Doorway") -> None:
    """A slow habilitation that always waits for itself does not hold up a fast one."""
    pace = doorway.pace()
    slow, fast = _flow(OURS, pace=2), _flow(THEIRS)
    given = _ask_in_vain(pace, slow, fast, for_s=1.5)

    assert given[slow] <= 23
    assert sum(given.values()) >= 50


def test_who_asks_no_more_is_not_waited_for(doorway: "Doorway") -> None:
    """A flow whose workers died keeps its place for a second, not for ever."""
    pace = doorway.pace()
    dead, alive = _flow(OURS), _flow(THEIRS)
    _ask_in_vain(pace, dead, alive, for_s=0.3)
    time.sleep(1.2)

    assert _ask_in_vain(pace, alive, for_s=1)[alive] >= 35


def test_the_turns_are_forgotten(doorway: "Doorway") -> None:
    """A thousand flows that have gone leave nothing behind but the last ones."""
    pace, client = doorway.pace(), doorway.client()
    for number in range(50):
        pace.take(_flow(UUID(int=100 + number)), 1)
    key = f"test:turns:{SHARED.name}"
    for flow in client.hkeys(key):
        if flow != b"clock":
            client.hset(key, flow, "0.0000 1.000 1")
    pace.take(_flow(OURS), 1)

    assert {b"clock", f"{OURS}:bulk".encode()} == set(client.hkeys(key))
