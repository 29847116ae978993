"""Telling: an event for each change that a portal may see, in the transaction that makes it.

Whoever writes a line of the journal writes its event, under the same lock of the application; so no
change is told that was not made, and none is made untold. A later try that changes neither state
nor reason is no change.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, text

from shared.reasons import as_portals_see

_TELL = text("""
    WITH changes AS (
        SELECT * FROM unnest(
            CAST(:ids AS uuid[]), CAST(:sequences AS int[]), CAST(:times AS timestamptz[]),
            CAST(:was AS text[]), CAST(:now AS text[]), CAST(:reasons AS text[])
        ) AS c(application_id, sequence, at, was, state, reason)
    ), told AS (
        INSERT INTO events (id, portal_id, application_id, sequence, at, state, reason,
                            decision_version, transaction)
        SELECT gen_random_uuid(), a.portal_id, c.application_id, c.sequence, c.at, c.state,
               c.reason,
               CASE WHEN c.state = 'DECIDED' THEN (
                   SELECT max(d.version) FROM decisions d
                   WHERE d.application_id = c.application_id AND NOT d.proposed
               ) END,
               greatest(clock.base + CAST(CAST(pg_current_xact_id() AS text) AS bigint),
                        last.transaction)
        FROM event_clock clock, changes c JOIN applications a ON a.id = c.application_id
        LEFT JOIN LATERAL (
            SELECT e.transaction, e.state, e.reason FROM events e
            WHERE e.application_id = c.application_id ORDER BY e.sequence DESC LIMIT 1
        ) last ON true
        WHERE c.was IS DISTINCT FROM c.state
           OR (c.state, c.reason) IS DISTINCT FROM (last.state, last.reason)
        ORDER BY c.application_id, c.sequence
        RETURNING id, portal_id, application_id, sequence
    )
    INSERT INTO deliveries (event_id, portal_id, application_id, sequence, due_at)
    SELECT t.id, t.portal_id, t.application_id, t.sequence,
           greatest(now(), (SELECT max(d.due_at) FROM deliveries d
                            WHERE d.application_id = t.application_id AND d.status = 'WAITING'))
    FROM told t JOIN portals p ON p.id = t.portal_id
    WHERE p.webhook_url IS NOT NULL
""")


@dataclass(frozen=True, slots=True)
class Change:
    """One line of an application's journal: its place, when (UTC), from, to, why."""

    application_id: UUID
    sequence: int
    at: datetime
    was: str | None
    now: str
    reason: str | None


def tell(connection: Connection, changes: Sequence[Change]) -> None:
    """Write the events of these changes, and the delivery of each where a portal has a webhook.

    The caller holds the applications' locks.
    """
    values = {
        "ids": [one.application_id for one in changes],
        "sequences": [one.sequence for one in changes],
        "times": [one.at for one in changes],
        "was": [one.was for one in changes],
        "now": [one.now for one in changes],
        "reasons": [as_portals_see(one.reason) for one in changes],
    }
    connection.execute(_TELL, values)
