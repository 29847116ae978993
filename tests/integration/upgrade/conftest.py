"""A record with a row in every table, and whole stacks to upgrade, to back up and to restore."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Connection, Engine, insert, text

from services.command.running import Choices, Running, running
from services.command.stack.account import unprivileged
from services.command.stack.home import Home
from shared.application import Application
from shared.blind_names import IndexKeys
from shared.evidence import EajeFacts
from shared.protocol import sampling, saving
from shared.protocol.delivering.mending import begin_trial
from shared.protocol.operating import bulk, names, saved
from shared.protocol.operating.orders import Order, Verb
from shared.protocol.saving import Move
from shared.protocol.switching import pause
from shared.seeking.sought import Sought
from shared.states import Lane, Status, Step
from shared.store.campaigns import CampaignMemberRow, CampaignRow
from shared.store.evidence_held import HeldEvidenceRow
from shared.store.people import (
    AccessRow,
    PersonRow,
    SignInLinkRow,
    SignInRequestRow,
    SignInTriesRow,
    WebSessionRow,
)
from shared.store.published import TariffRow
from shared.store.reviews import ReviewRow
from shared.store.tables import IdempotencyRow, SealRow, Table

if TYPE_CHECKING:
    from tests.integration.conftest import Record

Start = Callable[[Choices], AbstractContextManager[Running]]
Rows = Mapping[str, list[dict[str, Any]]]
_GRANTS = text("""
    SELECT table_name, column_name, privilege_type
    FROM information_schema.column_privileges WHERE grantee = 'berceau_services'
    UNION ALL
    SELECT table_name, '', privilege_type
    FROM information_schema.role_table_grants WHERE grantee = 'berceau_services'
    ORDER BY 1, 2, 3
""")


@dataclass(frozen=True)
class Look:
    """Looks at all that a database holds."""

    engine: Engine

    def rows(self) -> Rows:
        """Every row of every table, as JSON, in the order of its text."""
        with self.engine.connect() as connection:
            return {name: _rows(connection, name) for name in sorted(Table.metadata.tables)}

    def grants(self) -> list[tuple[str, ...]]:
        """What the services may do to each column."""
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(_GRANTS)]


def _rows(connection: Connection, table: str) -> list[dict[str, Any]]:
    there = connection.execute(text("SELECT to_regclass(:name)"), {"name": table}).scalar()
    if there is None:
        return []
    query = text(f"SELECT CAST(to_jsonb(t) AS text) FROM {table} t ORDER BY 1")  # noqa: S608
    return [json.loads(row) for row in connection.execute(query).scalars()]


@pytest.fixture
def loaded(record: "Record", application: Application, facts: EajeFacts) -> "Record":
    """A record with at least one row in every table."""
    decided = record.enrol(application, facts, status=Status.VERIFIED)
    [held] = record.claim([decided], step=Step.PRICE)
    move = Move(
        application_id=decided,
        claim=held.claim,
        was=Status.VERIFIED,
        now=Status.DECIDED,
        decided=record.decision(),
    )
    saving.save(record.engine, [move], actor="service:tariff")
    record.plant(
        1, status=Status.ESTIMATED, structure_id=None, sealed_estimate=b"told", due_at=None
    )
    pause(record.engine, "ringing", until=None, reason="essai", by="test")
    _fill_the_rest(record, decided)
    _fill_what_explains(record, decided)
    _fill_what_is_operated(record, decided)
    return record


def _fill_the_rest(record: "Record", application: UUID) -> None:
    key = {"portal_id": record.founded.portal, "key": str(uuid4()), "body_mac": b"mac"}
    with record.engine.begin() as connection:
        connection.execute(insert(IdempotencyRow), {**key, "application_id": application})
        seal = {"day": date(2026, 11, 1), "root": b"r", "heads": 1}
        connection.execute(insert(SealRow), {**seal, "public_key": b"p", "signature": b"s"})
        connection.execute(insert(HeldEvidenceRow), _held(record))
        connection.execute(insert(TariffRow), _published(record))
        connection.execute(insert(ReviewRow), _reviewed(application))
        campaign = connection.execute(
            insert(CampaignRow).returning(CampaignRow.id), _campaign(record)
        ).scalar_one()
        member = {"campaign_id": campaign, "application_id": application, "before_version": 1}
        connection.execute(insert(CampaignMemberRow), member)


def _published(record: "Record") -> dict[str, Any]:
    """A tariff that an authority published."""
    day = date(2026, 9, 1)
    named = {"tariff_id": "essai", "version": day.isoformat(), "content": "id: essai"}
    told = {"digest": "sha256:0", "published_by": "command:essai"}
    dated = {"valid_from": day, "review_by": day}
    return {**named, **told, **dated, "authority_id": record.founded.authority}


def _reviewed(application: UUID) -> dict[str, Any]:
    """An agent's act."""
    noon = datetime(2026, 11, 1, 12, tzinfo=UTC)
    said = {"act": "asked", "ground": "2026-12-01", "sealed": b"pieces"}
    return {"application_id": application, "at": noon, "actor": "command:essai", **said}


def _campaign(record: "Record") -> dict[str, Any]:
    """A re-pricing that was started."""
    whose = {"authority_id": record.founded.authority, "scheme_id": record.founded.scheme}
    said = {"kind": "repricing", "state": "running", "total": 1, "started_by": "command:essai"}
    return {"code": "essai-2027-01-01", "effective_on": date(2027, 1, 1), **whose, **said}


def _fill_what_explains(record: "Record", application: UUID) -> None:
    """A tariff, a campaign with its member, a review; an event on its way to a webhook."""
    noon, day, whose = datetime(2026, 11, 1, 12, tzinfo=UTC), date(2026, 9, 1), uuid4()
    town = {"authority_id": record.founded.authority}
    tariff = {"tariff_id": "essai", "version": "1", "content": "id: essai", "digest": "sha256:0"}
    dated: dict[str, Any] = {"valid_from": day, "review_by": day, "published_by": "test"}
    campaign = {"id": whose, "code": "janvier", "kind": "repricing", "state": "finished"}
    member = {"campaign_id": whose, "application_id": application, "before_version": 1}
    review = {"application_id": application, "act": "shown", "at": noon, "actor": "test"}
    with record.engine.begin() as connection:
        connection.execute(insert(TariffRow), dated | tariff | town)
        connection.execute(
            insert(CampaignRow), campaign | town | {"total": 1, "started_by": "test"}
        )
        connection.execute(insert(CampaignMemberRow), member)
        connection.execute(insert(ReviewRow), review)
        begin_trial(connection, record.founded.portal)
    _fill_people(record, application)


def _fill_people(record: "Record", application: UUID) -> None:
    """Somebody who is signed in, was sent a link, failed once, and looked at an application."""
    noon, person = datetime(2026, 11, 1, 12, tzinfo=UTC), uuid4()
    reach = {"authorities": [record.founded.authority], "created_by": "test"}
    theirs = {"token_hash": b"t", "person_id": person, "expires_at": noon}
    asked = {"state_hash": b"s", "visit_hash": b"v", "nonce": "n", "verifier": "w", "back_to": "/"}
    tries = {"key": b"k", "failures": 1, "last_at": noon, "blocked_until": noon}
    look = {"person_id": person, "act": "opened", "why": "essai", "application_id": application}
    rows: list[tuple[type[Table], dict[str, Any]]] = [
        (PersonRow, {"id": person, "login": "zoe", "name": "Zoé", "role": "agent", **reach}),
        (WebSessionRow, {**theirs, "means": "link", "csrf_secret": b"c"}),
        (SignInLinkRow, {**theirs, "created_by": "test"}),
        (SignInRequestRow, {**asked, "expires_at": noon}),
        (SignInTriesRow, tries),
        (AccessRow, look),
    ]
    with record.engine.begin() as connection:
        for table, row in rows:
            connection.execute(insert(table), row)


def _fill_what_is_operated(record: "Record", application: UUID) -> None:
    """An act on one, a bulk action with its member, a saved filter, a sample, numbers of a name."""
    order = Order(verb=Verb.LANE, actor="command:essai", comment="essai", lane=Lane.BULK)
    with record.engine.begin() as connection:
        bulk.start_on(connection, [application], order)
        saved.save(connection, saved.TEAM, "tout", Sought(), by="command:essai")
        names.enter(connection, IndexKeys.new(), {application: [("Essai", date(2025, 3, 4))]})
    sampling.sample(record.engine)


def _held(record: "Record") -> dict[str, Any]:
    """Evidence fetched at a callback, for which no application has come yet."""
    noon = datetime(2026, 11, 1, 12, tzinfo=UTC)
    sealed = {"sealed": b"s", "ring_key": "k", "wrapped": b"w"}
    whose = {"portal_id": record.founded.portal, "scheme_id": record.founded.scheme}
    said = {"outcome": "Certified", "source": "essai", "fetched_at": noon, "expires_at": noon}
    return {"reference_hash": b"h", **whose, **said, **sealed}


@pytest.fixture
def look(record: "Record") -> Look:
    return Look(record.owner)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts a stack of the test's choice in a home of its own."""
    home = Home(tmp_path / "home")
    yield partial(running, home)
    home.erase(unprivileged())
