"""Steering: a person pauses, resumes or cancels a campaign, at once and for every scheduler.

Each waits for the chunk that is being fed, if one is: when it is said, nothing more is fed.
"""

from uuid import UUID

from sqlalchemy import Connection, text

from shared.campaigns import CampaignState, LeftOut

_STEER = text("""
    UPDATE campaigns SET state = :now,
           finished_at = CASE WHEN :now = 'cancelled' THEN now() END
    WHERE id = :id AND state = ANY(:was)
""")
_NEVER_FED = text("""
    UPDATE campaign_members SET left_out = :why
    WHERE campaign_id = :id AND fed_at IS NULL AND left_out IS NULL
""")


def pause(connection: Connection, campaign: UUID) -> bool:
    """Feed nobody more; False when it does not run."""
    return _steer(connection, campaign, CampaignState.PAUSED, CampaignState.RUNNING)


def resume(connection: Connection, campaign: UUID) -> bool:
    """Feed again; False when it is not paused."""
    return _steer(connection, campaign, CampaignState.RUNNING, CampaignState.PAUSED)


def cancel(connection: Connection, campaign: UUID) -> bool:
    """Leave out who was not fed yet; False when it has ended already.

    What was fed goes to its end: half a re-pricing is nothing that one could go back to.
    """
    going = (CampaignState.RUNNING, CampaignState.PAUSED)
    if not _steer(connection, campaign, CampaignState.CANCELLED, *going):
        return False
    connection.execute(_NEVER_FED, {"id": campaign, "why": LeftOut.CANCELLED})
    return True


def _steer(connection: Connection, campaign: UUID, now: CampaignState, *was: CampaignState) -> bool:
    return connection.execute(_STEER, {"id": campaign, "now": now, "was": list(was)}).rowcount == 1
