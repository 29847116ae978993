"""An added provider under the verifier's own rules: the same consequences, pauses and record."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import TYPE_CHECKING
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from services.verifier.clients import Clients, Profiles
from services.verifier.contract import Access, Client, Provider
from services.verifier.eaje import eaje
from services.verifier.habilitations import Rights
from services.verifier.provider.client import Patience
from services.verifier.work import Verify
from shared.application import Application
from shared.evidence import EajeFacts, Forbidden, Outcome
from shared.protocol import saving
from shared.protocol.claiming import Held
from shared.states import Reason, Status
from shared.store.places import evidence_place
from tests.integration.providers.toy.berceau_registre import SOURCE, Asker, Register

if TYPE_CHECKING:
    from tests.integration.conftest import Record

pytestmark = pytest.mark.stack

_HOUSEHOLD = {
    "birth_name": "LO",
    "children": 2,
    "aeeh_children": 0,
    "resources_cents": 3_600_000,
    "resources_year": 2024,
    "births": ["2025-03-04"],
}


class Blocked:
    """A provider whose opening never ends."""

    source = "bloque-v1"

    @asynccontextmanager
    async def open(self, access: Access) -> AsyncIterator[Client]:
        await asyncio.sleep(60)
        yield Asker("https://blocked.test", access)


_PROVIDERS: dict[str, Provider] = {
    "eaje": eaje("https://counter.test"),
    "registre": Register("https://register.test"),
    "bloque": Blocked(),
}


@dataclass
class Way:
    """The way out of a verifier: one answer for all, and what was asked and stopped."""

    status: int = 200
    asked: list[httpx.Request] = field(default_factory=list)
    opened: int = 0
    closed: int = 0
    stopped: list[tuple[UUID, str]] = field(default_factory=list)
    learnt: list[tuple[UUID, type, str]] = field(default_factory=list)

    @asynccontextmanager
    async def http(self, _profile: str) -> AsyncIterator[httpx.AsyncClient]:
        self.opened += 1
        try:
            async with httpx.AsyncClient(transport=httpx.MockTransport(self._answer)) as http:
                yield http
        finally:
            self.closed += 1

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        return httpx.Response(self.status, content=json.dumps(_HOUSEHOLD).encode())

    def stop(self, habilitation: UUID, _until: datetime, why: str) -> None:
        self.stopped.append((habilitation, why))

    def learn_at_once(self, *_: object, **__: object) -> bool:
        return False

    def learn(self, held: Held, outcome: Outcome, *, token: str) -> None:
        self.learnt.append((held.id, type(outcome), token))


def _clients(
    record: "Record",
    open_http: Callable[[str], AbstractAsyncContextManager[httpx.AsyncClient]],
    *,
    patience: Patience | None = None,
) -> Clients:
    return Clients(
        _PROVIDERS,
        profiles=Profiles(record.engine),
        rights=Rights(record.engine, record.ring),
        open_http=open_http,
        connections=4,
        patience=patience or Patience(),
    )


def _rests_on(record: "Record", scheme: UUID, profile: str) -> None:
    """The scheme rests on this profile, which every habilitation covers."""
    with record.engine.begin() as connection:
        covers = text("UPDATE habilitations SET endpoints = endpoints || CAST(:profile AS text)")
        connection.execute(covers, {"profile": profile})
        connection.execute(
            text("UPDATE schemes SET profile = :profile WHERE id = :id"),
            {"profile": profile, "id": scheme},
        )


async def _verified(
    record: "Record", application: Application, way: Way, *, attempts: int = 0
) -> UUID:
    """One application through the verifier's step, saved."""
    id_ = record.enrol(application, attempts=attempts)
    clients = _clients(record, way.http)
    verify = Verify(
        ring=record.ring,
        clients=clients,
        stop_calls=way.stop,
        health=way,
        first_retry=timedelta(seconds=10),
        chance=Random(7),
    )
    move = await verify(record.claim([id_])[0])
    await clients.close()
    assert {id_} == saving.save(record.engine, [move], actor="service:verifier")
    return id_


async def test_its_facts_are_sealed_with_its_source(
    record: "Record", application: Application
) -> None:
    """Under the application's own key, as those of the built-in provider."""
    _rests_on(record, record.founded.scheme, "registre")
    id_ = await _verified(record, application, Way())

    [row] = record.rows("SELECT * FROM verifications")
    facts = EajeFacts.model_validate_json(
        record.key_of(id_).open(row.sealed, place=evidence_place(id_))
    )
    assert [Status.VERIFIED] == record.column("status", [id_])
    assert ("Certified", SOURCE) == (row.outcome, row.source)
    assert (2, 3_600_000, SOURCE) == (
        facts.children,
        facts.annual_resources_cents,
        facts.provenance.source,
    )


@pytest.mark.parametrize(
    ("status", "stands", "reason", "attempts"),
    [
        (404, Status.PARKED, Reason.NO_FILE, 0),
        (422, Status.TO_REVIEW, Reason.NOT_IDENTIFIED, 0),
        (418, Status.TO_REVIEW, Reason.ANSWER_UNREADABLE, 0),
        (500, Status.RECEIVED, Reason.PROVIDER_UNAVAILABLE, 2),
    ],
)
async def test_its_outcomes_have_the_same_consequences(
    record: "Record",
    application: Application,
    *,
    status: int,
    stands: Status,
    reason: Reason,
    attempts: int,
) -> None:
    """It says what it was told; what becomes of the application is the verifier's."""
    _rests_on(record, record.founded.scheme, "registre")
    id_ = await _verified(record, application, Way(status), attempts=1)

    [row] = record.rows("SELECT status, reason, attempts FROM applications")
    assert (stands, reason, attempts) == tuple(row)
    assert SOURCE == record.one("SELECT source FROM verifications WHERE application_id = :i", i=id_)


async def test_its_quota_stops_its_habilitation(record: "Record", application: Application) -> None:
    """The pace is kept for each habilitation, whoever is called with it."""
    _rests_on(record, record.founded.scheme, "registre")
    way = Way(429)
    await _verified(record, application, way)

    assert [(record.founded.habilitation, "Busy")] == way.stopped


async def test_its_refusal_is_that_of_its_token(record: "Record", application: Application) -> None:
    """The right that was refused is told by name, so that another token is not stopped for it."""
    _rests_on(record, record.founded.scheme, "registre")
    way = Way(401)
    id_ = await _verified(record, application, way)

    token = Rights(record.engine, record.ring).of(record.founded.habilitation).stop
    assert ([], [(id_, Forbidden, token)]) == (way.stopped, way.learnt)


async def test_a_profile_without_provider_goes_to_a_person(
    record: "Record", application: Application, caplog: pytest.LogCaptureFixture
) -> None:
    """Nobody is asked, nothing is learnt, nothing is lost: one line, with a named reason."""
    _rests_on(record, record.founded.scheme, "fonds")
    way = Way()
    id_ = await _verified(record, application, way)

    assert [] == way.asked
    assert [] == record.rows("SELECT * FROM verifications")
    [row] = record.rows("SELECT status, reason, due_at, claim FROM applications")
    assert (Status.TO_REVIEW, Reason.PROVIDER_MISSING, None, None) == tuple(row)
    [line] = record.rows("SELECT now, reason FROM journal WHERE application_id = :i", i=id_)
    assert (Status.TO_REVIEW, Reason.PROVIDER_MISSING) == tuple(line)
    assert "Lô" not in caplog.text


async def test_each_provider_and_right_has_its_own_client(record: "Record") -> None:
    """Opened once, shared by the schemes of both, closed with the verifier."""
    neighbour = record.found_another("saintes")
    _rests_on(record, neighbour.scheme, "registre")
    way = Way()
    clients = _clients(record, way.http)
    of = partial(clients.of, habilitation=record.founded.habilitation)

    ours = await of(record.founded.scheme)
    assert ours is await of(record.founded.scheme)
    assert ours is not await of(neighbour.scheme)
    assert ours is not await clients.of(record.founded.scheme, neighbour.habilitation)
    await clients.close()
    assert (3, 3) == (way.opened, way.closed)


async def test_a_provider_that_does_not_open_harms_no_other(record: "Record") -> None:
    """It is told as late, leaves no connection behind, and holds up only its own schemes."""
    neighbour = record.found_another("saintes")
    _rests_on(record, neighbour.scheme, "bloque")
    way = Way()
    clients = _clients(record, way.http, patience=Patience(total=0.5))
    of = partial(clients.of, habilitation=record.founded.habilitation)
    await of(record.founded.scheme)

    blocked = asyncio.create_task(of(neighbour.scheme))
    await asyncio.wait([blocked], timeout=0.1)
    assert not blocked.done()
    async with asyncio.timeout(0.2):
        await of(record.founded.scheme)
    with pytest.raises(TimeoutError):
        await blocked
    assert (2, 1) == (way.opened, way.closed)
    await clients.close()


async def test_a_scheme_made_since_is_known_at_once(record: "Record") -> None:
    """The profiles are kept half a minute, but a scheme that is not among them is read."""
    profiles = Profiles(record.engine)
    assert "eaje" == profiles.of(record.founded.scheme)

    assert "eaje" == profiles.of(record.found_another("saintes").scheme)
