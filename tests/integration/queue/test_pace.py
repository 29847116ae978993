"""The pace: never more permits than the provider allows, whoever asks and whatever happens."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from shared.queue.limits import Bucket
from shared.queue.pace import Allowance, Permits

if TYPE_CHECKING:
    from shared.queue.pace import Pace
    from tests.integration.queue.conftest import Doorway

pytestmark = pytest.mark.stack

OURS = UUID(int=1)
QUICK = Allowance(OURS, pace=1_000, burst=5)
SLOW = Allowance(OURS, pace=1, burst=5)


def _fill(pace: "Pace", allowance: Allowance) -> None:
    """Let as many permits gather as are kept."""
    pace.take(allowance, 0)
    time.sleep(1.1 * allowance.burst / allowance.pace)


def test_an_empty_limiter_gives_none(doorway: "Doorway") -> None:
    """After a flush nobody calls at once; it says how long one permit takes."""
    assert Permits(given=0, wait_s=1.0) == doorway.pace().take(SLOW, 5)


def test_permits_gather_up_to_the_burst(doorway: "Doorway") -> None:
    """However long nobody asked."""
    pace = doorway.pace()
    pace.take(QUICK, 1)
    time.sleep(0.1)

    assert 5 == pace.take(QUICK, 50).given


def test_no_more_is_given_than_wanted(doorway: "Doorway") -> None:
    """The rest is there for the next."""
    pace = doorway.pace()
    _fill(pace, QUICK)

    assert [2, 3] == [pace.take(QUICK, 2).given, pace.take(SLOW, 50).given]


def test_a_crowd_is_given_the_pace_and_no_more(doorway: "Doorway") -> None:
    """Eight processes that ask for all they can get share burst + pace x time, and waste little."""
    allowance = Allowance(OURS, pace=50, burst=10)
    begun = time.monotonic()

    def asks(pace: "Pace") -> int:
        given = 0
        while time.monotonic() < begun + 1:
            given += pace.take(allowance, 3).given
        return given

    with ThreadPoolExecutor(8) as threads:
        given = sum(threads.map(asks, [doorway.pace() for _ in range(8)]))
    most = allowance.burst + allowance.pace * (time.monotonic() - begun)

    assert 35 <= given <= most


def test_a_drained_bucket_is_empty_for_all_who_share_it(doorway: "Doorway") -> None:
    """For so long, whatever had gathered; a shorter word after it brings nothing forward."""
    pace, shared = doorway.pace(), Bucket("address", pace=20, burst=10)
    ours = Allowance(OURS, pace=1_000, burst=50, limits=(shared,))
    theirs = replace(ours, habilitation=UUID(int=2))
    for allowance in (ours, theirs):
        pace.take(allowance, 0)
    time.sleep(0.5)
    pace.drain([shared], for_s=0.6)
    pace.drain([shared], for_s=0.1)
    refused = [pace.take(allowance, 5) for allowance in (ours, theirs)]
    time.sleep(0.8)

    assert [0, 0] == [permits.given for permits in refused]
    assert all(0.4 < permits.wait_s < 0.8 for permits in refused)
    assert 1 <= pace.take(ours, 5).given


def test_each_habilitation_has_its_own(doorway: "Doorway") -> None:
    """What one has used up is nothing to another."""
    pace, theirs = doorway.pace(), Allowance(UUID(int=2), pace=1_000, burst=5)
    _fill(pace, theirs)
    pace.take(SLOW, 5)

    assert (0, 5) == (pace.take(SLOW, 5).given, pace.take(theirs, 5).given)


def test_a_pause_refuses_and_ends(doorway: "Doorway") -> None:
    """Nobody is given a permit until then, and everybody is told when."""
    pace = doorway.pace()
    _fill(pace, QUICK)
    pace.pause(OURS, datetime.now(UTC) + timedelta(seconds=0.4))
    refused = doorway.pace().take(QUICK, 1)
    assert 0 == refused.given
    assert 0.2 < refused.wait_s <= 0.4

    time.sleep(refused.wait_s + 0.01)

    assert 1 == pace.take(QUICK, 1).given


def test_a_shorter_pause_does_not_end_a_longer_one(doorway: "Doorway") -> None:
    """A refused token stops the calls for an hour; one late "busy" must not start them again."""
    pace = doorway.pace()
    pace.pause(OURS, datetime.now(UTC) + timedelta(hours=1))
    pace.pause(OURS, datetime.now(UTC) + timedelta(seconds=2))

    assert pace.take(QUICK, 1).wait_s > 3_000


def test_a_longer_pause_replaces_a_shorter_one(doorway: "Doorway") -> None:
    """The later end is the one that holds."""
    pace = doorway.pace()
    pace.pause(OURS, datetime.now(UTC) + timedelta(seconds=2))
    pace.pause(OURS, datetime.now(UTC) + timedelta(hours=1))

    assert pace.take(QUICK, 1).wait_s > 3_000


def test_what_is_given_back_can_be_taken(doorway: "Doorway") -> None:
    """Permits that led to no call are not lost."""
    pace = doorway.pace()
    _fill(pace, QUICK)
    pace.take(QUICK, 5)
    pace.give_back(SLOW, 3)

    assert 3 == pace.take(SLOW, 50).given


def test_giving_back_makes_no_hoard(doorway: "Doorway") -> None:
    """Never more than the burst, and nothing in a limiter that was emptied meanwhile."""
    pace = doorway.pace()
    pace.give_back(SLOW, 100)
    assert 0 == pace.take(SLOW, 50).given
    pace.give_back(SLOW, 100)

    assert 5 == pace.take(SLOW, 50).given


def test_a_flush_gives_nobody_a_second_helping(doorway: "Doorway") -> None:
    """The bucket starts empty, and its scripts are loaded again."""
    pace = doorway.pace()
    _fill(pace, QUICK)
    doorway.client().flushall()
    doorway.client().script_flush()

    assert 0 == doorway.pace().take(SLOW, 5).given


def test_an_emptied_redis_gives_no_permit_before_its_marker(doorway: "Doorway") -> None:
    """It has forgotten the pauses too: a scheduler tells it of them again, then sets the marker."""
    pace = doorway.pace()
    doorway.client().flushall()
    pace.take(QUICK, 0)
    time.sleep(0.02)
    assert Permits(given=0, wait_s=0.25) == pace.take(QUICK, 1)

    _fill(doorway.pace(), QUICK)

    assert 1 == pace.take(QUICK, 1).given


def test_a_pause_that_is_lifted_holds_nobody(doorway: "Doorway") -> None:
    """What a person resumes is resumed here too."""
    pace = doorway.pace()
    _fill(pace, QUICK)
    pace.pause(OURS, datetime.now(UTC) + timedelta(hours=1))
    pace.resume(OURS)

    assert 1 == pace.take(QUICK, 1).given


def test_no_redis_means_no_call(nowhere: "Doorway") -> None:
    """And no exception either: the doorbell waits for a second."""
    pace = nowhere.pace()
    pace.pause(OURS, datetime.now(UTC))
    pace.give_back(QUICK, 3)

    assert Permits(given=0, wait_s=1.0) == pace.take(QUICK, 1)
