"""Resting: how many applications are decided, closed or withdrawn, counted once a minute.

That is nearly all of a record, and hardly ever changes: they are counted by an index of these
alone, for each authority, up to a moment that is `SETTLED` ago, so that nothing which was saved
before that moment is still on its way. Who looks adds those that came to rest since, and counts
what is on its way as it stands (`shared.watching.standing`).
"""

from datetime import timedelta

from sqlalchemy import Connection, text

from shared.store.operating import AT_REST, IS_AT_REST

SETTLED = timedelta(seconds=10)  # above the longest save
_FORGET = text("DELETE FROM at_rest")
_COUNT = text(f"""
    INSERT INTO at_rest (authority_id, status, reason, count, until)
    SELECT authority_id, status, reason, sum(count), now() - CAST(:settled AS interval)
    FROM (
        SELECT id AS authority_id, status, '' AS reason, 0 AS count
        FROM authorities, unnest(CAST(:at_rest AS text[])) AS status
        UNION ALL
        SELECT authority_id, status, coalesce(reason, ''), count(*) FROM applications
        WHERE {IS_AT_REST} GROUP BY authority_id, status, reason
        UNION ALL
        SELECT authority_id, status, coalesce(reason, ''), -count(*) FROM applications
        WHERE {IS_AT_REST} AND moved_at > now() - CAST(:settled AS interval)
        GROUP BY authority_id, status, reason
    ) one GROUP BY authority_id, status, reason
""")  # noqa: S608  # a condition of our own


def count(connection: Connection) -> None:
    """Count them anew, in place of what was counted a minute ago.

    Each authority has a row for each of these states, be it of none: so whoever reaches it alone
    sees up to when was counted.
    """
    connection.execute(_FORGET)
    connection.execute(_COUNT, {"settled": SETTLED, "at_rest": list(AT_REST)})
