"""Permits of a callback: those of everybody, those of FranceConnect's introspection, and pauses."""

import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from redis import Redis

from services.intake.franceconnect.permits import PAUSED_S, SharedPermits
from services.intake.franceconnect.question import Right
from shared.protocol.switching import ENDPOINT, breaker_switch, pause
from shared.queue.bell import marker_key
from shared.queue.limits import Limit, Limits
from shared.queue.pace import Allowance, Pace
from shared.queue.stops import Stops
from shared.working.switchboard import Switchboard

if TYPE_CHECKING:
    from tests.integration.conftest import Record

_MINUTE = 60
_MANY = (Limit(60_000, _MINUTE), Limit(3_600_000, 60 * _MINUTE))
_FAST = Limits(api_particulier=Limit(60_000, _MINUTE), franceconnect=_MANY)


@pytest.fixture
def pace(redis_url: str) -> Pace:
    """The pace, in a Redis that a scheduler has looked at."""
    client = Redis.from_url(redis_url)
    client.set(marker_key("test"), datetime.now(UTC).isoformat())
    return Pace(client, namespace="test")


def _right(record: "Record") -> Right:
    founded = record.founded
    return Right(
        authority=founded.authority,
        scheme=founded.scheme,
        profile="eaje",
        habilitation=founded.habilitation,
        recipient="21130000900019",
        pace=10_000,
        burst=10,
    )


def _permits(record: "Record", pace: Pace, limits: Limits) -> SharedPermits:
    return SharedPermits(pace, limits, Switchboard(record.engine))


def _in_a_moment(permits: SharedPermits, right: Right) -> float:
    """What is left to wait once the quick buckets, empty at first, have something."""
    permits.take(right)
    time.sleep(0.1)
    return permits.take(right)


def test_introspections_are_few(record: "Record", pace: Pace) -> None:
    """Thirty a minute for an address, less the head-room: the first permit takes two seconds."""
    permits = _permits(record, pace, Limits())

    assert 1 < _in_a_moment(permits, _right(record)) <= 60 / 27


def test_a_permit_is_given(record: "Record", pace: Pace) -> None:
    """When every bucket has one."""
    assert 0 == _in_a_moment(_permits(record, pace, _FAST), _right(record))


def test_the_habilitations_own_pace_counts(record: "Record", pace: Pace) -> None:
    """A pause that the provider asked for holds here too."""
    pace.pause(record.founded.habilitation, datetime.now(UTC) + timedelta(seconds=30))

    assert 20 < _in_a_moment(_permits(record, pace, _FAST), _right(record)) <= 30


def test_a_switch_of_the_record_holds(record: "Record", pace: Pace) -> None:
    """What ops stopped, and what is in maintenance, is not called: the portal is told a minute."""
    pause(record.engine, f"{ENDPOINT}eaje", until=None, reason="test", by="command:test")

    assert PAUSED_S == _permits(record, pace, _FAST).take(_right(record))


def test_an_endpoint_that_fails_is_left_to_verifiers(
    record: "Record", pace: Pace, redis_url: str
) -> None:
    """Even when it may be tried again: no trial is spent here, and theirs are left to them."""
    stops = Stops(Redis.from_url(redis_url), namespace="test")
    stops.stop(breaker_switch("eaje"), datetime.now(UTC) - timedelta(seconds=1))

    assert _in_a_moment(_permits(record, pace, _FAST), _right(record)) > 0


def test_an_emptied_redis_gives_none(record: "Record", redis_url: str) -> None:
    """As for every other call."""
    pace = Pace(Redis.from_url(redis_url), namespace="test")

    assert _in_a_moment(_permits(record, pace, _FAST), _right(record)) > 0


def test_the_address_is_shared_with_the_verifier(record: "Record", pace: Pace) -> None:
    """What another habilitation used of the address is not given here again."""
    limits = Limits(api_particulier=Limit(60, _MINUTE), franceconnect=_MANY)
    other = Allowance(UUID(int=7), 10_000, 10, limits=limits.of("api-particulier"))
    while not pace.take(other, 1).given:
        pass

    assert _in_a_moment(_permits(record, pace, limits), _right(record)) > 0.5
