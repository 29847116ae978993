"""Every Redis key is on the reference page: real traffic, then a look at what is there."""

import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import pytest
from redis import Redis

from shared.events import Doorbell
from shared.queue.broker import QUEUES, open_broker
from shared.queue.limits import Limits
from shared.queue.pace import Allowance, Pace
from shared.queue.stops import Stop, Stops
from shared.queue.tolls import Tolls
from shared.states import Lane, Step
from shared.watching import findings
from shared.watching.figures import Invariant

if TYPE_CHECKING:
    from tests.integration.queue.conftest import Doorway

pytestmark = pytest.mark.stack

PAGE = Path(__file__).resolve().parents[3] / "docs" / "reference" / "protocol.md"
NEVER = "never written"
TYPES = {"zset": "sorted set"}
_UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_SWITCH = f"(?:breaker:eaje|token:{_UUID}:[0-9a-f]+)"
_MEANT = {
    "<namespace>": "test",
    "<queue>": f"(?:{'|'.join(map(re.escape, QUEUES))})",
    "<process>": _UUID,
    "<habilitation>": _UUID,
    "<bucket>": f"(?:{_UUID}|api-particulier@here|dgfip|franceconnect-(?:60|3600)s@here)",
    "<switch>": _SWITCH,
    "<stop>": f"(?:{_UUID}|{_SWITCH})",
    "<portal>": _UUID,
}


@pytest.fixture(scope="module")
def documented() -> dict[str, str]:
    """The type of each key that the page names, by its pattern."""
    page = PAGE.read_text("utf-8")
    rows = re.findall(r"^\| `(<namespace>:[^`]+)` \| ([a-z ]+) \|", page, re.MULTILINE)
    return dict(rows)


def _matches(pattern: str, key: str) -> bool:
    parts = re.split(r"(<\w+>)", pattern)
    return re.fullmatch("".join(_MEANT.get(p, re.escape(p)) for p in parts), key) is not None


def _traffic(doorway: "Doorway") -> Iterator[None]:
    """Everything that Berceau does with Redis, with a stop wherever new keys may be there."""
    bell, pace = doorway.bell(), doorway.pace()
    bell.born(datetime.now(UTC))
    for step in Step:
        for lane in Lane:
            for _ in range(4):
                bell.ring(Doorbell(step=step, lane=lane, habilitation=UUID(int=1), ids=(uuid4(),)))
    _calls(doorway, pace)
    pace.pause(UUID(int=2), datetime.now(UTC) + timedelta(minutes=1))
    Tolls(doorway.client(), namespace="test", clock=time.monotonic).take(uuid4(), 60, 1)
    found = findings.found(Invariant.JOURNAL, ["REF"], at=datetime.now(UTC), seen=1)
    findings.keep(doorway.client(), "test", [found])
    yield
    broker = open_broker(doorway.client(), namespace="test")
    for queue in QUEUES:
        consumer = broker.consume(queue, prefetch=3)
        acked, nacked, requeued = (next(consumer) for _ in range(3))
        assert acked
        assert nacked
        assert requeued
        yield
        consumer.ack(acked)
        consumer.nack(nacked)
        consumer.requeue([requeued])
    yield


def _calls(doorway: "Doorway", pace: Pace) -> None:
    """Permits of every bucket, asked for by calls that fail, are refused, and are told of few."""
    limits, stops = Limits(egress="here"), Stops(doorway.client(), namespace="test")
    shared = (*limits.of("api-particulier"), *limits.of("dgfip"), *limits.introspection())
    token = Stop(f"token:{UUID(int=1)}:0a1b", probes=1, lease_s=120)
    allowance = Allowance(UUID(int=1), pace=1, burst=1, limits=shared, stops=(token,))
    pace.take(allowance, 1)
    pace.tell(UUID(int=1), left=2, for_s=30)
    stops.failed("breaker:eaje", passed=0)
    stops.stop(token.name, datetime.now(UTC) - timedelta(seconds=1))
    time.sleep(1)
    assert pace.take(Allowance(UUID(int=1), pace=1, burst=1, stops=(token,)), 1).trying
    stops.passed(token.name)
    stops.stop(token.name, datetime.now(UTC) + timedelta(minutes=1))


def _seen(client: Redis) -> dict[str, str]:
    return {_text(key): _text(client.type(key)) for key in client.scan_iter()}


def _text(said: object) -> str:
    assert isinstance(said, bytes)
    return said.decode()


def test_every_key_is_on_the_page(doorway: "Doorway", documented: dict[str, str]) -> None:
    """One pattern for each key, with its type; and no pattern that no traffic makes."""
    client, seen = doorway.client(), dict[str, str]()
    for _ in _traffic(doorway):
        seen |= _seen(client)
    told = {key: [(p, kind) for p, kind in documented.items() if _matches(p, key)] for key in seen}

    assert {} == {key: found for key, found in told.items() if len(found) != 1}
    assert {key: TYPES.get(kind, kind) for key, kind in seen.items()} == {
        key: kind for key, [(_, kind)] in told.items()
    }
    assert {p for p, kind in documented.items() if kind != NEVER} == {
        pattern for [(pattern, _)] in told.values()
    }


def test_every_key_is_under_the_namespace(doorway: "Doorway") -> None:
    """Two environments may share a Redis: nothing of ours stands outside."""
    for _ in _traffic(doorway):
        assert [] == [k for k in doorway.client().scan_iter() if not k.startswith(b"test:")]


def test_no_key_outlives_its_use(doorway: "Doorway") -> None:
    """A bucket that nobody uses and a pause that has ended go by themselves."""
    list(_traffic(doorway))
    client = doorway.client()

    assert 3_590 < client.ttl(f"test:permits:{UUID(int=1)}") <= 3_600
    assert 55 < client.ttl(f"test:paused:{UUID(int=2)}") <= 61
