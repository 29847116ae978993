"""Ending: a campaign has finished when nothing is left for a machine to do.

Nobody waits to be fed, nothing is due or parked; what waits for a person is still told by it. It is
read from the record at each look: a process that dies has nothing to remember.
"""

from datetime import UTC, datetime

from sqlalchemy import Engine, text

from shared.crash_points import Point
from shared.protocol.campaigning.feeding import running
from shared.store.committing import committing

_FINISH = text("""
    UPDATE campaigns SET state = 'finished', finished_at = :at
    WHERE id = :campaign AND state = 'running'
      AND NOT EXISTS (
          SELECT FROM campaign_members m
          WHERE m.campaign_id = :campaign AND m.fed_at IS NULL AND m.left_out IS NULL
      )
      AND NOT EXISTS (
          SELECT FROM campaign_members m JOIN applications a ON a.id = m.application_id
          WHERE m.campaign_id = :campaign AND m.left_out IS NULL AND a.campaign_id = :campaign
            AND a.status IN ('RECEIVED', 'VERIFIED', 'PARKED')
      )
""")


def finish(engine: Engine) -> int:
    """End the campaigns that are done; how many."""
    at = datetime.now(UTC)
    ended = 0
    for campaign in running(engine):
        with committing(engine, Point.ENDING, Point.ENDED) as connection:
            ended += connection.execute(_FINISH, {"campaign": campaign, "at": at}).rowcount
    return ended
