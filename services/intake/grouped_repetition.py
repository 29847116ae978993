"""Repetition, for many requests at once: what a key was answered with, and who is there already."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, text

from services.intake.portals import Portal
from services.intake.receipts import Receipt

_RECALL = text("""
    SELECT i.key, i.body_mac, a.reference, a.received_at, j.now AS state,
           r.ground AS silence
    FROM idempotency i JOIN applications a ON a.id = i.application_id
    JOIN journal j ON j.application_id = a.id AND j.sequence = 1
    LEFT JOIN reviews r
           ON r.application_id = a.id AND r.act = 'acknowledged' AND j.now <> 'ESTIMATED'
    WHERE i.portal_id = :portal AND i.key = ANY(:keys)
""")
_FIND_SAME = text("""
    SELECT a.same_application, a.id, a.reference, a.received_at, j.now AS state,
           r.ground AS silence
    FROM applications a JOIN journal j ON j.application_id = a.id AND j.sequence = 1
    LEFT JOIN reviews r
           ON r.application_id = a.id AND r.act = 'acknowledged' AND j.now <> 'ESTIMATED'
    WHERE a.same_application = ANY(:same) AND a.status NOT IN ('WITHDRAWN', 'CLOSED')
""")


@dataclass(frozen=True, slots=True, repr=False)
class Recalled:
    """What a key was answered with, and the keyed hash of the content that came with it."""

    body_mac: bytes
    receipt: Receipt


def recall_all(
    connection: Connection, portal: Portal, keys: Collection[str]
) -> dict[str, Recalled]:
    """What these keys of a portal were answered with; those never used are left out.

    A row that is known is never the first, whoever was when its key was new.
    """
    if not keys:
        return {}
    rows = connection.execute(_RECALL, {"portal": portal.id, "keys": list(keys)})
    return {row.key: Recalled(row.body_mac, Receipt.again(row, replayed=True)) for row in rows}


def find_all_same(
    connection: Connection, same: Collection[bytes]
) -> dict[bytes, tuple[UUID, Receipt]]:
    """The applications that are there already, by blind index: their ids and receipts."""
    if not same:
        return {}
    rows = connection.execute(_FIND_SAME, {"same": sorted(same)})
    return {row.same_application: (row.id, Receipt.again(row)) for row in rows}
