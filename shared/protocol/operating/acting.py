"""Acting: an order is carried out on applications, in one transaction with all that it leaves.

Rows are locked in the order of their ids. Whoever held one loses it: a worker that saves finds that
it is no longer its own, and drops what it did. Each act leaves its line of the journal, and beside
it the comment, whose digest the line holds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, Row, insert, text

from shared.canonical import canonical_json, digest
from shared.protocol import journal
from shared.protocol.operating.judging import Change, Stands, judge
from shared.protocol.operating.orders import CameTo, Order
from shared.states import KEEPS_TAX_NUMBERS, Lane, Reason, Status
from shared.store.operating import OperationRow
from shared.store.reviews import ReviewRow

TOGETHER = 128  # applications of one transaction: a worker that waits for one waits for no more
_LOCK = text("""
    SELECT a.id, a.status, a.reason, a.lane, a.due_at, a.last_date, a.attempts, a.starts, a.trace,
           a.journal_sequence, a.journal_head, a.claim IS NOT NULL AS held,
           EXISTS (SELECT FROM application_keys k WHERE k.application_id = a.id) AS has_key,
           EXISTS (SELECT FROM journal j WHERE j.application_id = a.id AND j.reason = :documents)
               AS by_documents
    FROM applications a WHERE a.id = ANY(:ids)
    ORDER BY a.id FOR NO KEY UPDATE OF a
""")
_WRITE = text("""
    UPDATE applications
    SET status = :now, reason = :reason, due_at = :due_at, lane = :lane, last_date = :last_date,
        moved_at = CASE WHEN :moves THEN :at ELSE moved_at END,
        starts = :starts, attempts = :attempts,
        rung_at = CASE WHEN :frees THEN NULL ELSE rung_at END,
        claim = CASE WHEN :frees THEN NULL ELSE claim END,
        claimed_by = CASE WHEN :frees THEN NULL ELSE claimed_by END,
        claimed_at = CASE WHEN :frees THEN NULL ELSE claimed_at END,
        sealed_tax_numbers = CASE WHEN :keeps_numbers THEN sealed_tax_numbers END,
        journal_sequence = :sequence, journal_head = :head
    WHERE id = :id
""")


@dataclass(frozen=True, slots=True, repr=False)
class _Acted:
    """One application, what becomes of it, and the lines that say so."""

    one: Stands
    change: Change
    lines: tuple[journal.Chained, ...]


def act(
    connection: Connection, ids: Sequence[UUID], order: Order, *, action: UUID | None = None
) -> dict[UUID, CameTo]:
    """Carry out an order on these applications, in the caller's transaction.

    Args:
        connection: in a transaction, which holds the applications until it ends.
        ids: `TOGETHER` at most.
        order: what is to be done.
        action: the bulk action that this is part of.

    Returns:
        What it came to for each.

    Raises:
        ValueError: too many at once.
    """
    if len(ids) > TOGETHER:
        raise ValueError(f"{TOGETHER} applications at most at once")
    values = {"ids": sorted(ids), "documents": Reason.DOCUMENTS_CHOSEN}
    rows = connection.execute(_LOCK, values).all()
    at = datetime.now(UTC)
    judged = [(row, judge(_stands(row), order, at)) for row in rows]
    acted = [_acted(row, one, order, at) for row, one in judged if isinstance(one, Change)]
    _write(connection, acted, order, at, action)
    came = {row.id: CameTo.DONE if isinstance(one, Change) else one for row, one in judged}
    return {id_: came.get(id_, CameTo.GONE) for id_ in ids}


def _stands(row: Row[Any]) -> Stands:
    return Stands(
        id=row.id,
        status=Status(row.status),
        reason=row.reason,
        lane=Lane(row.lane),
        due_at=row.due_at,
        last_date=row.last_date,
        attempts=row.attempts,
        starts=row.starts,
        held=row.held,
        has_key=row.has_key,
        by_documents=row.by_documents,
    )


def _acted(row: Row[Any], change: Change, order: Order, at: datetime) -> _Acted:
    """One line for each state that it goes through; the last one's evidence is the act itself."""
    head, lines = journal.Head(row.journal_sequence, row.journal_head), []
    for was, now in pairwise((Status(row.status), *change.through)):
        line = journal.Line(
            application_id=row.id,
            at=at,
            actor=order.actor,
            was=was,
            now=now,
            reason=change.reason if now is change.through[-1] else None,
            evidence=digest(canonical_json(order.act())),
            trace=row.trace,
        )
        lines.append(journal.chain(line, head))
        head = lines[-1].head
    return _Acted(_stands(row), change, tuple(lines))


def _write(
    connection: Connection,
    acted: Sequence[_Acted],
    order: Order,
    at: datetime,
    action: UUID | None,
) -> None:
    if not acted:
        return
    connection.execute(_WRITE, [_columns(one, at) for one in acted])
    journal.write(connection, [line for one in acted for line in one.lines])
    operations = [_operation(one, order, at, action) for one in acted]
    connection.execute(insert(OperationRow), operations)
    reviews = [_review(one, order, at) for one in acted if one.change.review is not None]
    if reviews:
        connection.execute(insert(ReviewRow), reviews)


def _columns(acted: _Acted, at: datetime) -> dict[str, Any]:
    change, head = acted.change, acted.lines[-1].head
    now = change.through[-1]
    return {
        "id": acted.one.id,
        "now": now,
        "reason": change.reason,
        "due_at": change.due_at,
        "lane": change.lane,
        "last_date": change.last_date,
        "moves": now is not acted.one.status,
        "at": at,
        "starts": change.starts,
        "attempts": change.attempts,
        "frees": change.frees,
        "keeps_numbers": now in KEEPS_TAX_NUMBERS or now is acted.one.status,
        "sequence": head.sequence,
        "head": head.hash,
    }


def _operation(acted: _Acted, order: Order, at: datetime, action: UUID | None) -> dict[str, Any]:
    detail = {name: value for name, value in order.act().items() if value is not None}
    return {
        "id": uuid4(),
        "at": at,
        "actor": order.actor,
        "act": order.verb,
        "target": str(acted.one.id),
        "comment": detail.pop("comment"),
        "detail": detail,
        "application_id": acted.one.id,
        "sequence": acted.lines[0].head.sequence,
        "action_id": action,
    }


def _review(acted: _Acted, order: Order, at: datetime) -> dict[str, Any]:
    return {
        "id": uuid4(),
        "application_id": acted.one.id,
        "act": acted.change.review,
        "at": at,
        "actor": order.actor,
        "ground": acted.change.ground,
        "sealed": None,
    }
