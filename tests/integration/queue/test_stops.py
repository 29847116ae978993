"""What the provider says and what fails: heard by every worker at once, and left gently."""

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from shared.queue.pace import Allowance
from shared.queue.stops import FAILURES, FIRST_PAUSE_S, LONGEST_PAUSE_S, Stop, Stops

if TYPE_CHECKING:
    from shared.queue.pace import Pace
    from tests.integration.queue.conftest import Doorway

pytestmark = pytest.mark.stack

OURS = UUID(int=1)
ENDPOINT = "breaker:eaje"
CALLS = Allowance(OURS, 1_000, 20, stops=(Stop(ENDPOINT, probes=2, lease_s=0.5),))


@pytest.fixture
def stops(doorway: "Doorway") -> Stops:
    return Stops(doorway.client(), namespace="test")


@pytest.fixture
def pace(doorway: "Doorway") -> "Pace":
    pace = doorway.pace()
    pace.take(CALLS, 0)
    time.sleep(0.05)
    return pace


def _fail(stops: Stops, times: int = FAILURES) -> list[float]:
    """Failures in a row; until when each stopped the endpoint, if it did."""
    told = (stops.failed(ENDPOINT, passed=0) for _ in range(times))
    return [until for until in told if until is not None]


def test_failures_in_a_row_stop_an_endpoint_once(stops: Stops, pace: "Pace") -> None:
    """Whoever saw them; those that were under way when it stopped add nothing."""
    began = time.time()
    [until] = _fail(stops, FAILURES + 30)

    assert FIRST_PAUSE_S - 1 < until - began <= FIRST_PAUSE_S + 2
    refused = pace.take(CALLS, 5)
    assert 0 == refused.given
    assert FIRST_PAUSE_S - 2 < refused.wait_s <= FIRST_PAUSE_S


def test_successes_between_keep_it_open(stops: Stops) -> None:
    """One in two that fails is a bad day, not an outage."""
    assert [None] * 40 == [stops.failed(ENDPOINT, passed=1) for _ in range(40)]


def test_few_calls_try_again_and_the_first_that_passes_opens(stops: Stops, pace: "Pace") -> None:
    """Two at once, known as trials; the others wait for their answer, a second at most."""
    stops.stop(ENDPOINT, datetime.now(UTC) - timedelta(seconds=1))

    trial, other = pace.take(CALLS, 5), pace.take(CALLS, 5)
    assert (2, True) == (trial.given, trial.trying)
    assert other.given == 0
    assert other.wait_s <= 1

    assert stops.passed(ENDPOINT)
    assert not stops.passed(ENDPOINT)
    assert pace.take(CALLS, 1).given == 1


def test_a_trial_whose_answer_never_comes_is_made_again(stops: Stops, pace: "Pace") -> None:
    """The process that held it may be dead."""
    stops.stop(ENDPOINT, datetime.now(UTC) - timedelta(seconds=1))
    pace.take(CALLS, 5)
    time.sleep(0.6)

    assert 2 == pace.take(CALLS, 5).given


def test_a_trial_that_called_nobody_is_given_back(stops: Stops, pace: "Pace") -> None:
    """Another may try at once."""
    stops.stop(ENDPOINT, datetime.now(UTC) - timedelta(seconds=1))
    assert 2 == pace.take(CALLS, 5).given
    pace.give_back(CALLS, 1)

    assert 1 == pace.take(CALLS, 5).given


def test_a_trial_that_fails_makes_the_next_one_later(stops: Stops, pace: "Pace") -> None:
    """Twice as long each time, to half a minute; the second failure of a pair adds nothing."""
    [until] = _fail(stops)
    pauses = []
    for _ in range(4):
        _bring_forward(stops, seconds=until - time.time() + 0.01)
        assert pace.take(CALLS, 5).trying
        began = time.time()
        [until] = _fail(stops, 2)
        pauses.append(round(until - began))

    assert [10, 20, LONGEST_PAUSE_S, LONGEST_PAUSE_S] == pauses


def _bring_forward(stops: Stops, *, seconds: float) -> None:
    key = f"test:stopped:{ENDPOINT}"
    stops._client.hincrbyfloat(key, "at", -seconds)


def test_a_success_from_before_the_stop_opens_nothing(stops: Stops, pace: "Pace") -> None:
    """Only a trial tells whether it is over."""
    _fail(stops)

    assert not stops.passed(ENDPOINT)
    assert 0 == pace.take(CALLS, 1).given


def test_what_opens_again_opens_gently(stops: Stops, pace: "Pace") -> None:
    """A tenth of the pace at first: all those who waited do not come at once."""
    slow = replace(CALLS, pace=100, burst=2)
    stops.stop(ENDPOINT, datetime.now(UTC) - timedelta(seconds=1))
    pace.take(CALLS, 2)
    stops.passed(ENDPOINT)
    given, end = 0, time.monotonic() + 1
    while time.monotonic() < end:
        given += pace.take(slow, 50).given
        time.sleep(0.005)

    assert 2 <= given <= 30


def test_after_a_pause_the_pace_grows_back(pace: "Pace", doorway: "Doorway") -> None:
    """Over as long as the pause was; meanwhile there is no burst."""
    slow = replace(CALLS, pace=100, burst=20)
    pace.pause(OURS, datetime.now(UTC) + timedelta(seconds=1))
    time.sleep(1.02)
    at_once = pace.take(slow, 50).given
    since, until = doorway.client().hmget(f"test:ramp:{OURS}", "since", "until")

    assert at_once <= 3
    assert 0.9 < float(until or 0) - float(since or 0) <= 1.1


def test_what_the_provider_says_is_left_bounds_everybody(pace: "Pace", doorway: "Doorway") -> None:
    """Two calls and no more before its window ends, from whatever process; then the pace again."""
    pace.tell(OURS, left=2, for_s=0.5)
    other = doorway.pace()

    assert [2, 0] == [other.take(CALLS, 5).given, pace.take(CALLS, 5).given]
    refused = pace.take(CALLS, 5)
    assert 0 < refused.wait_s <= 0.5
    time.sleep(refused.wait_s + 0.01)
    assert pace.take(CALLS, 5).given > 0


def test_the_least_that_was_told_is_what_is_left(pace: "Pace") -> None:
    """Answers come out of order."""
    pace.tell(OURS, left=1, for_s=0.5)
    pace.tell(OURS, left=5, for_s=0.2)

    assert [1, 0] == [pace.take(CALLS, 5).given, pace.take(CALLS, 5).given]


def test_without_redis_nothing_is_stopped_nor_opened(nowhere: "Doorway") -> None:
    """Nothing is called either; and no exception."""
    stops = Stops(nowhere.client(), namespace="test")
    stops.stop(ENDPOINT, datetime.now(UTC))
    nowhere.pace().tell(OURS, left=1, for_s=1)

    assert (None, False) == (stops.failed(ENDPOINT, passed=0), stops.passed(ENDPOINT))
