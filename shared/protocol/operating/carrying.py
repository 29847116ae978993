"""Carrying: schedulers do bulk actions, a chunk at a time, each application once.

Any number of schedulers carry, and none leads: whoever holds the action's row does its next chunk,
the others pass on; an action in words of a later release waits for one that knows them. A look does
a few chunks, of actions drawn by lot, so that many actions do not hold up ringing. A chunk is one
transaction (the applications change, their journal lines are written, the members are marked), so
that a process that dies has done a whole chunk or nothing.

What makes applications due is handed out a window at a time for each authority: what people wait
for does not queue behind it, and a pause or a cancellation has little left to wait for. So it goes
at the pace at which providers and workers take them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from uuid import UUID

from sqlalchemy import Connection, Engine, text

from shared.crash_points import Point
from shared.protocol.operating.acting import TOGETHER, act
from shared.protocol.operating.actions import keep_counts, order_of
from shared.protocol.operating.orders import CALLS, CameTo, Order, Verb
from shared.review_acts import ClosedFor
from shared.states import Lane
from shared.store.committing import committing

MOST_CHUNKS = 2  # of one look: a tick that lasts holds up ringing
WINDOW = 256  # due applications of an authority, beyond which no more are made due
KEPT = timedelta(days=90)  # members of an action that is over
_BATCH = 5_000  # members that are forgotten at once
_RUNNING = text("""
    SELECT id FROM bulk_actions
    WHERE state = 'running' AND verb = ANY(:verbs) AND (lane IS NULL OR lane = ANY(:lanes))
      AND (ground IS NULL OR ground = ANY(:grounds))
    ORDER BY random()
""")
_WORDS = {"verbs": list(Verb), "lanes": list(Lane), "grounds": list(ClosedFor)}
_HOLD = text("""
    SELECT verb, retry_at, lane, ground, comment, asked_by FROM bulk_actions
    WHERE id = :id AND state = 'running' FOR UPDATE SKIP LOCKED
""")
_NEXT = text("""
    SELECT application_id FROM bulk_members
    WHERE action_id = :id AND came_to IS NULL
    ORDER BY application_id LIMIT :most
""")
_NEXT_IN_WINDOW = text("""
    SELECT next.application_id
    FROM authorities t
    CROSS JOIN LATERAL (
        SELECT count(*) AS due FROM (
            SELECT FROM unnest(ARRAY['RECEIVED', 'VERIFIED']) AS step(status)
            CROSS JOIN unnest(ARRAY['now', 'bulk']) AS queue(lane)
            CROSS JOIN LATERAL (
                SELECT FROM applications a
                WHERE a.status = step.status AND a.lane = queue.lane AND a.authority_id = t.id
                  AND a.claim IS NULL AND a.due_at IS NOT NULL AND a.due_at <= now()
                LIMIT :window
            ) one
            LIMIT :window
        ) counted
    ) going
    CROSS JOIN LATERAL (
        SELECT m.application_id FROM bulk_members m
        WHERE m.action_id = :id AND m.authority_id = t.id AND m.came_to IS NULL
        ORDER BY m.application_id LIMIT greatest(:window - going.due, 0)
    ) next
    LIMIT :most
""")
_ANY_LEFT = text("""
    SELECT EXISTS (SELECT FROM bulk_members WHERE action_id = :id AND came_to IS NULL)
""")
_MARK = text("""
    UPDATE bulk_members SET came_to = :came_to, at = clock_timestamp()
    WHERE action_id = :id AND application_id = ANY(:ids)
""")
_FINISH = text("""
    UPDATE bulk_actions SET state = 'finished', finished_at = now() WHERE id = :id
""")
_FORGET = text("""
    DELETE FROM bulk_members WHERE (action_id, application_id) IN (
        SELECT old.action_id, old.application_id FROM bulk_actions b
        CROSS JOIN LATERAL (
            SELECT m.action_id, m.application_id FROM bulk_members m WHERE m.action_id = b.id
            ORDER BY m.application_id LIMIT :batch FOR UPDATE SKIP LOCKED
        ) old
        WHERE b.finished_at < now() - CAST(:kept AS interval) LIMIT :batch
    )
""")


@dataclass(frozen=True, slots=True)
class Carried:
    """What a look at the actions came to: applications done, left as they were, actions ended."""

    done: int = 0
    skipped: int = 0
    finished: int = 0

    def __add__(self, other: "Carried") -> "Carried":
        return Carried(
            self.done + other.done, self.skipped + other.skipped, self.finished + other.finished
        )


def carry(engine: Engine, *, window: int = WINDOW, chunk: int = TOGETHER) -> Carried:
    """Do a chunk of `MOST_CHUNKS` actions that run and have room."""
    with engine.connect() as connection:
        running = list(connection.execute(_RUNNING, _WORDS).scalars())
    looks = (_carry_one(engine, id_, window, chunk) for id_ in running)
    chunks = (carried for carried in looks if carried != Carried())
    return sum(islice(chunks, MOST_CHUNKS), start=Carried())


def forget_members(engine: Engine, *, kept: timedelta = KEPT) -> int:
    """Delete members of actions that have long been over; what they came to stays counted."""
    with committing(engine, Point.FORGETTING, Point.FORGOTTEN) as connection:
        return connection.execute(_FORGET, {"kept": kept, "batch": _BATCH}).rowcount


def _carry_one(engine: Engine, action: UUID, window: int, chunk: int) -> Carried:
    with committing(engine, Point.CARRYING, Point.CARRIED) as connection:
        row = connection.execute(_HOLD, {"id": action}).one_or_none()
        if row is None:  # another scheduler has it, or somebody has just paused it
            return Carried()
        order = order_of(row)
        ids = _next(connection, action, order, window, chunk)
        if not ids:
            return _end(connection, action)
        came = act(connection, ids, order, action=action)
        _mark(connection, action, came)
    done = sum(one is CameTo.DONE for one in came.values())
    return Carried(done, len(came) - done)


def _next(
    connection: Connection, action: UUID, order: Order, window: int, chunk: int
) -> Sequence[UUID]:
    values = {"id": action, "most": chunk}
    if order.verb in CALLS:
        return connection.execute(_NEXT_IN_WINDOW, {**values, "window": window}).scalars().all()
    return connection.execute(_NEXT, values).scalars().all()


def _end(connection: Connection, action: UUID) -> Carried:
    """Finish it when nothing is left; when there only is no room, wait."""
    if connection.execute(_ANY_LEFT, {"id": action}).scalar_one():
        return Carried()
    connection.execute(_FINISH, {"id": action})
    keep_counts(connection, action)
    return Carried(finished=1)


def _mark(connection: Connection, action: UUID, came: Mapping[UUID, CameTo]) -> None:
    for said in set(came.values()):
        ids = sorted(id_ for id_, one in came.items() if one is said)
        connection.execute(_MARK, {"id": action, "came_to": said, "ids": ids})
