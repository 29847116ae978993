"""Bulk actions: one order for everything that is sought, started and steered by a person.

Starting one writes down its members, so that what was previewed is what is done; schedulers carry
it out (`carrying`). Steering waits for the chunk that is being done, if one is: when it is said,
nothing more is done.
"""

from collections.abc import Sequence
from uuid import UUID, uuid4

from sqlalchemy import Connection, insert, text

from shared.protocol.operating.actions import ActionState, keep_counts
from shared.protocol.operating.matching import matching
from shared.protocol.operating.noting import note
from shared.protocol.operating.orders import CameTo, Order
from shared.protocol.operating.previewing import MOST_MEMBERS
from shared.seeking.sought import Sought
from shared.seeking.writing import written
from shared.store.operating import BulkActionRow

_ENROL = """
    INSERT INTO bulk_members (action_id, application_id, authority_id)
    SELECT :action, a.id, a.authority_id FROM applications a WHERE {where} LIMIT :most
"""
_ENROL_THESE = text("""
    INSERT INTO bulk_members (action_id, application_id, authority_id)
    SELECT :action, a.id, a.authority_id FROM applications a
    WHERE a.id = ANY(:ids) AND (CAST(:within AS uuid[]) IS NULL OR a.authority_id = ANY(:within))
""")
_TOTAL = text("UPDATE bulk_actions SET total = :total WHERE id = :id")
_STEER = text("""
    UPDATE bulk_actions SET state = :now, finished_at = CASE WHEN :now = 'cancelled' THEN now() END
    WHERE id = :id AND state = ANY(:was)
""")
_NEVER_DONE = text("""
    UPDATE bulk_members SET came_to = :cancelled, at = now()
    WHERE action_id = :id AND came_to IS NULL
""")


class TooManyError(ValueError):
    """More is sought than may be done at once, or than was previewed; `most` says how many may."""

    def __init__(self, most: int) -> None:
        """`most`: how many may."""
        self.most = most
        super().__init__(f"more than {most} applications are sought")


def start(
    connection: Connection,
    sought: Sought,
    order: Order,
    *,
    within: Sequence[UUID] | None = None,
    at_most: int | None = None,
) -> UUID:
    """Start an action on everything that is sought; returns its id.

    Args:
        connection: in a transaction.
        sought: which applications; they are written down now.
        order: what is to be done to each.
        within: the authorities of whoever asks; None: all.
        at_most: how many were previewed; when more are there by now, it is not started.

    Raises:
        SoughtError: a code that names nothing.
        TooManyError: more than `at_most`, or than `MOST_MEMBERS`.
    """
    most = MOST_MEMBERS if at_most is None else min(at_most, MOST_MEMBERS)
    found = matching(connection, sought, within=within)
    action = _begin(connection, written(sought), order)
    values = {**found.values, "action": action, "most": most + 1}
    total = connection.execute(found.query(_ENROL), values).rowcount
    if total > most:
        raise TooManyError(most)
    return _begun(connection, action, order, total)


def start_on(
    connection: Connection,
    ids: Sequence[UUID],
    order: Order,
    *,
    within: Sequence[UUID] | None = None,
) -> UUID:
    """Start an action on these applications: those that somebody ticked in a list.

    Raises:
        TooManyError: more than `MOST_MEMBERS`.
    """
    if len(ids) > MOST_MEMBERS:
        raise TooManyError(MOST_MEMBERS)
    action = _begin(connection, "", order)
    values = {"action": action, "ids": list(ids), "within": None if within is None else [*within]}
    total = connection.execute(_ENROL_THESE, values).rowcount
    return _begun(connection, action, order, total)


def pause(connection: Connection, action: UUID, *, actor: str, comment: str) -> bool:
    """Do nothing more of it for now; False when it does not run."""
    was = (ActionState.RUNNING,)
    return _steer(connection, action, ActionState.PAUSED, was, actor=actor, comment=comment)


def resume(connection: Connection, action: UUID, *, actor: str, comment: str) -> bool:
    """Go on with it; False when it is not paused."""
    was = (ActionState.PAUSED,)
    return _steer(connection, action, ActionState.RUNNING, was, actor=actor, comment=comment)


def cancel(connection: Connection, action: UUID, *, actor: str, comment: str) -> bool:
    """Leave what was not done as it is; False when it is over. What was done stays done."""
    was = (ActionState.RUNNING, ActionState.PAUSED)
    if not _steer(connection, action, ActionState.CANCELLED, was, actor=actor, comment=comment):
        return False
    connection.execute(_NEVER_DONE, {"id": action, "cancelled": CameTo.CANCELLED})
    keep_counts(connection, action)
    return True


def _begin(connection: Connection, sought: str, order: Order) -> UUID:
    id_ = uuid4()
    values = {
        "id": id_,
        "verb": order.verb,
        "retry_at": order.at,
        "lane": order.lane,
        "ground": order.ground,
        "sought": sought,
        "comment": order.comment,
        "state": ActionState.RUNNING,
        "total": 0,
        "asked_by": order.actor,
    }
    connection.execute(insert(BulkActionRow), values)
    return id_


def _begun(connection: Connection, action: UUID, order: Order, total: int) -> UUID:
    connection.execute(_TOTAL, {"id": action, "total": total})
    detail = {"verb": str(order.verb), "total": total}
    note(
        connection,
        "bulk_start",
        str(action),
        actor=order.actor,
        comment=order.comment,
        detail=detail,
    )
    return action


def _steer(
    connection: Connection,
    action: UUID,
    now: ActionState,
    was: Sequence[ActionState],
    *,
    actor: str,
    comment: str,
) -> bool:
    values = {"id": action, "now": now, "was": list(was)}
    if connection.execute(_STEER, values).rowcount == 0:
        return False
    note(connection, f"bulk_{now}", str(action), actor=actor, comment=comment)
    return True
