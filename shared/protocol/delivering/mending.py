"""Mending: what a person does to deliveries: look at them, send the dead again, try an endpoint."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, Row, text

MOST_LISTED = 200
MOST_REPLAYED = 1_000
_LIST = text("""
    SELECT d.event_id, p.code AS portal, a.reference, d.sequence, e.state, d.status, d.attempts,
           d.outcome, d.http_status, e.at, d.due_at, d.finished_at
    FROM deliveries d
    JOIN events e ON e.id = d.event_id
    JOIN portals p ON p.id = d.portal_id
    JOIN applications a ON a.id = d.application_id
    WHERE d.status = :status AND (CAST(:portal AS text) IS NULL OR p.code = :portal)
    ORDER BY e.at, d.sequence LIMIT :most
""")
_REPLAY = text("""
    UPDATE deliveries d
    SET status = 'WAITING', attempts = 0, due_at = now(), outcome = NULL, http_status = NULL,
        finished_at = NULL
    FROM (
        SELECT f.event_id FROM deliveries f JOIN portals p ON p.id = f.portal_id
        WHERE f.status = 'DEAD' AND f.application_id IS NOT NULL AND p.webhook_url IS NOT NULL
          AND (CAST(:portal AS text) IS NULL OR p.code = :portal)
          AND (CAST(:ids AS uuid[]) IS NULL OR f.event_id = ANY(:ids))
        ORDER BY f.event_id LIMIT :most FOR UPDATE OF f
    ) dead
    WHERE d.event_id = dead.event_id
    RETURNING d.event_id
""")
_HURRY = text("""
    UPDATE deliveries d SET due_at = now()
    FROM (
        SELECT event_id FROM deliveries
        WHERE portal_id = :portal AND status = 'WAITING' AND claim IS NULL AND due_at > now()
        ORDER BY event_id FOR UPDATE SKIP LOCKED
    ) waiting
    WHERE d.event_id = waiting.event_id
""")
_BURY = text("""
    UPDATE deliveries d
    SET status = 'DEAD', outcome = 'removed', finished_at = now(),
        claim = NULL, claimed_by = NULL, claimed_at = NULL
    FROM (
        SELECT event_id FROM deliveries
        WHERE portal_id = :portal AND status = 'WAITING' ORDER BY event_id FOR UPDATE
    ) waiting
    WHERE d.event_id = waiting.event_id
""")
_TRIAL_THAT_WAITS = text("""
    SELECT event_id FROM deliveries
    WHERE portal_id = :portal AND status = 'WAITING' AND application_id IS NULL LIMIT 1
""")
_TRIAL = text("""
    WITH trial AS (
        INSERT INTO events (id, portal_id, sequence, at, transaction)
        VALUES (:id, :portal, 0, now(), 0) RETURNING id, portal_id, sequence
    )
    INSERT INTO deliveries (event_id, portal_id, sequence)
    SELECT id, portal_id, sequence FROM trial
""")
_CAME_TO = text("""
    SELECT status, outcome, http_status FROM deliveries WHERE event_id = :id
""")


class DeliveryStatus(StrEnum):
    """Where a delivery stands."""

    WAITING = "WAITING"  # its time, or the end of the one before it, has not come
    DELIVERED = "DELIVERED"
    DEAD = "DEAD"  # tried to the end, or its endpoint was removed; a person may send it again


@dataclass(frozen=True, slots=True)
class Listed:
    """One delivery as it may be shown: ids, words and counts."""

    event: UUID
    portal: str
    reference: str
    sequence: int
    state: str
    status: DeliveryStatus
    attempts: int
    outcome: str | None
    http_status: int | None
    at: datetime
    due_at: datetime | None
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class CameTo:
    """What a delivery has come to so far."""

    status: DeliveryStatus
    outcome: str | None
    http_status: int | None


def listed(connection: Connection, status: DeliveryStatus, portal: str | None) -> Sequence[Listed]:
    """The oldest deliveries in this status, of a portal or of all; trials left out."""
    values = {"status": status, "portal": portal, "most": MOST_LISTED}
    return [_listed(row) for row in connection.execute(_LIST, values)]


def replay(
    connection: Connection, *, portal: str | None = None, ids: Sequence[UUID] | None = None
) -> list[UUID]:
    """Send dead deliveries again, from the first try on: at most `MOST_REPLAYED`, by event."""
    values = {"portal": portal, "ids": None if ids is None else list(ids), "most": MOST_REPLAYED}
    return sorted(connection.execute(_REPLAY, values).scalars())


def hurry(connection: Connection, portal: UUID) -> int:
    """Make due now what a portal's webhook waits for; how many."""
    return connection.execute(_HURRY, {"portal": portal}).rowcount


def bury(connection: Connection, portal: UUID) -> int:
    """End the deliveries of a portal that has no webhook any more; how many."""
    return connection.execute(_BURY, {"portal": portal}).rowcount


def begin_trial(connection: Connection, portal: UUID) -> UUID:
    """An event that tells nothing, for an endpoint to be tried with; one waits at a time.

    It is tried once. The caller has seen that the portal has a webhook that is not stopped.
    """
    waiting: UUID | None = connection.execute(_TRIAL_THAT_WAITS, {"portal": portal}).scalar()
    if waiting is not None:
        return waiting
    id_ = uuid4()
    connection.execute(_TRIAL, {"id": id_, "portal": portal})
    return id_


def came_to(connection: Connection, event: UUID) -> CameTo:
    """What the delivery of an event has come to."""
    row = connection.execute(_CAME_TO, {"id": event}).one()
    return CameTo(DeliveryStatus(row.status), row.outcome, row.http_status)


def _listed(row: Row[Any]) -> Listed:
    values = row._asdict()
    return Listed(
        event=values.pop("event_id"), status=DeliveryStatus(values.pop("status")), **values
    )
