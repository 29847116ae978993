"""Claiming: how a worker takes hold of applications, and lets go without having begun.

A claim is a fresh uuid that its worker mints, never a counter: after a crash with asynchronous
commit a counter was given to two workers, a uuid cannot be. The claim is cleared by whoever else
changes the application, and every save asks for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import Connection, Engine, Row, text

from shared.protocol.tempo import Tier
from shared.sealing import WrappedKey
from shared.states import DUE_STATUS, Lane, Status, Step

_CLAIM = text("""
    UPDATE applications a
    SET claim = :claim, claimed_by = :worker, claimed_at = now(), starts = a.starts + 1
    FROM (
        SELECT id FROM applications
        WHERE id = ANY(:ids) AND status = :status AND claim IS NULL AND due_at <= now()
          AND starts BETWEEN :least_starts AND :most_starts
        ORDER BY id
        LIMIT :most
        FOR UPDATE SKIP LOCKED
    ) due, application_keys k
    WHERE a.id = due.id AND k.application_id = a.id
      AND EXISTS (SELECT FROM workers w WHERE w.id = :worker AND w.alive_until > now())
    RETURNING a.id, a.reference, a.authority_id, a.scheme_id, a.habilitation_id, a.lane, a.status,
              a.attempts, a.trace, a.sealed, k.ring_key, k.wrapped,
              a.received_at, a.last_date
""")
_LOOK = text("""
    SELECT id, starts FROM applications
    WHERE id = ANY(:ids) AND status = :status AND claim IS NULL AND due_at <= now()
""")
_GIVE_BACK = text("""
    UPDATE applications a
    SET claim = NULL, claimed_by = NULL, claimed_at = NULL, rung_at = NULL, starts = a.starts - 1
    FROM (
        SELECT id FROM applications WHERE claim IS NOT NULL AND claimed_by = :worker
        ORDER BY id FOR UPDATE
    ) held
    WHERE a.id = held.id
""")
_UNRING = text("""
    UPDATE applications a SET rung_at = NULL
    FROM (
        SELECT id FROM applications WHERE id = ANY(:ids) AND claim IS NULL AND rung_at IS NOT NULL
        ORDER BY id FOR UPDATE SKIP LOCKED
    ) waiting
    WHERE a.id = waiting.id
""")
_EVIDENCE = text("""
    SELECT DISTINCT ON (application_id) application_id, id, sealed
    FROM verifications
    WHERE application_id = ANY(:ids) AND sealed IS NOT NULL
    ORDER BY application_id, recorded_at DESC
""")


@dataclass(frozen=True, slots=True, repr=False)
class Evidence:
    """The last certified facts of an application, sealed."""

    verification_id: UUID
    sealed: bytes


@dataclass(frozen=True, slots=True, repr=False)
class Held:
    """One application in the hands of a worker, still sealed."""

    id: UUID
    claim: UUID
    reference: str
    authority_id: UUID
    scheme_id: UUID
    habilitation_id: UUID
    lane: Lane
    status: Status
    attempts: int
    received_at: datetime
    last_date: datetime | None
    trace: str | None
    sealed: bytes
    key: WrappedKey
    evidence: Evidence | None


def look(engine: Engine, step: Step, ids: Sequence[UUID]) -> dict[UUID, int]:
    """Which of these are due and unheld, and how often each was begun and not finished."""
    with engine.connect() as connection:
        rows = connection.execute(_LOOK, {"ids": list(ids), "status": DUE_STATUS[step]}).all()
    return {row.id: row.starts for row in rows}


def claim(
    engine: Engine, worker: UUID, step: Step, ids: Sequence[UUID], *, tier: Tier, most: int
) -> list[Held]:
    """Take hold of at most `most` of these applications that are due, unheld and of this tier.

    A worker that was thought dead takes none. Rows that another worker is looking at are passed
    over, so that no claim ever waits.
    """
    minted = uuid4()
    values = {
        "claim": minted,
        "worker": worker,
        "ids": list(ids),
        "status": DUE_STATUS[step],
        "least_starts": tier.least_starts,
        "most_starts": tier.most_starts,
        "most": min(most, tier.size),
    }
    with engine.begin() as connection:
        rows = connection.execute(_CLAIM, values).all()
        evidence = _evidence(connection, [r.id for r in rows]) if step is Step.PRICE else {}
    return [_held(row, minted, evidence.get(row.id)) for row in rows]


def give_back(engine: Engine, worker: UUID) -> int:
    """Let go of all that this worker holds: no start, no attempt, and due at once.

    Returns:
        How many it held.
    """
    with engine.begin() as connection:
        return connection.execute(_GIVE_BACK, {"worker": worker}).rowcount


def unring(engine: Engine, ids: Sequence[UUID]) -> None:
    """Say that no doorbell is out for these any more, so that the scheduler rings them again."""
    with engine.begin() as connection:
        connection.execute(_UNRING, {"ids": list(ids)})


def _evidence(connection: Connection, ids: list[UUID]) -> dict[UUID, Evidence]:
    rows = connection.execute(_EVIDENCE, {"ids": ids}).all()
    return {r.application_id: Evidence(r.id, r.sealed) for r in rows}


def _held(row: Row[tuple[object, ...]], minted: UUID, evidence: Evidence | None) -> Held:
    return Held(
        id=row.id,
        claim=minted,
        reference=row.reference,
        authority_id=row.authority_id,
        scheme_id=row.scheme_id,
        habilitation_id=row.habilitation_id,
        lane=Lane(row.lane),
        status=Status(row.status),
        attempts=row.attempts,
        received_at=row.received_at,
        last_date=row.last_date,
        trace=row.trace,
        sealed=row.sealed,
        key=WrappedKey(row.ring_key, row.wrapped),
        evidence=evidence,
    )
