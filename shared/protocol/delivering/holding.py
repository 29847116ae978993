"""Holding: how a notifier takes hold of deliveries, and lets go of them unsent.

As with applications, a claim is a fresh uuid, lives while its worker does, and rows in another's
hands are passed over. Of an application only the first delivery that waits can be claimed, and none
while another of it is held: that is the whole of "in order".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Engine, Row, text

from shared.crash_points import Point
from shared.store.committing import committing
from shared.webhooks.event import Event

_BATCH = 500
_PORTALS = text("""
    SELECT p.id FROM portals p
    WHERE p.webhook_url IS NOT NULL AND p.webhook_stopped_at IS NULL
      AND EXISTS (
          SELECT FROM deliveries d
          WHERE d.portal_id = p.id AND d.status = 'WAITING' AND d.claim IS NULL
            AND d.due_at <= now()
      )
    ORDER BY p.id
""")
_CLAIM = text("""
    UPDATE deliveries d
    SET claim = :claim, claimed_by = :worker, claimed_at = now()
    FROM (
        SELECT event_id FROM deliveries f
        WHERE portal_id = :portal AND status = 'WAITING' AND claim IS NULL AND due_at <= now()
          AND NOT EXISTS (
              SELECT FROM deliveries other
              WHERE other.application_id = f.application_id AND other.status = 'WAITING'
                AND (other.sequence < f.sequence OR other.claim IS NOT NULL)
          )
        ORDER BY due_at, sequence
        LIMIT :most
        FOR UPDATE SKIP LOCKED
    ) due, events e LEFT JOIN applications a ON a.id = e.application_id, portals p
    WHERE d.event_id = due.event_id AND e.id = d.event_id AND p.id = d.portal_id
      AND EXISTS (SELECT FROM workers w WHERE w.id = :worker AND w.alive_until > now())
    RETURNING e.id, p.code AS portal, a.reference, e.sequence, e.at, e.state, e.reason,
              e.decision_version, d.portal_id, d.attempts, a.trace, p.webhook_url, p.webhook_secret,
              CASE WHEN p.webhook_secret_before_until > now() THEN p.webhook_secret_before END
                  AS webhook_secret_before
""")
_FREE = text("""
    UPDATE deliveries d
    SET claim = NULL, claimed_by = NULL, claimed_at = NULL
    FROM (
        SELECT event_id FROM deliveries h
        WHERE claim IS NOT NULL
          AND (claimed_at < now() - :longest_claim
               OR NOT EXISTS (SELECT FROM workers w
                              WHERE w.id = h.claimed_by AND w.alive_until > now()))
        ORDER BY event_id LIMIT :batch FOR UPDATE SKIP LOCKED
    ) held
    WHERE d.event_id = held.event_id
""")
_GIVE_BACK = text("""
    UPDATE deliveries d
    SET claim = NULL, claimed_by = NULL, claimed_at = NULL
    FROM (
        SELECT event_id FROM deliveries WHERE claim IS NOT NULL AND claimed_by = :worker
        ORDER BY event_id FOR UPDATE
    ) held
    WHERE d.event_id = held.event_id
""")


@dataclass(frozen=True, slots=True, repr=False)
class Held:
    """One delivery in the hands of a notifier: what to tell, where; secrets are still sealed.

    `trace` is that of its application; a trial has none.
    """

    event: Event
    claim: UUID
    portal_id: UUID
    attempts: int
    url: str
    sealed_secrets: tuple[bytes, ...]  # the one in use, and the one before while it holds
    trace: str | None = None


def portals_due(engine: Engine) -> list[UUID]:
    """The portals that something waits for now, and whose webhook is not stopped."""
    with engine.connect() as connection:
        return list(connection.execute(_PORTALS).scalars())


def claim(engine: Engine, worker: UUID, portal: UUID, *, most: int) -> list[Held]:
    """Take hold of at most so many of a portal's deliveries that are due, one an application.

    A worker that was thought dead takes none.
    """
    minted = uuid4()
    values = {"claim": minted, "worker": worker, "portal": portal, "most": most}
    with committing(engine, Point.TAKING, Point.TAKEN) as connection:
        return [_held(row, minted) for row in connection.execute(_CLAIM, values)]


def free_dead(engine: Engine, *, longest_claim: timedelta) -> int:
    """Free what is held by a dead worker, or for longer than any delivery can take."""
    values = {"longest_claim": longest_claim, "batch": _BATCH}
    with committing(engine, Point.UNHOLDING, Point.UNHELD) as connection:
        return connection.execute(_FREE, values).rowcount


def give_back(engine: Engine, worker: UUID) -> int:
    """Let go of all that this worker holds: no attempt, and due at once."""
    with committing(engine, Point.HANDING_BACK, Point.HANDED_BACK) as connection:
        return connection.execute(_GIVE_BACK, {"worker": worker}).rowcount


def _held(row: Row[Any], minted: UUID) -> Held:
    secrets: Sequence[bytes | None] = (row.webhook_secret, row.webhook_secret_before)
    return Held(
        event=Event.of(row),
        claim=minted,
        portal_id=row.portal_id,
        attempts=row.attempts,
        url=row.webhook_url,
        sealed_secrets=tuple(one for one in secrets if one is not None),
        trace=row.trace,
    )
