"""Sweeping: what the scheduler does to applications that no worker is looking at.

It frees what the dead held, quarantines what was started too often, wakes what was parked and
hands to a person what was parked, or held back, too long. Every statement is safe beside any other
sweep: rows in another's hands are passed over, and rows are locked in id order.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, Row, TextClause, text

from shared.crash_points import Point
from shared.protocol import journal
from shared.protocol.tempo import QUARANTINE_AT
from shared.states import KEEPS_TAX_NUMBERS, Reason, Status
from shared.store.committing import committing

GRACE = timedelta(days=1)  # what a backlog may take of a last date's call
_BATCH = 500
_FREE = text("""
    UPDATE applications a
    SET claim = NULL, claimed_by = NULL, claimed_at = NULL, rung_at = NULL
    FROM (
        SELECT id FROM applications h
        WHERE claim IS NOT NULL
          AND (claimed_at < now() - :longest_claim
               OR NOT EXISTS (SELECT FROM workers w
                              WHERE w.id = h.claimed_by AND w.alive_until > now()))
        ORDER BY id LIMIT :batch FOR NO KEY UPDATE SKIP LOCKED
    ) held
    WHERE a.id = held.id
""")
_STARTED_TOO_OFTEN = text("""
    SELECT id, status, reason, journal_sequence, journal_head, trace FROM applications
    WHERE status IN ('RECEIVED', 'VERIFIED') AND claim IS NULL AND due_at IS NOT NULL
      AND starts > 1 AND starts >= :limit
    ORDER BY id LIMIT :batch FOR NO KEY UPDATE SKIP LOCKED
""")
_TO_WAKE = text("""
    SELECT id, status, reason, journal_sequence, journal_head, trace FROM applications
    WHERE status = 'PARKED' AND claim IS NULL AND due_at IS NOT NULL AND due_at <= now()
      AND (last_date IS NULL OR last_date > now())
    ORDER BY id LIMIT :batch FOR NO KEY UPDATE SKIP LOCKED
""")
_PARKED_TOO_LONG = text("""
    SELECT id, status, reason, journal_sequence, journal_head, trace FROM applications
    WHERE status = 'PARKED' AND claim IS NULL AND due_at IS NOT NULL AND last_date <= now()
    ORDER BY id LIMIT :batch FOR NO KEY UPDATE SKIP LOCKED
""")
_HELD_UP_TOO_LONG = text("""
    SELECT id, status, coalesce(reason, :unasked) AS reason, journal_sequence, journal_head, trace
    FROM applications
    WHERE status = 'RECEIVED' AND claim IS NULL AND due_at IS NOT NULL
      AND last_date <= now() - :grace
    ORDER BY id LIMIT :batch FOR NO KEY UPDATE SKIP LOCKED
""")
_FORGET_EVIDENCE = text("""
    DELETE FROM held_evidence WHERE id IN (
        SELECT id FROM held_evidence WHERE expires_at <= now() ORDER BY expires_at LIMIT :batch
    )
""")
_FORGET_KEYS = text("""
    DELETE FROM idempotency WHERE (portal_id, key) IN (
        SELECT portal_id, key FROM idempotency WHERE created_at < now() - :kept
        ORDER BY created_at LIMIT :batch
    )
""")
_MOVE = text("""
    UPDATE applications
    SET status = :now, reason = :reason, moved_at = :at, due_at = :due_at, rung_at = NULL,
        last_date = CASE WHEN :now <> 'TO_REVIEW' THEN last_date END,
        sealed_tax_numbers = CASE WHEN :keeps_numbers THEN sealed_tax_numbers END,
        journal_sequence = :sequence, journal_head = :head
    WHERE id = :id
""")


def free_dead(engine: Engine, *, longest_claim: timedelta) -> int:
    """Free what is held by a dead worker, or for longer than any call can take."""
    values = {"longest_claim": longest_claim, "batch": _BATCH}
    with committing(engine, Point.FREEING, Point.FREED) as connection:
        return connection.execute(_FREE, values).rowcount


def quarantine(engine: Engine, *, actor: str) -> int:
    """Set aside what was started at the limit and never finished: ops look at it."""
    return _sweep(
        engine,
        _STARTED_TOO_OFTEN,
        {"limit": QUARANTINE_AT},
        actor=actor,
        now=Status.QUARANTINED,
        reason=Reason.NEVER_FINISHED,
    )


def wake(engine: Engine, *, actor: str) -> int:
    """Make due again what was parked until now; its last date stays."""
    return _sweep(engine, _TO_WAKE, {}, actor=actor, now=Status.RECEIVED, reason=None)


def hand_over(engine: Engine, *, actor: str) -> int:
    """Hand to a person what is still parked after its last date, with the reason it was parked."""
    return _sweep(engine, _PARKED_TOO_LONG, {}, actor=actor, now=Status.TO_REVIEW, keep_reason=True)


def hand_over_held_up(engine: Engine, *, actor: str) -> int:
    """Hand to a person what is still to be asked a day after its last date.

    Its call was held back all that time: by a refused token, a stopped endpoint, a pause. Whoever
    is called about meets the last date in what the call comes to.
    """
    values = {"grace": GRACE, "unasked": Reason.PROVIDER_UNAVAILABLE}
    return _sweep(
        engine, _HELD_UP_TOO_LONG, values, actor=actor, now=Status.TO_REVIEW, keep_reason=True
    )


def forget_keys(engine: Engine, *, kept: timedelta) -> int:
    """Delete idempotency keys that no portal will send again; their applications stay."""
    with committing(engine, Point.FORGETTING, Point.FORGOTTEN) as connection:
        return connection.execute(_FORGET_KEYS, {"kept": kept, "batch": _BATCH}).rowcount


def forget_evidence(engine: Engine) -> int:
    """Delete evidence that no application took in time, and with each row its only key."""
    with committing(engine, Point.FORGETTING, Point.FORGOTTEN) as connection:
        return connection.execute(_FORGET_EVIDENCE, {"batch": _BATCH}).rowcount


def _sweep(
    engine: Engine,
    find: TextClause,
    values: Mapping[str, Any],
    *,
    actor: str,
    now: Status,
    reason: Reason | None = None,
    keep_reason: bool = False,
) -> int:
    at = datetime.now(UTC)
    with committing(engine, Point.SWEEPING, Point.SWEPT) as connection:
        rows = connection.execute(find, {**values, "batch": _BATCH}).all()
        lines = [
            _chained(row, at, actor, now, row.reason if keep_reason else reason) for row in rows
        ]
        _move_all(connection, lines, at)
        journal.write(connection, lines)
    return len(lines)


def _chained(
    row: Row[Any], at: datetime, actor: str, now: Status, reason: str | None
) -> journal.Chained:
    line = journal.Line(
        application_id=row.id,
        at=at,
        actor=actor,
        was=Status(row.status),
        now=now,
        reason=reason,
        trace=row.trace,
    )
    return journal.chain(line, journal.Head(row.journal_sequence, row.journal_head))


def _move_all(connection: Connection, lines: Sequence[journal.Chained], at: datetime) -> None:
    if lines:
        connection.execute(_MOVE, [_moved(chained, at) for chained in lines])


def _moved(chained: journal.Chained, at: datetime) -> dict[str, Any]:
    application: UUID = chained.line.application_id
    return {
        "id": application,
        "now": chained.line.now,
        "reason": chained.line.reason,
        "at": at,
        "keeps_numbers": chained.line.now in KEEPS_TAX_NUMBERS,
        "due_at": at if chained.line.now is Status.RECEIVED else None,
        "sequence": chained.head.sequence,
        "head": chained.head.hash,
    }
