"""Tax numbers in the verifier's step: opened to ask with, and destroyed with the answer's save."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from services.verifier.clients import Clients, Profiles
from services.verifier.contract import Provider
from services.verifier.habilitations import Rights
from services.verifier.provider.client import Patience
from services.verifier.tax.provider import PROFILE, Tax
from services.verifier.work import Verify
from shared.application import Application
from shared.evidence import InputRefused, Outcome, read_facts
from shared.protocol import saving
from shared.protocol.claiming import Held
from shared.protocol.saving import Move
from shared.states import Reason, Status
from shared.store.places import evidence_place
from shared.taxation import TaxFacts, TaxNumber
from tests.unit.verifier.tax.gateway import GATEWAY, SECRET, Gateway

if TYPE_CHECKING:
    from tests.integration.conftest import Record

pytestmark = pytest.mark.stack

_NUMBER = TaxNumber.parse("3000111222333")
_CREDENTIALS = {"client_id": "berceau", "client_secret": SECRET, "teleservice": "creches-arles"}
_HERS = {"nmNaiDec1": "LO", "prnmDec1": "AMINATA ROSE", "rfr": 24180, "annRevenu": 2025}
_ON_TAX_DATA = """
    UPDATE schemes SET profile = 'tax';
    UPDATE habilitations SET endpoints = '{tax}', sealed_token = :token
"""


def _refused(status: int, code: int) -> httpx.Response:
    return httpx.Response(status, json={"erreur": {"code": code}})


@dataclass
class Counter:
    """A verifier whose DGFiP answers as told; what its health learnt."""

    record: "Record"
    gateway: Gateway
    providers: dict[str, Provider] = field(default_factory=lambda: {PROFILE: Tax(GATEWAY)})
    learnt: list[Outcome] = field(default_factory=list)

    def learn_at_once(self, *_: object, **__: object) -> bool:
        return False

    def learn(self, _held: Held, outcome: Outcome, *, token: str) -> None:  # noqa: ARG002
        self.learnt.append(outcome)

    def stop(self, _habilitation: UUID, _until: datetime, _why: str) -> None: ...

    @asynccontextmanager
    async def http(self, _profile: str) -> AsyncIterator[httpx.AsyncClient]:
        async with httpx.AsyncClient(transport=httpx.MockTransport(self.gateway)) as http:
            yield http

    async def verify(self, id_: UUID) -> Move:
        """Claim, ask, save."""
        record = self.record
        clients = Clients(
            self.providers,
            profiles=Profiles(record.engine),
            rights=Rights(record.engine, record.ring),
            open_http=self.http,
            connections=4,
            patience=Patience(),
        )
        step = Verify(
            ring=record.ring,
            clients=clients,
            stop_calls=self.stop,
            health=self,
            first_retry=timedelta(seconds=10),
            chance=Random(7),
        )
        [held] = record.claim([id_])
        move = await step(held)
        await clients.close()
        assert {id_} == saving.save(record.engine, [move], actor="service:verifier")
        return move


@pytest.fixture
def counter(record: "Record") -> Counter:
    """The town's scheme rests on tax data, and its habilitation opens the DGFiP."""
    token = record.ring.seal_secret(json.dumps(_CREDENTIALS, separators=(",", ":")))
    with record.owner.begin() as connection:
        for statement in _ON_TAX_DATA.split(";"):
            connection.execute(text(statement), {"token": token} if ":token" in statement else {})
    return Counter(record, Gateway(situation=httpx.Response(200, json=_HERS)))


@pytest.fixture
def family(application: Application) -> Application:
    return application.model_copy(update={"tax_numbers": (_NUMBER,)})


def _sealed(record: "Record", id_: UUID) -> bytes | None:
    [sealed] = record.column("sealed_tax_numbers", [id_])
    return bytes(sealed) if sealed is not None else None


def _holds(record: "Record", content: bytes) -> list[str]:
    """The tables in which some bytes stand, as they are or in hexadecimal."""
    tables = record.rows(
        "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'"
    )
    found = []
    for name in [row.name for row in tables]:
        rows = "".join(row[0] for row in record.rows(f"SELECT t::text FROM {name} t"))  # noqa: S608
        if content.hex() in rows or content.decode("latin-1") in rows:
            found.append(name)
    return found


async def test_the_number_opens_a_household_and_is_destroyed(
    record: "Record", counter: Counter, family: Application
) -> None:
    """Asked with once; neither the number nor its ciphertext is in any table after the answer."""
    id_ = record.enrol(family)
    before = _sealed(record, id_) or b""
    assert ["applications"] == _holds(record, before)
    assert [] == _holds(record, _NUMBER.digits.encode())

    await counter.verify(id_)

    [call] = counter.gateway.calls
    assert _NUMBER.digits in call.url.path
    assert [Status.VERIFIED] == record.column("status", [id_])
    assert None is _sealed(record, id_)
    assert [] == _holds(record, before) + _holds(record, _NUMBER.digits.encode())


async def test_what_the_tax_office_certifies_is_sealed(
    record: "Record", counter: Counter, family: Application
) -> None:
    """Facts of its own kind, without the number."""
    id_ = record.enrol(family)
    await counter.verify(id_)

    [row] = record.rows("SELECT * FROM verifications")
    content = record.key_of(id_).open(row.sealed, place=evidence_place(id_))
    facts = read_facts(content)
    assert isinstance(facts, TaxFacts)
    assert 2_418_000 == facts.income_of_reference_cents
    assert _NUMBER.digits.encode() not in content


_ANSWERS: list[tuple[httpx.Response, Status, Reason | None, bool]] = [
    (_refused(410, 4101), Status.PARKED, Reason.NO_FILE, True),
    (httpx.Response(429), Status.RECEIVED, Reason.PROVIDER_BUSY, True),
    (httpx.Response(500), Status.RECEIVED, Reason.PROVIDER_UNAVAILABLE, True),
    (_refused(403, 4031), Status.RECEIVED, Reason.ACCESS_FORBIDDEN, True),
    (_refused(410, 4102), Status.TO_REVIEW, Reason.NOT_IDENTIFIED, False),
    (_refused(400, 4001), Status.TO_REVIEW, Reason.TAX_NUMBER_NEEDED, False),
    (httpx.Response(200, json={}), Status.TO_REVIEW, Reason.INCONSISTENT, False),
    (httpx.Response(200, json=[]), Status.TO_REVIEW, Reason.ANSWER_UNREADABLE, False),
]


@pytest.mark.parametrize(("answer", "status", "reason", "kept"), _ANSWERS)
async def test_the_number_stays_for_as_long_as_it_is_asked_with(
    counter: Counter,
    family: Application,
    answer: httpx.Response,
    status: Status,
    reason: Reason | None,
    *,
    kept: bool,
) -> None:
    """Kept while the State is to be asked again, gone as soon as a person settles."""
    record, counter.gateway.situation = counter.record, answer
    id_ = record.enrol(family)
    before = _sealed(record, id_)

    await counter.verify(id_)

    assert [(status, reason)] == record.rows("SELECT status, reason FROM applications")
    assert (before if kept else None) == _sealed(record, id_)


async def test_what_was_kept_is_asked_with_again(
    record: "Record", counter: Counter, family: Application
) -> None:
    """After a failure the same number opens the household."""
    counter.gateway.situation = httpx.Response(502)
    id_ = record.enrol(family)
    await counter.verify(id_)
    record.change([id_], due_at=text("now()"))
    counter.gateway.situation = httpx.Response(200, json=_HERS)

    await counter.verify(id_)

    assert [Status.VERIFIED] == record.column("status", [id_])
    assert 1 == len({call.url.path for call in counter.gateway.calls})


async def test_sent_back_without_its_number_it_waits_for_a_person(
    record: "Record", counter: Counter, family: Application
) -> None:
    """An agent asks the State again, but the number is gone: nobody is asked, and it says why."""
    id_ = record.enrol(family)
    await counter.verify(id_)
    record.change([id_], status=Status.RECEIVED, due_at=text("now()"))
    calls = len(counter.gateway.asked)

    await counter.verify(id_)

    wanted: list[Any] = [(Status.TO_REVIEW, Reason.TAX_NUMBER_NEEDED)]
    assert wanted == record.rows("SELECT status, reason FROM applications")
    assert calls == len(counter.gateway.asked)
    assert InputRefused(None, ("/tax_numbers",)) == counter.learnt[-1]


async def test_where_nobody_is_asked_the_number_is_not_kept(
    record: "Record", counter: Counter, family: Application
) -> None:
    """A verifier without the DGFiP's address: a person looks, and the number is of no use to it."""
    counter.providers = {}
    id_ = record.enrol(family)

    await counter.verify(id_)

    assert [Reason.PROVIDER_MISSING] == record.column("reason", [id_])
    assert None is _sealed(record, id_)
