"""Rounds: a decision that a campaign's new one would hide is decided again after it.

On any day the highest version whose `valid_from` is not after it holds. A new version from January
on therefore also hides an older one from March on (more hours, another child), which must be
decided again, from the same evidence, as the next version. So a member may go several rounds: from
the campaign's day first, then from each later day that was hidden, in order.

What is done is read from the decisions themselves: a process that dies has nothing to remember.
"""

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import Connection, Engine, text

from shared.protocol.campaigning.feeding import CHUNK, running
from shared.protocol.campaigning.moving import Campaign, Reopened, hold, reopen
from shared.states import Status

_HIDDEN = """
    SELECT DISTINCT ON (x.application_id) x.application_id, x.valid_from
    FROM decisions z
    JOIN decisions x ON x.application_id = z.application_id
     AND x.version < z.version AND x.valid_from > z.valid_from AND NOT x.proposed
     AND x.campaign_id IS DISTINCT FROM z.campaign_id
    WHERE z.campaign_id = :campaign AND NOT z.proposed
      AND NOT EXISTS (
          SELECT FROM decisions y
          WHERE y.application_id = x.application_id AND NOT y.proposed AND y.version > x.version
            AND CASE WHEN y.campaign_id = :campaign THEN y.valid_from = x.valid_from
                     ELSE y.valid_from <= x.valid_from END
      )
    ORDER BY x.application_id, x.valid_from
"""
_NEXT = text(f"""
    SELECT a.id, a.trace, a.journal_sequence, a.journal_head, hidden.valid_from
    FROM ({_HIDDEN}) hidden JOIN applications a ON a.id = hidden.application_id
    WHERE a.status = 'DECIDED' AND a.campaign_id = :campaign
    ORDER BY a.id LIMIT :most
    FOR UPDATE OF a SKIP LOCKED
""")  # noqa: S608 - constants
_FINISH = text(f"""
    UPDATE campaigns SET state = 'finished', finished_at = :at
    WHERE id = :campaign AND state = 'running'
      AND NOT EXISTS (
          SELECT FROM campaign_members m
          WHERE m.campaign_id = :campaign AND m.fed_at IS NULL AND m.left_out IS NULL
      )
      AND NOT EXISTS (
          SELECT FROM campaign_members m JOIN applications a ON a.id = m.application_id
          LEFT JOIN decisions before ON before.application_id = m.application_id
           AND before.version = m.before_version
          WHERE m.campaign_id = :campaign AND m.left_out IS NULL AND a.campaign_id = :campaign
            AND (a.status IN ('RECEIVED', 'VERIFIED', 'PARKED')
                 OR a.status IN ('PROPOSED', 'TO_REVIEW') AND EXISTS (
                     SELECT FROM decisions later WHERE later.application_id = a.id
                      AND later.valid_from > greatest(campaigns.effective_on, before.valid_from)
                      AND later.campaign_id IS DISTINCT FROM campaigns.id))
      )
      AND NOT EXISTS (
          SELECT FROM ({_HIDDEN}) hidden JOIN applications a ON a.id = hidden.application_id
          WHERE a.status = 'DECIDED' AND a.campaign_id = :campaign
      )
""")  # noqa: S608 - constants


def go_round(engine: Engine) -> int:
    """Feed the next round of each running campaign, and end those that are done; how many fed."""
    return sum(_go_round(engine, campaign) for campaign in running(engine))


def _go_round(engine: Engine, id_: UUID) -> int:
    with engine.begin() as connection:
        campaign = hold(connection, id_)
        if campaign is None:
            return 0
        fed = _feed_next(connection, campaign)
        if fed == 0:
            connection.execute(_FINISH, {"campaign": id_, "at": datetime.now(UTC)})
        return fed


def _feed_next(connection: Connection, campaign: Campaign) -> int:
    rows = connection.execute(_NEXT, {"campaign": campaign.id, "most": CHUNK}).all()
    reopen(connection, campaign, [Reopened(row, row.valid_from, Status.VERIFIED) for row in rows])
    return len(rows)
