"""Standing: how many applications stand in each state, and why, without a look at all of them.

What is on its way is counted as it stands, by an index of these alone. What is decided, closed or
withdrawn was counted by a scheduler in the last minute (`shared.protocol.resting`), and what came
to rest since is added. One that was at rest, and began again or was erased, is still counted there
until the next minute. Where nobody has counted yet, everything is.
"""

from sqlalchemy import Connection, text

from shared.states import Status
from shared.store.operating import IS_AT_REST
from shared.watching.figures import Standing

UNTIL = text("SELECT CAST(coalesce(max(until), '-infinity') AS text) FROM at_rest")
STANDINGS = text(f"""
    SELECT status, reason, CAST(sum(count) AS bigint) AS count FROM (
        SELECT status, reason, count(*) AS count FROM applications
        WHERE NOT ({IS_AT_REST}) GROUP BY status, reason
        UNION ALL
        SELECT status, NULLIF(reason, ''), count FROM at_rest
        UNION ALL
        SELECT status, reason, count(*) FROM applications
        WHERE {IS_AT_REST} AND moved_at > CAST(:until AS timestamptz)
        GROUP BY status, reason
    ) one GROUP BY status, reason HAVING sum(count) > 0
    ORDER BY array_position(CAST(:all_statuses AS text[]), status), count DESC, reason
""")  # noqa: S608  # a condition of our own


def standings(connection: Connection) -> tuple[Standing, ...]:
    """Each state with each reason in which at least one stands, in the order of the path.

    The moment is handed to PostgreSQL as text, so that it sees how few came to rest since.
    """
    until = connection.execute(UNTIL).scalar_one()
    rows = connection.execute(STANDINGS, {"all_statuses": list(Status), "until": until})
    return tuple(Standing(*row) for row in rows)
