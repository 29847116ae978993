"""Actions: what bulk actions were asked for, and how far they are, counted from the record."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, text

from shared.protocol.headway import OVER, a_minute, until_done
from shared.protocol.operating.orders import CameTo, Order, Verb
from shared.review_acts import ClosedFor
from shared.states import Lane

MOST_LISTED = 100
_ACTIONS = """
    SELECT id, verb, retry_at, lane, ground, sought, comment, state, total, asked_by, asked_at,
           finished_at, came_to
    FROM bulk_actions
"""
_ONE = text(f"{_ACTIONS} WHERE id = :id")
_LATEST = text(f"{_ACTIONS} ORDER BY asked_at DESC LIMIT :most")
_COUNTED = text("""
    SELECT came_to, count(*) AS members FROM bulk_members WHERE action_id = :id GROUP BY came_to
""")
_KEEP_COUNTS = text("UPDATE bulk_actions SET came_to = CAST(:came AS jsonb) WHERE id = :id")
_PACE = text("""
    SELECT count(*) AS done, now() - greatest(min(at), now() - CAST(:over AS interval)) AS took
    FROM bulk_members
    WHERE action_id = :id AND came_to IS NOT NULL AND at > now() - CAST(:over AS interval)
""")


class ActionState(StrEnum):
    """Where a bulk action stands."""

    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Action:
    """A bulk action as it was asked for, and where it stands; `id` is how it is named."""

    id: UUID
    order: Order
    sought: str
    state: ActionState
    total: int
    asked_at: datetime
    finished_at: datetime | None
    came_to: Mapping[CameTo, int] | None = None


@dataclass(frozen=True, slots=True)
class ActionProgress:
    """How far it is: done, left as they were and why, still to do; when it may be through.

    `a_minute` is what was seen in the last ten minutes; `remaining` is None while none was.
    """

    total: int
    done: int
    skipped: Mapping[CameTo, int]
    left: int
    a_minute: float | None = None
    remaining: timedelta | None = None

    @property
    def share(self) -> float:
        """How much of it is behind, from 0 to 1."""
        return 1.0 if self.total == 0 else (self.total - self.left) / self.total


def find(connection: Connection, action: UUID) -> Action | None:
    """One action; None when there is none of this id."""
    row = connection.execute(_ONE, {"id": action}).one_or_none()
    return None if row is None else _action(row)


def latest(connection: Connection, *, most: int = MOST_LISTED) -> list[Action]:
    """The last actions, the newest first."""
    rows = connection.execute(_LATEST, {"most": min(most, MOST_LISTED)})
    return [_action(row) for row in rows]


def progress_of(connection: Connection, action: Action) -> ActionProgress:
    """How far it is, counted from its members; of one that is over, what was kept."""
    came = action.came_to
    left = 0
    if came is None:
        rows = connection.execute(_COUNTED, {"id": action.id}).all()
        came = {CameTo(row.came_to): row.members for row in rows if row.came_to is not None}
        left = sum(row.members for row in rows if row.came_to is None)
    pace = _a_minute(connection, action.id) if left else None
    return ActionProgress(
        total=action.total,
        done=came.get(CameTo.DONE, 0),
        skipped={said: n for said, n in came.items() if said is not CameTo.DONE},
        left=left,
        a_minute=pace,
        remaining=until_done(left, pace),
    )


def keep_counts(connection: Connection, action: UUID) -> None:
    """Write on an action that is over what it came to: its members are forgotten one day."""
    rows = connection.execute(_COUNTED, {"id": action}).all()
    came = {row.came_to: row.members for row in rows}
    connection.execute(_KEEP_COUNTS, {"id": action, "came": json.dumps(came)})


def order_of(row: Row[Any]) -> Order:
    """The order of an action's row."""
    return Order(
        verb=Verb(row.verb),
        actor=row.asked_by,
        comment=row.comment,
        at=row.retry_at,
        lane=None if row.lane is None else Lane(row.lane),
        ground=None if row.ground is None else ClosedFor(row.ground),
    )


def _a_minute(connection: Connection, action: UUID) -> float | None:
    row = connection.execute(_PACE, {"id": action, "over": OVER}).one()
    return a_minute(row.done, row.took)


def _action(row: Row[Any]) -> Action:
    came = None if row.came_to is None else {CameTo(k): n for k, n in row.came_to.items()}
    return Action(
        id=row.id,
        order=order_of(row),
        sought=row.sought,
        state=ActionState(row.state),
        total=row.total,
        asked_at=row.asked_at,
        finished_at=row.finished_at,
        came_to=came,
    )
