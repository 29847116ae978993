"""The desk of campaigns: one is found by its code, and steered with a line in the journal."""

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import Connection

from services.command.campaign.starting import journal
from services.command.records.desk import Desk, give_up
from shared.campaigns import CampaignKind, CampaignState
from shared.protocol.campaigning.progress import CampaignTold, find
from shared.renewals import known_from
from shared.watching.words import campaign_words

_MISSING = 1


def found(connection: Connection, code: str) -> CampaignTold:
    """One campaign, or the end of the command."""
    told = find(connection, code)
    if told is None:
        give_up(
            f"Campagne « {code} » introuvable : voyez « berceau campaign list ».", code=_MISSING
        )
    return told


def steer(
    desk: Desk, code: str, act: Callable[[Connection, UUID], bool], now: CampaignState
) -> None:
    """Pause, resume or cancel, with a line in the journal; the end of the command if it cannot."""
    told = found(desk.connection, code)
    if not act(desk.connection, told.id):
        give_up(f"La campagne « {code} » est {campaign_words(told.state)} : rien à faire.")
    journal(desk, code, {"state": [told.state, now]})


def opens_at(told: CampaignTold) -> datetime | None:
    """When the State can know what is asked of it; None when it can already."""
    if told.kind is not CampaignKind.REPRICING or told.effective_on is None:
        return None
    since = known_from(told.profile or "", told.effective_on)
    return None if since is None or since <= datetime.now(UTC) else since
