"""Claiming: how a worker takes hold of applications, and lets go without having begun.

A claim is a fresh uuid that its worker mints, never a counter: after a crash with asynchronous
commit a counter was given to two workers, a uuid cannot be. The claim is cleared by whoever else
changes the application, and every save asks for it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Engine, Row, text

from shared.crash_points import Point
from shared.protocol.basis import Evidence as Evidence  # noqa: PLC0414 - with what holds it
from shared.protocol.basis import Sealed, basis_of
from shared.protocol.pauses import Turn
from shared.protocol.recording import Told, told
from shared.protocol.tempo import Tier
from shared.sealing import WrappedKey
from shared.states import DUE_STATUS, Lane, Status, Step
from shared.store.committing import committing

_CLAIM = text("""
    UPDATE applications a
    SET claim = :claim, claimed_by = :worker, claimed_at = now(), starts = a.starts + 1
    FROM (
        SELECT id FROM applications
        WHERE id = ANY(:ids) AND status = :status AND claim IS NULL AND due_at <= now()
          AND starts BETWEEN :least_starts AND :most_starts
        ORDER BY id
        LIMIT :most
        FOR NO KEY UPDATE SKIP LOCKED
    ) due, application_keys k
    WHERE a.id = due.id AND k.application_id = a.id
      AND EXISTS (SELECT FROM workers w WHERE w.id = :worker AND w.alive_until > now())
    RETURNING a.id, a.reference, a.authority_id, a.scheme_id, a.habilitation_id, a.lane, a.status,
              a.attempts, a.trace, a.sealed, a.sealed_tax_numbers, k.ring_key, k.wrapped,
              a.received_at, a.last_date, a.structure_id, a.effective_on, a.campaign_id
""")
_LOOK = text("""
    SELECT id, starts, authority_id, scheme_id, habilitation_id, lane FROM applications
    WHERE id = ANY(:ids) AND status = :status AND claim IS NULL AND due_at <= now()
""")
_GIVE_BACK = text("""
    UPDATE applications a
    SET claim = NULL, claimed_by = NULL, claimed_at = NULL, rung_at = NULL, starts = a.starts - 1
    FROM (
        SELECT id FROM applications WHERE claim IS NOT NULL AND claimed_by = :worker
        ORDER BY id FOR NO KEY UPDATE
    ) held
    WHERE a.id = held.id
""")
_LET_GO = text("""
    UPDATE applications a
    SET claim = NULL, claimed_by = NULL, claimed_at = NULL, rung_at = NULL, starts = a.starts - 1
    FROM (
        SELECT id FROM applications WHERE id = ANY(:ids) AND claim = :claim
        ORDER BY id FOR NO KEY UPDATE
    ) held
    WHERE a.id = held.id
""")
_UNRING = text("""
    UPDATE applications a SET rung_at = NULL
    FROM (
        SELECT id FROM applications
        WHERE id = ANY(:ids) AND status = :status AND claim IS NULL AND rung_at IS NOT NULL
        ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
    ) waiting
    WHERE a.id = waiting.id
""")


@dataclass(frozen=True, slots=True, repr=False)
class Held:
    """One application in the hands of a worker, still sealed.

    `told` is what the State told of each role before, for who verifies; the last first.

    For who prices: `before` are the versions that bind, the first first; `effective_on` is the day
    that was asked for the next one, `campaign_id` the campaign that asked, and `grounded` says that
    an agent opened it again with a ground.
    """

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
    sealed_tax_numbers: bytes | None = None
    told: tuple[Told, ...] = ()
    structure_id: UUID | None = None
    effective_on: date | None = None
    campaign_id: UUID | None = None
    before: tuple[Sealed, ...] = ()
    grounded: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """One application that is due and unheld: how often it was begun, and whose turn it is."""

    id: UUID
    starts: int
    turn: Turn


def look(engine: Engine, step: Step, ids: Sequence[UUID]) -> list[Seen]:
    """Which of these are due and unheld."""
    with engine.connect() as connection:
        rows = connection.execute(_LOOK, {"ids": list(ids), "status": DUE_STATUS[step]}).all()
    return [Seen(row.id, row.starts, _turn(row)) for row in rows]


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
    with committing(engine, Point.CLAIMING, Point.CLAIMED) as connection:
        rows = connection.execute(_CLAIM, values).all()
        ids = [row.id for row in rows]
        found = basis_of(connection, ids) if step is Step.PRICE else {}
        if step is Step.VERIFY:
            found = {id_: {"told": before} for id_, before in told(connection, ids).items()}
    return [_held(row, minted, found.get(row.id, {})) for row in rows]


def let_go(engine: Engine, claim: UUID, ids: Sequence[UUID]) -> None:
    """Let go of some of one claim without having begun: no start, and due at once."""
    with committing(engine, Point.LETTING_GO, Point.LET_GO) as connection:
        connection.execute(_LET_GO, {"claim": claim, "ids": list(ids)})


def give_back(engine: Engine, worker: UUID) -> int:
    """Let go of all that this worker holds: no start, no attempt, and due at once.

    Returns:
        How many it held.
    """
    with committing(engine, Point.GIVING_BACK, Point.GIVEN_BACK) as connection:
        return connection.execute(_GIVE_BACK, {"worker": worker}).rowcount


def unring(engine: Engine, step: Step, ids: Sequence[UUID]) -> None:
    """Say that no doorbell of this step is out for these, so that a scheduler rings them again."""
    values = {"ids": list(ids), "status": DUE_STATUS[step]}
    with committing(engine, Point.UNRINGING, Point.UNRUNG) as connection:
        connection.execute(_UNRING, values)


def _turn(row: Row[Any]) -> Turn:
    return Turn(row.authority_id, row.scheme_id, row.habilitation_id, Lane(row.lane))


def _held(row: Row[tuple[object, ...]], minted: UUID, found: Mapping[str, Any]) -> Held:
    values = {name: getattr(row, name) for name in _AS_STORED}
    values |= {"evidence": None, **found}
    return Held(
        claim=minted,
        lane=Lane(row.lane),
        status=Status(row.status),
        key=WrappedKey(row.ring_key, row.wrapped),
        **values,
    )


_AS_STORED = (
    "id",
    "reference",
    "authority_id",
    "scheme_id",
    "habilitation_id",
    "attempts",
    "received_at",
    "last_date",
    "trace",
    "sealed",
    "sealed_tax_numbers",
    "structure_id",
    "effective_on",
    "campaign_id",
)
