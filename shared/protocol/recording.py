"""Recording: what a step learnt or decided, written once and never changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, insert, text

from shared.canonical import digest
from shared.decisions import Change, DecisionKind, DecisionMode
from shared.store.decisions import DecisionRow
from shared.store.tables import VerificationRow

_VERSIONS = text("""
    SELECT application_id, max(version) AS last FROM decisions
    WHERE application_id = ANY(:ids) GROUP BY application_id
""")
_TOLD = text("""
    SELECT application_id, outcome, asked FROM (
        SELECT DISTINCT ON (application_id, asked) application_id, outcome, asked, recorded_at
        FROM verifications WHERE application_id = ANY(:ids)
        ORDER BY application_id, asked, recorded_at DESC
    ) last
    ORDER BY recorded_at DESC
""")


@dataclass(frozen=True, slots=True, repr=False)
class Learnt:
    """An answer of the State to be recorded; `sealed` holds the facts, when it gave any."""

    outcome: str
    source: str
    fetched_at: datetime
    http_status: int | None
    code: str | None
    request_id: str | None
    sealed: bytes | None
    asked: str | None = None  # the role of who was asked about; None: the applicant


@dataclass(frozen=True, slots=True)
class Told:
    """The last outcome of asking about one role, as it was recorded."""

    outcome: str
    asked: str | None


@dataclass(frozen=True, slots=True, repr=False)
class Decided:
    """A decision to be recorded, sealed; `proposed` binds nobody until an agent says yes.

    `because` says why it differs from the version before, without anything of health;
    `validates` is the version of the proposal that a person said yes to.
    """

    valid_from: date
    proposed: bool
    tariff_id: str
    tariff_version: str
    tariff_digest: str
    engine_version: str
    sealed: bytes
    kind: DecisionKind = DecisionKind.FEE
    mode: DecisionMode = DecisionMode.AUTOMATIC
    because: tuple[Change, ...] = ()
    validates: int | None = None
    campaign_id: UUID | None = None


def told(connection: Connection, ids: Sequence[UUID]) -> dict[UUID, tuple[Told, ...]]:
    """What was told last of each role of these applications, the last first."""
    found: dict[UUID, tuple[Told, ...]] = {}
    for row in connection.execute(_TOLD, {"ids": list(ids)}):
        before = found.get(row.application_id, ())
        found[row.application_id] = (*before, Told(row.outcome, row.asked))
    return found


def record_learnt(connection: Connection, learnt: Sequence[tuple[UUID, Learnt]]) -> None:
    """Insert what was learnt of these applications."""
    if learnt:
        values = [_verification(application, one) for application, one in learnt]
        connection.execute(insert(VerificationRow), values)


def record_decided(connection: Connection, decided: Sequence[tuple[UUID, Decided]]) -> None:
    """Insert decisions, each as its application's next version; the caller holds their locks."""
    if not decided:
        return
    ids = [application for application, _ in decided]
    last = {r.application_id: r.last for r in connection.execute(_VERSIONS, {"ids": ids})}
    values = [
        _decision(application, one, version=last.get(application, 0) + 1)
        for application, one in decided
    ]
    connection.execute(insert(DecisionRow), values)


def _verification(application: UUID, learnt: Learnt) -> dict[str, Any]:
    return {
        "id": uuid4(),
        "application_id": application,
        "outcome": learnt.outcome,
        "source": learnt.source,
        "fetched_at": learnt.fetched_at,
        "http_status": learnt.http_status,
        "code": learnt.code,
        "request_id": learnt.request_id,
        "sealed": learnt.sealed,
        "asked": learnt.asked,
    }


def _decision(application: UUID, record: Decided, *, version: int) -> dict[str, Any]:
    return {
        "id": uuid4(),
        "application_id": application,
        "version": version,
        "valid_from": record.valid_from,
        "proposed": record.proposed,
        "tariff_id": record.tariff_id,
        "tariff_version": record.tariff_version,
        "tariff_digest": record.tariff_digest,
        "engine_version": record.engine_version,
        "sealed": record.sealed,
        "sealed_digest": digest(record.sealed),
        "kind": record.kind,
        "mode": record.mode,
        "because": list(record.because),
        "validates": record.validates,
        "campaign_id": record.campaign_id,
    }
