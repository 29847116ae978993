"""Feeding: a campaign's members go to the queues a few at a time, each once.

Any number of schedulers feed, and none leads: whoever holds the campaign's row feeds it, the others
pass on. A chunk is one transaction (the member is marked as fed, its application moves, its journal
line is written), so that a process which dies has fed a whole chunk or nothing. Only a window of
applications is under way in an authority's bulk lane: what people wait for never queues behind a
campaign, and a pause or a cancellation has little left to wait for.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, Row, text

from shared.campaigns import CampaignKind, LeftOut
from shared.crash_points import Point
from shared.protocol.campaigning.moving import Campaign, Reopened, hold, ids_of, reopen
from shared.renewals import known_from
from shared.states import Reason, Status
from shared.store.committing import committing

WINDOW = 512  # applications under way in the bulk lane of an authority, beyond which none is fed
CHUNK = 128  # the most that one transaction feeds
_RUNNING = text("SELECT id FROM campaigns WHERE state = 'running' ORDER BY started_at, id")
_UNDER_WAY = text("""
    SELECT count(*) FROM (
        (SELECT FROM unnest(ARRAY['RECEIVED', 'VERIFIED']) AS due(status)
         CROSS JOIN LATERAL (
            SELECT FROM applications a
            WHERE a.status = due.status AND a.lane = 'bulk' AND a.authority_id = :authority
              AND a.claim IS NULL AND a.due_at IS NOT NULL
            LIMIT :window
         ) free)
        UNION ALL
        (SELECT FROM applications a
         WHERE a.claim IS NOT NULL AND a.lane = 'bulk' AND a.authority_id = :authority
         LIMIT :window)
    ) under_way
""")
_WAITING = text("""
    SELECT a.id, a.status, a.trace, a.journal_sequence, a.journal_head, d.valid_from,
           EXISTS (SELECT FROM application_keys k WHERE k.application_id = a.id) AS has_key,
           EXISTS (SELECT FROM journal j WHERE j.application_id = a.id AND j.reason = :documents)
               AS by_documents
    FROM campaign_members m
    JOIN applications a ON a.id = m.application_id
    JOIN decisions d ON d.application_id = m.application_id AND d.version = m.before_version
    WHERE m.campaign_id = :campaign AND m.fed_at IS NULL AND m.left_out IS NULL
    ORDER BY m.application_id LIMIT :most
    FOR NO KEY UPDATE OF a SKIP LOCKED
""")
_FED = text("""
    UPDATE campaign_members SET fed_at = now()
    WHERE campaign_id = :campaign AND application_id = ANY(:ids)
""")
_LEFT_OUT = text("""
    UPDATE campaign_members SET left_out = :why
    WHERE campaign_id = :campaign AND application_id = :id
""")
_ENDS = {Status.WITHDRAWN: LeftOut.WITHDRAWN, Status.CLOSED: LeftOut.CLOSED}


@dataclass(frozen=True, slots=True)
class Fed:
    """What a look at the campaigns came to."""

    fed: int = 0
    left_out: int = 0

    def __add__(self, other: "Fed") -> "Fed":
        return Fed(self.fed + other.fed, self.left_out + other.left_out)


def running(engine: Engine) -> list[UUID]:
    """The campaigns that run, the oldest first."""
    with engine.connect() as connection:
        return list(connection.execute(_RUNNING).scalars())


def feed(engine: Engine, *, window: int = WINDOW) -> Fed:
    """Feed each running campaign, as far as its authority's bulk lane has room."""
    return sum((_feed_one(engine, campaign, window) for campaign in running(engine)), start=Fed())


def _feed_one(engine: Engine, id_: UUID, window: int) -> Fed:
    with committing(engine, Point.FEEDING, Point.FED) as connection:
        campaign = hold(connection, id_)
        if campaign is None or not _in_season(campaign, datetime.now(UTC)):
            return Fed()
        most = min(CHUNK, window - _under_way(connection, campaign, window))
        return _feed_chunk(connection, campaign, most) if most > 0 else Fed()


def _in_season(campaign: Campaign, now: datetime) -> bool:
    """Whether the State can know by now what is asked of it."""
    if campaign.kind is not CampaignKind.REPRICING or campaign.effective_on is None:
        return True
    since = known_from(campaign.profile or "", campaign.effective_on)
    return since is None or since <= now


def _under_way(connection: Connection, campaign: Campaign, window: int) -> int:
    values = {"authority": campaign.authority, "window": window}
    count: int = connection.execute(_UNDER_WAY, values).scalar_one()
    return count


def _feed_chunk(connection: Connection, campaign: Campaign, most: int) -> Fed:
    values = {"campaign": campaign.id, "most": most, "documents": Reason.DOCUMENTS_CHOSEN}
    rows = connection.execute(_WAITING, values).all()
    verdicts = [_verdict(campaign, row) for row in rows]
    fed = [one for one in verdicts if isinstance(one, Reopened)]
    left_out = [pair for pair in verdicts if not isinstance(pair, Reopened)]
    reopen(connection, campaign, fed)
    connection.execute(_FED, {"campaign": campaign.id, "ids": ids_of(fed)})
    _leave_out(connection, campaign, left_out)
    return Fed(len(fed), len(left_out))


def _verdict(campaign: Campaign, row: Row[Any]) -> Reopened | tuple[UUID, LeftOut]:
    """What becomes of a member whose turn has come."""
    status = Status(row.status)
    if status is not Status.DECIDED:
        return row.id, _ENDS.get(status, LeftOut.IN_HAND)
    if not row.has_key:
        return row.id, LeftOut.ERASED
    effective_on = max(campaign.effective_on or row.valid_from, row.valid_from)
    if campaign.kind is not CampaignKind.REPRICING:
        return Reopened(row, effective_on, Status.VERIFIED)
    if row.by_documents:  # the family chose that the State is not asked
        return Reopened(row, effective_on, Status.TO_REVIEW, Reason.DOCUMENTS_CHOSEN)
    return Reopened(row, effective_on, Status.RECEIVED)


def _leave_out(
    connection: Connection, campaign: Campaign, members: Sequence[tuple[UUID, LeftOut]]
) -> None:
    if members:
        values = [{"campaign": campaign.id, "id": id_, "why": why} for id_, why in members]
        connection.execute(_LEFT_OUT, values)
