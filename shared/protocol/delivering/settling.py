"""Settling: what a try came to enters the record, for whoever still holds the delivery.

A failure waits longer each time, over three days and a bit, and is then dead: the next event of the
application goes on. An endpoint that says it is gone is stopped, and nothing of its portal dies of
that: what waits goes when the endpoint is set again.
"""

from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import assert_never

from sqlalchemy import Connection, Engine, text

from shared.crash_points import Point
from shared.protocol.delivering.holding import Held
from shared.store.committing import committing
from shared.webhooks.outcomes import Delivered, Failed, Gone, Outcome

WAITS = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
TRIES = len(WAITS) + 1
JITTER = 0.2  # a wait is that much shorter or longer, by lot
_FINISH = text("""
    UPDATE deliveries
    SET status = :status, attempts = attempts + 1, outcome = :outcome, http_status = :http_status,
        finished_at = now(), claim = NULL, claimed_by = NULL, claimed_at = NULL
    WHERE event_id = :event AND claim = :claim
""")
_NEXT = text("""
    UPDATE deliveries SET due_at = now()
    WHERE event_id = (
        SELECT event_id FROM deliveries n
        WHERE n.application_id = (SELECT application_id FROM deliveries WHERE event_id = :event)
          AND n.status = 'WAITING' AND n.claim IS NULL
        ORDER BY n.sequence LIMIT 1
    ) AND due_at > now()
""")
_LATER = text("""
    UPDATE deliveries
    SET attempts = attempts + 1, outcome = :outcome, http_status = :http_status,
        due_at = now() + :wait, claim = NULL, claimed_by = NULL, claimed_at = NULL
    WHERE event_id = :event AND claim = :claim
""")
_THOSE_BEHIND = text("""
    UPDATE deliveries SET due_at = now() + :wait
    WHERE application_id = (SELECT application_id FROM deliveries WHERE event_id = :event)
      AND status = 'WAITING' AND claim IS NULL AND event_id <> :event
      AND due_at < now() + :wait
""")
_HELD_STILL = text("""
    UPDATE deliveries
    SET outcome = :outcome, http_status = :http_status,
        claim = NULL, claimed_by = NULL, claimed_at = NULL
    WHERE event_id = :event AND claim = :claim
""")
_STOP = text("""
    UPDATE portals SET webhook_stopped_at = now()
    WHERE id = :portal AND webhook_url = :url AND webhook_stopped_at IS NULL
""")


@dataclass(frozen=True, slots=True)
class Settled:
    """Whether the delivery was still ours; dead, when that was its last try."""

    ours: bool
    dead: bool = False


def settle(engine: Engine, held: Held, outcome: Outcome, *, chance: Random) -> Settled:
    """Write what a try came to; nothing, when the delivery is somebody else's by now."""
    values = {
        "event": held.event.id,
        "claim": held.claim,
        "outcome": outcome.word,
        "http_status": outcome.http_status,
    }
    with committing(engine, Point.SETTLING, Point.SETTLED) as connection:
        match outcome:
            case Delivered():
                return Settled(_finish(connection, values, "DELIVERED"))
            case Gone() if held.event.reference is None:
                _stop(connection, held)
                return Settled(_finish(connection, values, "DEAD"), dead=True)
            case Gone():
                return Settled(_keep_for_later(connection, held, values))
            case Failed() if held.attempts + 1 >= tries_of(held):
                return Settled(_finish(connection, values, "DEAD"), dead=True)
            case Failed():
                wait = wait_before(held.attempts + 1, chance)
                return Settled(_later(connection, values, wait))
            case _:
                assert_never(outcome)


def tries_of(held: Held) -> int:
    """How often a delivery is tried in all: a trial of the endpoint once."""
    return TRIES if held.event.reference is not None else 1


def wait_before(attempts: int, chance: Random) -> timedelta:
    """How long to wait after so many tries, by lot around the planned time."""
    return WAITS[attempts - 1] * chance.uniform(1 - JITTER, 1 + JITTER)


def _finish(connection: Connection, values: dict[str, object], status: str) -> bool:
    ours = connection.execute(_FINISH, {**values, "status": status}).rowcount == 1
    if ours:
        connection.execute(_NEXT, {"event": values["event"]})
    return ours


def _later(connection: Connection, values: dict[str, object], wait: timedelta) -> bool:
    """Later, and so are those behind it, which would only be looked at in vain."""
    ours = connection.execute(_LATER, {**values, "wait": wait}).rowcount == 1
    if ours:
        connection.execute(_THOSE_BEHIND, {"event": values["event"], "wait": wait})
    return ours


def _keep_for_later(connection: Connection, held: Held, values: dict[str, object]) -> bool:
    """It waits, due as it was, until the endpoint is set again."""
    ours = connection.execute(_HELD_STILL, values).rowcount == 1
    if ours:
        _stop(connection, held)
    return ours


def _stop(connection: Connection, held: Held) -> None:
    """Stop the endpoint that answered, unless another was set meanwhile."""
    connection.execute(_STOP, {"portal": held.portal_id, "url": held.url})
