"""Saving: how finished work enters the record, many at a time and each only once.

A group is one transaction: rows are locked in id order, only those still held by the same claim
and in the same state are touched, and what was learnt, what was decided and the journal's line go
in with the move; a family's tax numbers go out with it, once the State has answered. A group that
fails is saved one by one, so that one bad row harms only itself.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import Connection, Engine, Row, text
from sqlalchemy.exc import InterfaceError, InternalError, OperationalError, StatementError

from shared.canonical import digest
from shared.crash_points import Point
from shared.crashing import reach
from shared.protocol import journal
from shared.protocol.recording import Decided, Learnt, record_decided, record_learnt
from shared.states import KEEPS_TAX_NUMBERS, MOVES, Reason, Status
from shared.store.committing import committing

_log = structlog.get_logger()
_REFUSED_FOR = timedelta(seconds=5)
_LOCK = text("""
    SELECT id, claim, status, journal_sequence, journal_head FROM applications
    WHERE id = ANY(:ids) AND claim IS NOT NULL
    ORDER BY id FOR NO KEY UPDATE
""")
_MOVE = text("""
    UPDATE applications
    SET status = :now, reason = :reason, moved_at = :at, due_at = :due_at, last_date = :last_date,
        effective_on = COALESCE(:again_on, effective_on),
        last_outcome = COALESCE(:outcome, last_outcome),
        rung_at = CASE WHEN :rung THEN now() END, attempts = :attempts, starts = 0,
        claim = NULL, claimed_by = NULL, claimed_at = NULL,
        sealed_tax_numbers = CASE WHEN :keeps_numbers THEN sealed_tax_numbers END,
        journal_sequence = :sequence, journal_head = :head
    WHERE id = :id
""")
_DEFER = text("""
    UPDATE applications a
    SET due_at = :due_at, rung_at = NULL, claim = NULL, claimed_by = NULL, claimed_at = NULL
    FROM (
        SELECT id FROM applications WHERE id = ANY(:ids) AND claim = :claim
        ORDER BY id FOR NO KEY UPDATE
    ) held
    WHERE a.id = held.id
""")


@dataclass(frozen=True, slots=True, repr=False)
class Move:
    """What a worker's step came to: one application goes from one state to another.

    `due_at` (UTC) says when the next step may begin, None when a person or a date must act.
    `rung` says that the caller will ring for it at once after the commit.

    `again_on` follows a decision: a version that begins on that later day no longer holds, for this
    one has a higher number, and is priced anew at once. That is a second move, and a second line.
    """

    application_id: UUID
    claim: UUID
    was: Status
    now: Status
    reason: Reason | None = None
    due_at: datetime | None = None
    last_date: datetime | None = None
    attempts: int = 0
    rung: bool = False
    trace: str | None = None
    learnt: Learnt | None = None
    decided: Decided | None = None
    again_on: date | None = None

    def __post_init__(self) -> None:
        if (self.was, self.now) not in MOVES:
            raise ValueError(f"no move goes from {self.was} to {self.now}")
        if self.again_on is not None and self.now is not Status.DECIDED:
            raise ValueError("only what is decided is priced again")


def save(engine: Engine, moves: Sequence[Move], *, actor: str) -> set[UUID]:
    """Save these moves as one group, or one by one when the group fails.

    Returns:
        The applications that were still ours and are now saved; the others are somebody else's.

    Raises:
        sqlalchemy.exc.DBAPIError: when the database is out of reach; nothing was half saved.
    """
    try:
        return _save_group(engine, moves, actor)
    except StatementError as broken:
        if _database_at_fault(broken):
            raise
    reach(Point.REFUSED)
    return _save_each(engine, moves, actor)


def defer(engine: Engine, claim: UUID, ids: Iterable[UUID], *, due_at: datetime) -> None:
    """Let go of work that broke midway: it is due again later, and its start stays counted."""
    with committing(engine, Point.DEFERRING, Point.DEFERRED) as connection:
        connection.execute(_DEFER, {"ids": list(ids), "claim": claim, "due_at": due_at})


def _save_each(engine: Engine, moves: Sequence[Move], actor: str) -> set[UUID]:
    saved: set[UUID] = set()
    for move in moves:
        try:
            saved |= _save_group(engine, [move], actor)
            reach(Point.SAVED_ONE)
        except StatementError as broken:
            if _database_at_fault(broken):
                raise
            _log.error("save.refused", application=str(move.application_id))
            later = datetime.now(UTC) + _REFUSED_FOR
            defer(engine, move.claim, [move.application_id], due_at=later)
    return saved


def _database_at_fault(broken: StatementError) -> bool:
    """Whether the database is out of reach or in trouble, rather than a row refused."""
    return isinstance(broken, OperationalError | InterfaceError | InternalError)


def _save_group(engine: Engine, moves: Sequence[Move], actor: str) -> set[UUID]:
    at = datetime.now(UTC)
    with committing(engine, Point.SAVING, Point.SAVED) as connection:
        rows = {r.id: r for r in _locked(connection, moves)}
        ours = [m for m in moves if _still_ours(m, rows.get(m.application_id))]
        if not ours:
            return set()
        lines = [_lines(m, at, actor, rows[m.application_id]) for m in ours]
        connection.execute(_MOVE, [_moved(m, at, c[-1]) for m, c in zip(ours, lines, strict=True)])
        learnt = [(m.application_id, m.learnt) for m in ours if m.learnt is not None]
        decided = [(m.application_id, m.decided) for m in ours if m.decided is not None]
        record_learnt(connection, learnt)
        record_decided(connection, decided)
        journal.write(connection, [line for own in lines for line in own])
    return {m.application_id for m in ours}


def _locked(connection: Connection, moves: Sequence[Move]) -> Sequence[Row[Any]]:
    return connection.execute(_LOCK, {"ids": [m.application_id for m in moves]}).all()


def _still_ours(move: Move, row: Row[Any] | None) -> bool:
    return row is not None and row.claim == move.claim and row.status == move.was


def _lines(move: Move, at: datetime, actor: str, row: Row[Any]) -> list[journal.Chained]:
    """The line of a move, and that of what it has priced again."""
    line = journal.Line(
        application_id=move.application_id,
        at=at,
        actor=actor,
        was=move.was,
        now=move.now,
        reason=move.reason,
        evidence=_evidence_digest(move),
        trace=move.trace,
    )
    first = journal.chain(line, journal.Head(row.journal_sequence, row.journal_head))
    if move.again_on is None:
        return [first]
    again = replace(line, was=move.now, now=Status.VERIFIED, reason=None, evidence=None)
    return [first, journal.chain(again, first.head)]


def _evidence_digest(move: Move) -> str | None:
    if move.decided is not None:
        return digest(move.decided.sealed)
    if move.learnt is not None and move.learnt.sealed is not None:
        return digest(move.learnt.sealed)
    return None


def _moved(move: Move, at: datetime, chained: journal.Chained) -> dict[str, Any]:
    again = move.again_on is not None
    return {
        "id": move.application_id,
        "now": Status.VERIFIED if again else move.now,
        "reason": move.reason,
        "at": at,
        "due_at": at if again else move.due_at,
        "again_on": move.again_on,
        "outcome": None if move.learnt is None else move.learnt.outcome,
        "last_date": move.last_date,
        "rung": move.rung,
        "attempts": move.attempts,
        "keeps_numbers": move.now in KEEPS_TAX_NUMBERS,
        "sequence": chained.head.sequence,
        "head": chained.head.hash,
    }
