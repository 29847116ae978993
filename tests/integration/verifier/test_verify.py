"""The verifier's step on a real record, with a client that answers what the test says."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from time import sleep
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from services.verifier.clients import Profiles
from services.verifier.habilitations import ProviderPace, Rights
from services.verifier.health import Trials
from services.verifier.work import Verify, calls_stopper
from shared.application import Application
from shared.errors import SealingError
from shared.evidence import (
    EAJE_SOURCE,
    Busy,
    Certified,
    EajeFacts,
    Forbidden,
    NotIdentified,
    Outcome,
    Provenance,
)
from shared.protocol import saving, switching
from shared.protocol.claiming import Held
from shared.protocol.pauses import Turn, paused
from shared.protocol.saving import Move
from shared.queue.bell import marker_key
from shared.queue.broker import open_redis
from shared.queue.limits import Limit, Limits
from shared.queue.pace import Pace, Permits
from shared.queue.stops import Stops
from shared.sealing import KeyRing
from shared.states import Lane, Reason, Status
from shared.store.places import evidence_place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.integration.conftest import Record

pytestmark = pytest.mark.stack

_FROM = Provenance(
    source=EAJE_SOURCE,
    fetched_at=datetime(2026, 11, 23, 9, 30, tzinfo=UTC),
    http_status=404,
    request_id="r-1",
    code="37001",
)


@dataclass
class FakeClient:
    """A client of every habilitation: answers this, and remembers whom it was asked about."""

    outcome: Outcome
    source: str = EAJE_SOURCE
    refusal: str = "token:of:test"
    asked: list[Application] = field(default_factory=list)

    async def of(self, _scheme: UUID, _habilitation: UUID) -> "FakeClient":
        return self

    async def verify(self, application: Application, _now: datetime) -> Outcome:
        self.asked.append(application)
        return self.outcome


@dataclass
class Stopped:
    """What was asked to stop."""

    calls: list[tuple[UUID, datetime, str]] = field(default_factory=list)
    learnt: list[tuple[UUID, Outcome, str]] = field(default_factory=list)

    def __call__(self, habilitation: UUID, until: datetime, why: str) -> None:
        self.calls.append((habilitation, until, why))

    def learn_at_once(self, *_: object, **__: object) -> bool:
        return False

    def learn(self, held: Held, outcome: Outcome, *, token: str) -> None:
        self.learnt.append((held.id, outcome, token))


@pytest.fixture
def pace(redis_url: str) -> "Iterator[Pace]":
    with open_redis(redis_url, timeout_s=5) as client:
        client.set(marker_key("test"), datetime.now(UTC).isoformat())
        yield Pace(client, namespace="test")


def _verify(
    record: "Record",
    client: FakeClient,
    stopped: Stopped | None = None,
    *,
    ring: KeyRing | None = None,
) -> Verify:
    return Verify(
        ring=ring or record.ring,
        clients=client,
        stop_calls=stopped or Stopped(),
        health=stopped or Stopped(),
        first_retry=timedelta(seconds=10),
        chance=Random(7),
    )


async def _step(record: "Record", id_: UUID, outcome: Outcome) -> Move:
    """Claim, ask, save; the move that was saved."""
    held = record.claim([id_])
    move = await _verify(record, FakeClient(outcome))(held[0])
    assert {id_} == saving.save(record.engine, [move], actor="service:verifier")
    return move


async def test_the_state_is_asked_about_the_family_that_was_sealed(
    record: "Record", application: Application, facts: EajeFacts
) -> None:
    """What intake sealed is what the client is given, field for field."""
    client = FakeClient(Certified(facts))
    held = record.claim([record.enrol(application)])

    await _verify(record, client)(held[0])

    assert [application] == client.asked


async def test_certified_facts_are_sealed_and_open_again(
    record: "Record", application: Application, facts: EajeFacts
) -> None:
    """Under the application's own key and place; nothing of the family is in the clear."""
    id_ = record.enrol(application)
    await _step(record, id_, Certified(facts))

    [row] = record.rows("SELECT * FROM verifications")
    content = record.key_of(id_).open(row.sealed, place=evidence_place(id_))
    assert facts == EajeFacts.model_validate_json(content)
    assert ("Certified", EAJE_SOURCE, 200, None) == (
        row.outcome,
        row.source,
        row.http_status,
        row.code,
    )
    assert [Status.VERIFIED] == record.column("status", [id_])
    assert b"TILLEULS" not in row.sealed


async def test_a_wrong_ring_opens_nothing(
    record: "Record", application: Application, facts: EajeFacts
) -> None:
    """Neither a ring with another name nor one whose key has the same name: nobody is asked."""
    client = FakeClient(Certified(facts))
    held = record.claim([record.enrol(application)])

    for ring in (KeyRing.new("test"), KeyRing.new("other")):
        with pytest.raises(SealingError):
            await _verify(record, client, ring=ring)(held[0])

    assert [] == client.asked


async def test_an_unidentified_family_leaves_a_line_without_facts(
    record: "Record", application: Application
) -> None:
    """Who was asked, when, under which number and code; nothing to open."""
    id_ = record.enrol(application)
    await _step(record, id_, NotIdentified(_FROM))

    [row] = record.rows("SELECT * FROM verifications")
    assert ("NotIdentified", 404, "37001", "r-1", _FROM.fetched_at, None) == (
        row.outcome,
        row.http_status,
        row.code,
        row.request_id,
        row.fetched_at,
        row.sealed,
    )
    assert [Status.TO_REVIEW] == record.column("status", [id_])
    assert [Reason.NOT_IDENTIFIED] == record.column("reason", [id_])
    assert [None] == record.column("due_at", [id_])


async def test_a_busy_provider_costs_no_attempt_and_stays_due(
    record: "Record", application: Application
) -> None:
    """Not a start, not an attempt: the application waits for the date that the provider gave."""
    retry_at = datetime.now(UTC) + timedelta(hours=1)
    id_ = record.enrol(application, attempts=2)
    await _step(record, id_, Busy(_FROM, retry_at, whole_habilitation=True))

    [row] = record.rows("SELECT status, starts, attempts, due_at, claim FROM applications")
    assert (Status.RECEIVED, 0, 2, None) == (row.status, row.starts, row.attempts, row.claim)
    assert retry_at < row.due_at < retry_at + timedelta(minutes=7)


@pytest.mark.parametrize("whole", [True, False])
async def test_only_a_quota_of_the_habilitation_stops_it(
    record: "Record", application: Application, *, whole: bool
) -> None:
    """With its date and the outcome's name; one family's conflict stops nobody."""
    retry_at = datetime.now(UTC) + timedelta(minutes=1)
    stopped = Stopped()
    held = record.claim([record.enrol(application)])
    client = FakeClient(Busy(_FROM, retry_at, whole_habilitation=whole))

    await _verify(record, client, stopped)(held[0])

    wanted = [(record.founded.habilitation, retry_at, "Busy")] if whole else []
    assert wanted == stopped.calls


async def test_every_outcome_is_learnt_from(record: "Record", application: Application) -> None:
    """With the application and the right that the call was made with; the step judges nothing."""
    stopped, outcome = Stopped(), Forbidden(_FROM)
    held = record.claim([record.enrol(application)])

    await _verify(record, FakeClient(outcome), stopped)(held[0])

    assert ([(held[0].id, outcome, "token:of:test")], []) == (stopped.learnt, stopped.calls)


def _permits(record: "Record", pace: Pace, habilitation: UUID) -> Permits:
    """What one call of a habilitation is given now."""
    rights, profiles = Rights(record.engine, record.ring), Profiles(record.engine)
    turn = Turn(record.founded.authority, record.founded.scheme, habilitation, Lane.NOW)
    return ProviderPace(pace, rights, profiles, Limits(), Trials()).take(turn, 1)


def test_a_pause_stands_in_the_record_and_in_redis(record: "Record", pace: Pace) -> None:
    """The ringing leaves the habilitation out, and no permit is given until the date."""
    habilitation = record.founded.habilitation
    until = datetime.now(UTC) + timedelta(minutes=1)

    calls_stopper(record.engine, pace)(habilitation, until, "Busy")

    assert {habilitation: until} == paused(record.engine).habilitations
    permits = _permits(record, pace, habilitation)
    assert permits.given == 0
    assert 50 < permits.wait_s <= 60
    assert "Busy service:verifier" == record.one("SELECT reason || ' ' || set_by FROM switches")


def test_a_shorter_pause_shortens_none(record: "Record", pace: Pace) -> None:
    """A call that was in flight and comes back busy does not end an hour's pause, anywhere."""
    habilitation, now = record.founded.habilitation, datetime.now(UTC)
    stop_calls = calls_stopper(record.engine, pace)
    stop_calls(habilitation, now + timedelta(hours=1), "Forbidden")
    stop_calls(habilitation, now + timedelta(seconds=2), "Busy")

    assert now + timedelta(hours=1) == record.one("SELECT until FROM switches")
    permits = _permits(record, pace, habilitation)
    assert permits.wait_s > 3_000


def test_a_persons_pause_has_no_end(record: "Record", pace: Pace) -> None:
    """What ops switched off until they say so stays so, with their reason."""
    habilitation = record.founded.habilitation
    name = switching.habilitation_switch(habilitation)
    switching.pause(record.engine, name, until=None, reason="audit", by="command:ops")

    stop_calls = calls_stopper(record.engine, pace)
    stop_calls(habilitation, datetime.now(UTC) + timedelta(hours=1), "Forbidden")

    [row] = record.rows("SELECT until, reason, set_by FROM switches")
    assert (None, "audit", "command:ops") == tuple(row)


def test_the_pause_of_one_habilitation_is_not_anothers(record: "Record", pace: Pace) -> None:
    """A neighbour's refused token costs this town nothing."""
    other = record.found_another("saintes")
    calls_stopper(record.engine, pace)(
        other.habilitation, datetime.now(UTC) + timedelta(hours=1), "Forbidden"
    )

    assert {other.habilitation} == set(paused(record.engine).habilitations)
    permits = _permits(record, pace, record.founded.habilitation)
    assert permits.wait_s < 1


def test_a_right_is_opened_with_the_ring_alone(record: "Record") -> None:
    """The token that was founded, never shown; a ring that cannot open it says so."""
    right = Rights(record.engine, record.ring).of(record.founded.habilitation)

    assert ("token", "21130000900019") == (right.token, right.recipient)
    assert "token" not in repr(right)
    with pytest.raises(SealingError):
        Rights(record.engine, KeyRing.new("other")).of(record.founded.habilitation)


def test_a_further_call_takes_from_every_bucket_and_heeds_no_stop(
    record: "Record", pace: Pace
) -> None:
    """The call that it follows may be the trial; the State counts both, and a pause holds both."""
    rights, profiles = Rights(record.engine, record.ring), Profiles(record.engine)
    limits, habilitation = Limits(dgfip=Limit(600, 60)), record.founded.habilitation
    permits = ProviderPace(pace, rights, profiles, limits, Trials())
    right = rights.of(habilitation)
    Stops(pace._client, namespace="test").stop(right.stop, datetime.now(UTC) + timedelta(hours=1))

    given = [permits.take_another("tax", right).given for _ in range(2)]
    sleep(0.3)
    given += [permits.take_another("tax", right).given for _ in range(2)]
    tokens = [pace._client.hget(f"test:permits:{of}", "tokens") for of in (habilitation, "dgfip")]
    pace.pause(habilitation, datetime.now(UTC) + timedelta(minutes=1))

    assert [0, 0, 1, 1] == given
    assert all(token is not None for token in tokens)
    assert permits.take_another("tax", right).wait_s > 50
