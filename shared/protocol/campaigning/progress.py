"""Progress: where a campaign's members stand, and when the last may be through.

Everything is counted from the record at each look: nothing is kept beside it that could differ.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, text

from shared.campaigns import CampaignKind, CampaignState
from shared.protocol.headway import OVER, a_minute, until_done

_CAMPAIGNS = """
    SELECT c.id, c.code, c.kind, c.state, c.effective_on, c.drafts, c.total, c.started_at,
           c.started_by, c.finished_at, c.tariff_id, c.tariff_version,
           a.code AS authority, s.code AS scheme, s.profile
    FROM campaigns c JOIN authorities a ON a.id = c.authority_id
    LEFT JOIN schemes s ON s.id = c.scheme_id
"""
_ALL = text(f"{_CAMPAIGNS} ORDER BY c.started_at DESC, c.code LIMIT :most")
_ONE = text(f"{_CAMPAIGNS} WHERE c.code = :code")
_BY_ID = text(f"{_CAMPAIGNS} WHERE c.id = :id")
_STANDINGS = text("""
    SELECT stands, detail, count(*) AS members FROM (
        SELECT CASE
                 WHEN m.left_out IS NOT NULL THEN 'left_out'
                 WHEN m.fed_at IS NULL THEN 'waiting'
                 WHEN a.campaign_id = m.campaign_id AND a.status IN ('RECEIVED', 'VERIFIED')
                     THEN 'under_way'
                 WHEN a.campaign_id = m.campaign_id AND a.status = 'PROPOSED' THEN 'proposed'
                 WHEN a.campaign_id = m.campaign_id AND a.status = 'TO_REVIEW' THEN 'to_review'
                 WHEN a.campaign_id = m.campaign_id AND a.status = 'PARKED' THEN 'parked'
                 WHEN a.campaign_id = m.campaign_id AND a.status = 'QUARANTINED'
                     THEN 'quarantined'
                 WHEN d.version IS NOT NULL THEN 'changed'
                 WHEN a.campaign_id = m.campaign_id AND a.status = 'DECIDED' THEN 'same'
                 ELSE 'settled_otherwise'
               END AS stands,
               CASE WHEN m.left_out IS NOT NULL THEN m.left_out
                    WHEN m.fed_at IS NOT NULL AND a.campaign_id = m.campaign_id
                     AND a.status IN ('TO_REVIEW', 'PARKED') THEN a.reason END AS detail
        FROM campaign_members m
        JOIN applications a ON a.id = m.application_id
        LEFT JOIN LATERAL (
            SELECT version FROM decisions
            WHERE application_id = m.application_id AND campaign_id = m.campaign_id AND NOT proposed
            ORDER BY version LIMIT 1
        ) d ON true
        WHERE m.campaign_id = :campaign
    ) members
    GROUP BY stands, detail
""")
_PACE = text("""
    SELECT count(*) AS through, now() - greatest(min(m.fed_at), now() - :over) AS took
    FROM campaign_members m JOIN applications a ON a.id = m.application_id
    WHERE m.campaign_id = :campaign AND a.campaign_id = m.campaign_id AND m.fed_at IS NOT NULL
      AND a.status NOT IN ('RECEIVED', 'VERIFIED') AND a.moved_at > now() - :over
""")
_NEXT_WAKE = text("""
    SELECT min(a.due_at) FROM campaign_members m JOIN applications a ON a.id = m.application_id
    WHERE m.campaign_id = :campaign AND a.campaign_id = m.campaign_id AND a.status = 'PARKED'
""")


@dataclass(frozen=True, slots=True)
class CampaignTold:
    """A campaign as it was started, by its codes."""

    id: UUID
    code: str
    authority: str
    scheme: str | None
    profile: str | None
    kind: CampaignKind
    state: CampaignState
    effective_on: date | None
    tariff: tuple[str, str] | None
    drafts: bool
    total: int
    started_at: datetime
    started_by: str
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class Progress:
    """How many members stand where; `left` is None when no pace was seen yet.

    `changed` have a new decision in force, `same` keep theirs, for nothing differs; `proposed` wait
    for a person's yes; `to_review` and `parked` by reason, `left_out` by why. `settled_otherwise`
    were ended, or opened again since, by others.
    """

    waiting: int = 0
    under_way: int = 0
    changed: int = 0
    same: int = 0
    proposed: int = 0
    quarantined: int = 0
    settled_otherwise: int = 0
    to_review: Mapping[str, int] = field(default_factory=dict)
    parked: Mapping[str, int] = field(default_factory=dict)
    left_out: Mapping[str, int] = field(default_factory=dict)
    next_wake: datetime | None = None
    a_minute: float | None = None  # members through, as seen in the last ten minutes
    left: timedelta | None = None

    @property
    def members(self) -> int:
        """Those who are to be priced again."""
        return self.waiting + self.fed

    @property
    def fed(self) -> int:
        parked, to_review = sum(self.parked.values()), sum(self.to_review.values())
        return self.under_way + self.back + self.proposed + parked + to_review + self.quarantined

    @property
    def back(self) -> int:
        """Those who are through: a decision is in force, or they have been ended."""
        return self.changed + self.same + self.settled_otherwise


def find(connection: Connection, code: str) -> CampaignTold | None:
    """One campaign; None when there is none of this code."""
    row = connection.execute(_ONE, {"code": code}).one_or_none()
    return None if row is None else _told(row)


def by_id(connection: Connection, campaign: UUID) -> CampaignTold | None:
    """Idem, by its id."""
    row = connection.execute(_BY_ID, {"id": campaign}).one_or_none()
    return None if row is None else _told(row)


def latest(connection: Connection, most: int) -> list[CampaignTold]:
    """The last campaigns, the newest first."""
    return [_told(row) for row in connection.execute(_ALL, {"most": most})]


def progress_of(connection: Connection, campaign: UUID) -> Progress:
    """Where its members stand right now."""
    rows = connection.execute(_STANDINGS, {"campaign": campaign}).all()
    pace = _a_minute(connection, campaign)
    still = _count(rows, "waiting") + _count(rows, "under_way")
    return Progress(
        waiting=_count(rows, "waiting"),
        under_way=_count(rows, "under_way"),
        changed=_count(rows, "changed"),
        same=_count(rows, "same"),
        proposed=_count(rows, "proposed"),
        quarantined=_count(rows, "quarantined"),
        settled_otherwise=_count(rows, "settled_otherwise"),
        to_review=_details(rows, "to_review"),
        parked=_details(rows, "parked"),
        left_out=_details(rows, "left_out"),
        next_wake=connection.execute(_NEXT_WAKE, {"campaign": campaign}).scalar(),
        a_minute=pace,
        left=until_done(still, pace),
    )


def _count(rows: Sequence[Row[Any]], stands: str) -> int:
    return sum(row.members for row in rows if row.stands == stands)


def _details(rows: Sequence[Row[Any]], stands: str) -> dict[str, int]:
    return {row.detail or "": row.members for row in rows if row.stands == stands}


def _a_minute(connection: Connection, campaign: UUID) -> float | None:
    row = connection.execute(_PACE, {"campaign": campaign, "over": OVER}).one()
    return a_minute(row.through, row.took)


def _told(row: Row[Any]) -> CampaignTold:
    return CampaignTold(
        id=row.id,
        code=row.code,
        authority=row.authority,
        scheme=row.scheme,
        profile=row.profile,
        kind=CampaignKind(row.kind),
        state=CampaignState(row.state),
        effective_on=row.effective_on,
        tariff=None if row.tariff_id is None else (row.tariff_id, row.tariff_version),
        drafts=row.drafts,
        total=row.total,
        started_at=row.started_at,
        started_by=row.started_by,
        finished_at=row.finished_at,
    )
