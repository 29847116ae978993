"""Holding: applications under their locks, sealed, with all that an agent's act rests on.

Rows are locked in the order of their ids, whoever locks them; whoever comes second finds what the
first one left.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, text

from shared.protocol.basis import Evidence, Sealed, basis_of
from shared.protocol.journal import Head
from shared.sealing import WrappedKey
from shared.states import Status

_LOCK = text("""
    SELECT a.*, k.ring_key, k.wrapped
    FROM applications a LEFT JOIN application_keys k ON k.application_id = a.id
    WHERE a.id = ANY(:ids)
    ORDER BY a.id FOR NO KEY UPDATE OF a
""")
_LOOK = text("""
    SELECT a.*, k.ring_key, k.wrapped
    FROM applications a LEFT JOIN application_keys k ON k.application_id = a.id
    WHERE a.id = ANY(:ids)
""")
_LAST = text("""
    SELECT DISTINCT ON (d.application_id) d.application_id, d.version, d.valid_from, d.proposed,
           d.tariff_id, d.tariff_version, d.tariff_digest, d.engine_version, d.sealed, d.kind,
           d.because, d.validates, d.campaign_id, d.recorded_at, EXISTS (
               SELECT FROM campaigns c
               WHERE c.kind = 'correction' AND c.tariff_id = d.tariff_id
                 AND c.tariff_version = d.tariff_version AND c.started_at > d.recorded_at
           ) OR EXISTS (
               SELECT FROM tariffs t
               WHERE t.tariff_id = d.tariff_id AND t.version <> d.tariff_version
                 AND split_part(t.version, '.', 1) = split_part(d.tariff_version, '.', 1)
                 AND t.published_at > d.recorded_at
           ) AS corrected
    FROM decisions d WHERE d.application_id = ANY(:ids)
    ORDER BY d.application_id, d.version DESC
""")
_ASKED = text("""
    SELECT r.application_id, r.ground, r.sealed FROM reviews r
    WHERE r.application_id = ANY(:ids) AND r.act = 'asked' AND r.at > COALESCE((
        SELECT max(answered.at) FROM reviews answered
        WHERE answered.application_id = r.application_id AND answered.act = 'answered'
    ), '-infinity')
    ORDER BY r.at, r.id
""")
_SETTLED = text("""
    SELECT DISTINCT ON (application_id) application_id, act, at, actor FROM reviews
    WHERE application_id = ANY(:ids) AND act IN ('validated', 'decided', 'again', 'closed')
    ORDER BY application_id, at DESC, id
""")


@dataclass(frozen=True, slots=True, repr=False)
class Latest:
    """The highest version of an application's decisions, be it proposed or in force.

    `corrected`: its tariff was found wrong, or replaced by another version, since.
    """

    version: int
    valid_from: date
    proposed: bool
    tariff_id: str
    tariff_version: str
    tariff_digest: str
    engine_version: str
    sealed: bytes
    kind: str
    because: tuple[str, ...]
    validates: int | None
    campaign_id: UUID | None
    corrected: bool


@dataclass(frozen=True, slots=True)
class LastAct:
    """What an agent last settled: which act, when (UTC), who."""

    act: str
    at: datetime
    actor: str


@dataclass(frozen=True, slots=True, repr=False)
class OpenRequest:
    """Pieces that were asked for and have not come: until when, and which, sealed."""

    ground: str
    sealed: bytes


@dataclass(frozen=True, slots=True, repr=False)
class InHand:
    """An application in an agent's hand; without a key it was erased, and nothing opens."""

    id: UUID
    reference: str
    status: Status
    reason: str | None
    authority_id: UUID
    scheme_id: UUID
    structure_id: UUID | None
    received_at: datetime
    effective_on: date | None
    campaign_id: UUID | None
    sealed: bytes
    key: WrappedKey | None
    head: Head
    trace: str | None
    evidence: Evidence | None = None
    before: tuple[Sealed, ...] = ()
    latest: Latest | None = None
    last_act: LastAct | None = None
    asked: tuple[OpenRequest, ...] = ()

    @property
    def proposal(self) -> Latest | None:
        """What is proposed, while it is: the highest version, when it binds nobody yet."""
        proposed = self.latest is not None and self.latest.proposed
        return self.latest if proposed and self.status is Status.PROPOSED else None


def take(connection: Connection, ids: Sequence[UUID]) -> list[InHand]:
    """Lock these applications until the end of the transaction, in the order of their ids."""
    return _in_hand(connection, connection.execute(_LOCK, {"ids": sorted(ids)}).all())


def look(connection: Connection, id_: UUID) -> InHand | None:
    """One application as it stands, without a lock."""
    found = _in_hand(connection, connection.execute(_LOOK, {"ids": [id_]}).all())
    return found[0] if found else None


def find(connection: Connection, reference: str) -> UUID | None:
    """The application of a reference."""
    query = text("SELECT id FROM applications WHERE reference = :reference")
    found: UUID | None = connection.execute(query, {"reference": reference}).scalar_one_or_none()
    return found


def _in_hand(connection: Connection, rows: Sequence[Row[Any]]) -> list[InHand]:
    ids = [row.id for row in rows]
    basis = basis_of(connection, ids)
    latest = {r.application_id: _latest(r) for r in connection.execute(_LAST, {"ids": ids})}
    acts = {r.application_id: r for r in connection.execute(_SETTLED, {"ids": ids})}
    asked: dict[UUID, list[OpenRequest]] = {}
    for row in connection.execute(_ASKED, {"ids": ids}):
        asked.setdefault(row.application_id, []).append(OpenRequest(row.ground, row.sealed))
    return [
        _one(
            row, basis.get(row.id, {}), latest.get(row.id), acts.get(row.id), asked.get(row.id, ())
        )
        for row in rows
    ]


def _one(
    row: Row[Any],
    basis: dict[str, Any],
    latest: Latest | None,
    act: Row[Any] | None,
    asked: Sequence[OpenRequest],
) -> InHand:
    return InHand(
        id=row.id,
        reference=row.reference,
        status=Status(row.status),
        reason=row.reason,
        authority_id=row.authority_id,
        scheme_id=row.scheme_id,
        structure_id=row.structure_id,
        received_at=row.received_at,
        effective_on=row.effective_on,
        campaign_id=row.campaign_id,
        sealed=row.sealed,
        key=None if row.wrapped is None else WrappedKey(row.ring_key, row.wrapped),
        head=Head(row.journal_sequence, row.journal_head),
        trace=row.trace,
        evidence=basis.get("evidence"),
        before=basis.get("before", ()),
        latest=latest,
        last_act=None if act is None else LastAct(act.act, act.at, act.actor),
        asked=tuple(asked),
    )


def _latest(row: Row[Any]) -> Latest:
    return Latest(
        version=row.version,
        valid_from=row.valid_from,
        proposed=row.proposed,
        tariff_id=row.tariff_id,
        tariff_version=row.tariff_version,
        tariff_digest=row.tariff_digest,
        engine_version=row.engine_version,
        sealed=row.sealed,
        kind=row.kind,
        because=tuple(row.because),
        validates=row.validates,
        campaign_id=row.campaign_id,
        corrected=row.corrected,
    )
