"""Sampling: the figures of each queue, written once a minute whatever the number of schedulers.

An hour is kept by minute, a day by ten minutes: a few hundred rows for each queue, whatever the
load. Whoever draws a curve reads these rows, and asks the work itself for nothing.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import Engine, text

from shared.protocol import resting
from shared.states import DUE_STATUS, Lane, Step

TARGETS: Mapping[Lane, timedelta] = {Lane.NOW: timedelta(minutes=15), Lane.BULK: timedelta(days=1)}
"""From received to decided, what each lane is expected to keep: those who wait behind a screen are
late after a quarter of an hour, and intake promises a day."""
ALL = "all"  # the series of every queue together
COARSE_MINUTES = 10
HOUR, DAY = timedelta(hours=1, minutes=5), timedelta(days=1, minutes=15)
_MOST_COUNTED = 100_000
_SAMPLE = 5_000  # decisions of the last hour whose time is looked at
_ONLY_ONE = text("SELECT pg_try_advisory_xact_lock(hashtextextended('berceau.samples', 0))")
_THERE = text("SELECT EXISTS (SELECT FROM samples WHERE at = date_trunc('minute', now()))")
_QUEUES = text("""
    INSERT INTO samples (at, queue, due, held, oldest_s, through)
    SELECT date_trunc('minute', now()), queue.name, free.due, busy.held, first.oldest_s,
           coalesce(gone.through, 0)
    FROM unnest(CAST(:names AS text[]), CAST(:statuses AS text[]), CAST(:lanes AS text[]))
         AS queue(name, status, lane)
    CROSS JOIN LATERAL (
        SELECT count(*) AS due FROM (
            SELECT FROM applications a
            WHERE a.status = queue.status AND a.lane = queue.lane AND a.claim IS NULL
              AND a.due_at IS NOT NULL AND a.due_at <= now() LIMIT :most
        ) counted
    ) free
    CROSS JOIN LATERAL (
        SELECT count(*) AS held FROM applications a
        WHERE a.claim IS NOT NULL AND a.status = queue.status AND a.lane = queue.lane
    ) busy
    CROSS JOIN LATERAL (
        SELECT extract(epoch FROM now() - min(one.due_at)) AS oldest_s
        FROM authorities t CROSS JOIN LATERAL (
            SELECT a.due_at FROM applications a
            WHERE a.status = queue.status AND a.lane = queue.lane AND a.authority_id = t.id
              AND a.claim IS NULL AND a.due_at IS NOT NULL AND a.due_at <= now()
            ORDER BY a.due_at LIMIT 1
        ) one
    ) first
    LEFT JOIN (
        SELECT j.was, a.lane, count(*) AS through
        FROM (
            SELECT application_id, was FROM journal
            WHERE at >= date_trunc('minute', now()) - interval '1 minute'
              AND at < date_trunc('minute', now())
              AND was IN ('RECEIVED', 'VERIFIED') AND now <> was LIMIT :most
        ) j JOIN applications a ON a.id = j.application_id
        GROUP BY j.was, a.lane
    ) gone ON gone.was = queue.status AND gone.lane = queue.lane
    ON CONFLICT DO NOTHING
""")
_ALL = text("""
    WITH hour AS (
        SELECT moved_at,
               CASE WHEN sealed_estimate IS NULL THEN moved_at - received_at END AS took,
               CASE lane WHEN 'now' THEN CAST(:now_within AS interval)
                         ELSE CAST(:bulk_within AS interval) END AS target
        FROM applications WHERE status = 'DECIDED' AND moved_at > now() - interval '1 hour'
        ORDER BY moved_at DESC LIMIT :most
    ), last AS (SELECT took, target FROM hour WHERE took IS NOT NULL LIMIT :sample)
    INSERT INTO samples (at, queue, due, held, oldest_s, through, half_s, most_s, within)
    SELECT date_trunc('minute', now()), 'all', coalesce(sum(s.due), 0), coalesce(sum(s.held), 0),
           max(s.oldest_s),
           (SELECT count(*) FROM hour
            WHERE moved_at >= date_trunc('minute', now()) - interval '1 minute'
              AND moved_at < date_trunc('minute', now())),
           (SELECT extract(epoch FROM percentile_cont(0.5) WITHIN GROUP (ORDER BY took))
            FROM last),
           (SELECT extract(epoch FROM percentile_cont(0.95) WITHIN GROUP (ORDER BY took))
            FROM last),
           (SELECT avg(CASE WHEN took <= target THEN 1.0 ELSE 0.0 END) FROM last)
    FROM samples s WHERE s.at = date_trunc('minute', now()) AND s.queue <> 'all'
    ON CONFLICT DO NOTHING
""")
_FORGET = text("""
    DELETE FROM samples
    WHERE at < now() - CAST(:day AS interval)
       OR (at < now() - CAST(:hour AS interval)
           AND mod(CAST(extract(minute FROM at) AS int), :coarse) <> 0)
""")
_QUEUE_LISTS: Mapping[str, Any] = {
    "names": [f"{step}.{lane}" for step in Step for lane in Lane],
    "statuses": [DUE_STATUS[step] for step in Step for _ in Lane],
    "lanes": [lane for _ in Step for lane in Lane],
    "most": _MOST_COUNTED,
}


def sample(engine: Engine) -> bool:
    """Write the figures of this minute, unless somebody did; whether it was us.

    What is at rest is counted with them (`shared.protocol.resting`). Beyond an hour only each tenth
    minute is kept, beyond a day none.
    """
    with engine.begin() as connection:
        if not connection.execute(_ONLY_ONE).scalar_one():
            return False
        if connection.execute(_THERE).scalar_one():
            return False
        connection.execute(_QUEUES, _QUEUE_LISTS)
        connection.execute(_ALL, _of_all())
        resting.count(connection)
        connection.execute(_FORGET, {"day": DAY, "hour": HOUR, "coarse": COARSE_MINUTES})
    return True


def _of_all() -> dict[str, Any]:
    return {
        "most": _MOST_COUNTED,
        "sample": _SAMPLE,
        "now_within": TARGETS[Lane.NOW],
        "bulk_within": TARGETS[Lane.BULK],
    }
