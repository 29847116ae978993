"""What a habilitation does not cover is refused before it leaves: the client must not be called."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from services.command.records import book
from services.command.records.book import Hand
from services.command.records.kinds import Kind
from services.command.records.models import Record as Fiche
from services.command.records.models import read
from services.command.records.rules import Asked
from services.command.records.tokens import Tokens
from services.verifier.clients import Clients, Profiles
from services.verifier.contract import Access, Client
from services.verifier.habilitations import Rights
from services.verifier.provider.client import Patience
from services.verifier.work import Verify
from shared.application import Application
from shared.evidence import EAJE_SOURCE, Outcome, Unavailable
from shared.protocol import saving, sweeping
from shared.protocol.claiming import Held
from shared.protocol.waking import KNOWN_BY_ALL
from shared.states import Reason, Status

if TYPE_CHECKING:
    from tests.integration.conftest import Record

pytestmark = pytest.mark.stack

_PAST = datetime.now(UTC) - timedelta(seconds=1)
_LAPSED = "not-signed.eyJleHAiOiAxNzAwMDAwMDAwfQ.at-all"  # its own `exp` is of 2023


@dataclass
class Counter:
    """A provider that remembers every call and every opening."""

    source: str = EAJE_SOURCE
    asked: list[Application] = field(default_factory=list)
    opened: list[Access] = field(default_factory=list)
    learnt: list[tuple[UUID, Outcome, str]] = field(default_factory=list)

    @asynccontextmanager
    async def open(self, access: Access) -> AsyncIterator[Client]:
        self.opened.append(access)
        yield self

    async def verify(self, application: Application, _now: datetime) -> Outcome:
        self.asked.append(application)
        return Unavailable(None, "called")

    def learn_at_once(self, *_: object, **__: object) -> bool:
        return False

    def learn(self, held: Held, outcome: Outcome, *, token: str) -> None:
        self.learnt.append((held.id, outcome, token))


@asynccontextmanager
async def _no_network() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.MockTransport(_unreachable)) as http:
        yield http


def _unreachable(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("no call may leave", request=request)


async def _verify(record: "Record", ids: list[UUID], counter: Counter) -> None:
    """One application after the other through the step, saved."""
    clients = Clients(
        {"eaje": counter, "qf": counter},
        profiles=Profiles(record.engine),
        rights=Rights(record.engine, record.ring),
        open_http=lambda *_: _no_network(),
        connections=1,
        patience=Patience(),
    )
    verify = Verify(
        ring=record.ring,
        clients=clients,
        stop_calls=lambda *_: None,
        health=counter,
        first_retry=timedelta(seconds=10),
        chance=Random(7),
    )
    for held in record.claim(ids):
        saving.save(record.engine, [await verify(held)], actor="service:verifier")
    await clients.close()


def _set(record: "Record", statement: str, **values: Any) -> None:
    with record.engine.begin() as connection:
        connection.execute(text(statement), values)


def _give(record: "Record", token: str) -> None:
    sealed = record.ring.seal_secret(token)
    _set(record, "UPDATE habilitations SET sealed_token = :sealed", sealed=sealed)


@pytest.mark.parametrize(
    ("statement", "values", "reason"),
    [
        ("UPDATE schemes SET profile = 'qf'", {}, Reason.OUTSIDE_HABILITATION),
        ("UPDATE habilitations SET endpoints = '{qf}'", {}, Reason.OUTSIDE_HABILITATION),
        (
            "UPDATE habilitations SET recipient = '35600000049837'",
            {},
            Reason.OUTSIDE_HABILITATION,
        ),
        (
            "UPDATE habilitations SET token_expires_at = :past",
            {"past": _PAST},
            Reason.HABILITATION_EXPIRED,
        ),
        (
            "UPDATE habilitations SET dossier = jsonb_build_object('ends_at', CAST(:past AS text))",
            {"past": _PAST.isoformat()},
            Reason.HABILITATION_EXPIRED,
        ),
    ],
)
async def test_a_call_outside_it_is_not_made(
    record: "Record",
    application: Application,
    statement: str,
    values: dict[str, Any],
    reason: Reason,
) -> None:
    """Nobody is asked, nothing is learnt of anybody; the application waits, with its reason."""
    _set(record, statement, **values)
    counter, id_ = Counter(), record.enrol(application, attempts=1)

    await _verify(record, [id_], counter)

    assert ([], [], []) == (counter.asked, counter.opened, counter.learnt)
    assert [] == record.rows("SELECT * FROM verifications")
    [row] = record.rows("SELECT status, reason, claim, due_at, last_date FROM applications")
    assert (Status.PARKED, reason, None) == tuple(row)[:3]
    assert datetime.now(UTC) + timedelta(hours=23) < row.due_at <= row.last_date
    [line] = record.rows("SELECT now, reason FROM journal WHERE application_id = :i", i=id_)
    assert (Status.PARKED, reason) == tuple(line)


async def test_a_call_within_it_is_made(record: "Record", application: Application) -> None:
    """The same application, asked about once the right covers it, and with its delegation."""
    _set(record, "UPDATE habilitations SET delegation_id = 'D-1'")
    counter = Counter()

    await _verify(record, [record.enrol(application)], counter)

    assert [application] == counter.asked
    assert ["D-1"] == [access.delegation_id for access in counter.opened]


async def test_a_token_that_tells_its_own_end_is_believed(
    record: "Record", application: Application
) -> None:
    """Past, no call leaves whatever the record says; to come, a date left behind stops nothing."""
    counter, ids = Counter(), [record.enrol(application)]
    _give(record, _LAPSED)
    _set(record, "UPDATE habilitations SET token_expires_at = now() + interval '1 year'")
    await _verify(record, ids, counter)
    assert [] == counter.asked
    assert [Reason.HABILITATION_EXPIRED] == record.column("reason", ids)

    _give(record, _LAPSED.replace("eyJleHAiOiAxNzAwMDAwMDAwfQ", "eyJleHAiOiA0MDcwOTA4ODAwfQ"))
    _set(record, "UPDATE habilitations SET token_expires_at = now() - interval '1 day'")
    await _verify(record, [record.enrol(application)], counter)
    assert 1 == len(counter.asked)


def _mend(record: "Record", **changes: Any) -> None:
    """What `berceau habilitation change` does."""
    hand = Hand("command:test", datetime.now(UTC))
    with record.engine.begin() as connection:
        was = book.find(connection, Kind.HABILITATION, "arles").record
        mended: Fiche = read(Kind.HABILITATION, was.plain() | changes)
        book.bring(connection, hand, [Asked(mended)], Tokens(record.ring))


async def test_a_mended_habilitation_wakes_what_waited_for_it(
    record: "Record", application: Application
) -> None:
    """Once every verifier knows it: due within the minute, then asked; another town's stays."""
    neighbour = record.found_another("saintes")
    _set(record, "UPDATE habilitations SET endpoints = '{qf}'")
    ours = record.enrol(application)
    theirs = record.enrol(
        application,
        authority_id=neighbour.authority,
        scheme_id=neighbour.scheme,
        habilitation_id=neighbour.habilitation,
        portal_id=neighbour.portal,
        structure_id=neighbour.structures["les-mesanges"],
    )
    await _verify(record, [ours, theirs], Counter())
    before = datetime.now(UTC)

    _mend(record, endpoints=["eaje"])

    due = {row.id: row.due_at for row in record.rows("SELECT id, due_at FROM applications")}
    assert before + KNOWN_BY_ALL / 2 < due[ours] < datetime.now(UTC) + KNOWN_BY_ALL
    assert due[theirs] > datetime.now(UTC) + timedelta(hours=23)
    record.change([ours], due_at=datetime.now(UTC))
    assert 1 == sweeping.wake(record.engine, actor="service:scheduler")
    counter = Counter()
    await _verify(record, [ours], counter)
    assert [application] == counter.asked


async def test_what_waits_for_something_else_is_left_alone(
    record: "Record", application: Application
) -> None:
    """A change of records brings forward nothing that only time brings."""
    later = datetime.now(UTC) + timedelta(days=3)
    parked = record.enrol(
        application, status=Status.PARKED, reason=Reason.NO_FILE, due_at=later, last_date=later
    )

    _mend(record, pace=3)

    assert [later] == record.column("due_at", [parked])
