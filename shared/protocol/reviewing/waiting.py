"""Waiting: what waits for a person, told without opening anything: no personal data is read.

Pages follow one another by reception, the oldest first; a page ends where the next one begins.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, text

from shared.legal_clock import Clock
from shared.protocol.reviewing.clocks import Received, clocks_of
from shared.scheme_rules import silence_of
from shared.states import Reason, Status

MOST = 500  # of one page
_MOST_READS = 100  # of so many rows each
_Cursor = tuple[datetime, UUID]
WAITING = (Status.PROPOSED, Status.TO_REVIEW)
_LIST = text("""
    SELECT a.id, a.reference, a.status, a.reason, a.received_at, a.moved_at, a.campaign_id,
           authority.code AS authority, s.code AS scheme, s.rules, EXISTS (
               SELECT FROM decisions d WHERE d.application_id = a.id AND NOT d.proposed
           ) AS decided
    FROM applications a
    JOIN authorities authority ON authority.id = a.authority_id
    JOIN schemes s ON s.id = a.scheme_id
    LEFT JOIN campaigns c ON c.id = a.campaign_id
    WHERE a.status = ANY(:states)
      AND (CAST(:authority AS text) IS NULL OR authority.code = :authority)
      AND (CAST(:scheme AS text) IS NULL OR s.code = :scheme)
      AND (CAST(:reason AS text) IS NULL OR a.reason = :reason)
      AND (CAST(:campaign AS text) IS NULL OR c.code = :campaign)
      AND (CAST(:moved_before AS timestamptz) IS NULL OR a.moved_at < :moved_before)
      AND (CAST(:received_at AS timestamptz) IS NULL OR (a.received_at, a.id) > (:received_at, :id))
    ORDER BY a.received_at, a.id
    LIMIT :most
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which ones: by code of authority, scheme and campaign, by reason, state and age.

    `moved_before` (UTC) is when they had been waiting since at the latest; `clock_within` keeps
    those whose silence means something in so many days at most, or already does.
    """

    authority: str | None = None
    scheme: str | None = None
    reason: Reason | None = None
    state: Status | None = None
    campaign: str | None = None
    moved_before: datetime | None = None
    clock_within: int | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """One application that waits for a person; `clock` is None where none runs."""

    id: UUID
    reference: str
    state: Status
    reason: Reason | None
    authority: str
    scheme: str
    received_at: datetime
    moved_at: datetime
    clock: Clock | None


@dataclass(frozen=True, slots=True)
class Page:
    """What waits, and where the next page begins, if there is one."""

    waiting: tuple[Waiting, ...]
    after: _Cursor | None


def page(
    connection: Connection,
    wanted: Filter,
    today: date,
    *,
    after: _Cursor | None = None,
    most: int = MOST,
) -> Page:
    """One page of what waits on a day (in Paris), `most` at most.

    Where clocks leave most out, it stops after so many rows that it read: another page follows.
    """
    most = min(most, MOST)
    found: list[Waiting] = []
    for _ in range(_MOST_READS):
        some, after = _read(connection, wanted, today, after)
        for place, one in enumerate(some):
            found.append(one)
            if len(found) == most:
                more = after is not None or place + 1 < len(some)
                return Page(tuple(found), (one.received_at, one.id) if more else None)
        if after is None:
            break
    return Page(tuple(found), after)


def _read(
    connection: Connection, wanted: Filter, today: date, after: _Cursor | None
) -> tuple[list[Waiting], _Cursor | None]:
    """The next rows, without those that the clocks leave out, and where to go on."""
    rows = connection.execute(_LIST, _values(wanted, after, MOST)).all()
    received = {r.id: Received(r.received_at, silence_of(r.rules)) for r in rows if not r.decided}
    clocks = clocks_of(connection, received, today)
    found = [_waiting(row, clocks.get(row.id)) for row in rows]
    within = wanted.clock_within
    kept = [one for one in found if within is None or _nears(one.clock, today, within)]
    return kept, (rows[-1].received_at, rows[-1].id) if len(rows) == MOST else None


def _values(wanted: Filter, after: _Cursor | None, most: int) -> dict[str, Any]:
    received_at, id_ = after or (None, None)
    return {
        "states": [wanted.state] if wanted.state else list(WAITING),
        "authority": wanted.authority,
        "scheme": wanted.scheme,
        "reason": wanted.reason,
        "campaign": wanted.campaign,
        "moved_before": wanted.moved_before,
        "received_at": received_at,
        "id": id_,
        "most": most,
    }


def _nears(clock: Clock | None, today: date, days: int) -> bool:
    return clock is not None and clock.on is not None and clock.on <= today + timedelta(days=days)


def _waiting(row: Row[Any], clock: Clock | None) -> Waiting:
    reason = Reason(row.reason) if row.reason in set(Reason) else None
    return Waiting(
        id=row.id,
        reference=row.reference,
        state=Status(row.status),
        reason=reason,
        authority=row.authority,
        scheme=row.scheme,
        received_at=row.received_at,
        moved_at=row.moved_at,
        clock=clock,
    )


def every(connection: Connection, wanted: Filter, today: date, *, most: int) -> Sequence[Waiting]:
    """What waits, page after page, `most` of them at most."""
    found: list[Waiting] = []
    after: _Cursor | None = None
    while len(found) < most:
        one = page(connection, wanted, today, after=after)
        found += one.waiting
        after = one.after
        if after is None:
            break
    return found[:most]
