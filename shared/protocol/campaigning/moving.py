"""Moving: members of a campaign go back to the queues, in the bulk lane, and lose no decision.

The caller holds the campaign's row, then the applications' in id order.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, text

from shared.campaigns import CampaignKind
from shared.protocol import journal
from shared.protocol.waking import KNOWN_BY_ALL
from shared.states import MOVES, STEP_OF, Lane, Reason, Status

_TURN = text("""
    SELECT c.id, c.code, c.authority_id, c.kind, c.effective_on, s.profile
    FROM campaigns c LEFT JOIN schemes s ON s.id = c.scheme_id
    WHERE c.id = :id AND c.state = 'running'
      AND NOT EXISTS (SELECT FROM tariffs WHERE published_at > now() - :known_by_all)
    FOR UPDATE OF c SKIP LOCKED
""")
_MOVE = text("""
    UPDATE applications
    SET status = :now, reason = :reason, moved_at = :at, due_at = :due_at, lane = :lane,
        effective_on = :effective_on, campaign_id = :campaign,
        last_date = NULL, rung_at = NULL, starts = 0, attempts = 0,
        claim = NULL, claimed_by = NULL, claimed_at = NULL,
        journal_sequence = :sequence, journal_head = :head
    WHERE id = :id
""")


@dataclass(frozen=True, slots=True)
class Campaign:
    """A running campaign whose row this transaction holds."""

    id: UUID
    code: str
    authority: UUID
    kind: CampaignKind
    effective_on: date | None
    profile: str | None


@dataclass(frozen=True, slots=True)
class Reopened:
    """An application that is decided, and what opens it again; `row` has its journal's head."""

    row: Row[Any]
    effective_on: date
    now: Status
    reason: Reason | None = None


def hold(connection: Connection, id_: UUID) -> Campaign | None:
    """The campaign, held until the end of the transaction; None when another has it.

    Nor is it held while a tariff worker may not know yet what was just published.
    """
    row = connection.execute(_TURN, {"id": id_, "known_by_all": KNOWN_BY_ALL}).one_or_none()
    if row is None:
        return None
    kind = CampaignKind(row.kind)
    return Campaign(row.id, row.code, row.authority_id, kind, row.effective_on, row.profile)


def reopen(connection: Connection, campaign: Campaign, members: Sequence[Reopened]) -> None:
    """Move decided applications on, each with its journal line, in this transaction.

    Raises:
        ValueError: for a move that is none of the protocol's.
    """
    if not members:
        return
    at = datetime.now(UTC)
    lines = [_line(campaign, one, at) for one in members]
    moved = [_moved(campaign, *pair, at) for pair in zip(members, lines, strict=True)]
    connection.execute(_MOVE, moved)
    journal.write(connection, lines)


def ids_of(members: Iterable[Reopened]) -> list[UUID]:
    """Their applications."""
    return [one.row.id for one in members]


def _line(campaign: Campaign, one: Reopened, at: datetime) -> journal.Chained:
    if (Status.DECIDED, one.now) not in MOVES:
        raise ValueError(f"no move goes from {Status.DECIDED} to {one.now}")
    line = journal.Line(
        application_id=one.row.id,
        at=at,
        actor=f"campaign:{campaign.code}",
        was=Status.DECIDED,
        now=one.now,
        reason=one.reason,
        trace=one.row.trace,
    )
    return journal.chain(line, journal.Head(one.row.journal_sequence, one.row.journal_head))


def _moved(
    campaign: Campaign, one: Reopened, chained: journal.Chained, at: datetime
) -> dict[str, Any]:
    return {
        "id": one.row.id,
        "now": one.now,
        "reason": one.reason,
        "at": at,
        "due_at": at if one.now in STEP_OF else None,
        "lane": Lane.BULK,
        "effective_on": one.effective_on,
        "campaign": campaign.id,
        "sequence": chained.head.sequence,
        "head": chained.head.hash,
    }
