"""The feed: a portal's events, page by page, in an order in which none can be passed over.

Events are in the order of (transaction, position), and only those before the oldest transaction
that is still open are shown: whatever commits later is after them. A cursor is the place of the
last event that was shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self
from uuid import UUID

from sqlalchemy import Connection, text

from shared.webhooks.event import Event

MOST = 500
_BOUND = 2**63
_PAGE = text("""
    SELECT e.id, p.code AS portal, a.reference, e.sequence, e.at, e.state, e.reason,
           e.decision_version, e.transaction, e.position
    FROM events e
    JOIN portals p ON p.id = e.portal_id
    JOIN applications a ON a.id = e.application_id
    WHERE e.portal_id = :portal
      AND (e.transaction, e.position) > (CAST(:transaction AS bigint), CAST(:position AS bigint))
      AND e.transaction < (SELECT base FROM event_clock)
          + CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS text) AS bigint)
    ORDER BY e.transaction, e.position
    LIMIT :most
""")


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in the feed: after this event of this transaction."""

    transaction: int
    position: int

    @classmethod
    def read(cls, typed: str) -> Self:
        """Read a cursor as it was given out.

        Raises:
            ValueError: it was not given out by a feed.
        """
        first, dash, second = typed.partition("-")
        if not (dash and all(_whole(part) for part in (first, second))):
            raise ValueError("no cursor of a feed")
        cursor = cls(int(first), int(second))
        if max(cursor.transaction, cursor.position) >= _BOUND:
            raise ValueError("no cursor of a feed")
        return cursor

    def __str__(self) -> str:
        return f"{self.transaction}-{self.position}"


START = Cursor(0, 0)


@dataclass(frozen=True, slots=True)
class Page:
    """Some events, the place after the last of them, and whether more are there already."""

    events: Sequence[Event]
    after: Cursor
    more: bool


def read(connection: Connection, portal: UUID, after: Cursor, *, most: int) -> Page:
    """The first events after a place, at most so many."""
    values = {"portal": portal, "transaction": after.transaction, "position": after.position}
    rows = connection.execute(_PAGE, {**values, "most": most + 1}).all()
    shown = rows[:most]
    last = Cursor(shown[-1].transaction, shown[-1].position) if shown else after
    return Page([Event.of(row) for row in shown], last, more=len(rows) > most)


def _whole(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= len(str(_BOUND))
