"""Overlooking: reading the overview, at a cost that does not grow with how many look.

Beside the snapshot (see `shared.watching.reading`) it reads `samples`, a few hundred rows, and how
providers stand, from tables of tens of rows; flows by lane cost an index range of the last hour's
decisions, `_SAMPLE` of them at most. `shared.watching.glass` keeps one reading for everybody.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from redis import Redis
from sqlalchemy import Connection, Engine, Row, text

from shared.maintenance import NO_WINDOWS, Calendar
from shared.protocol.sampling import ALL, TARGETS
from shared.protocol.switching import QUEUE
from shared.states import Lane
from shared.watching.figures import MOST_COUNTED, SCHEDULER, Queue, Snapshot
from shared.watching.overview import (
    Health,
    LaneFlow,
    Overview,
    Point,
    QueueNow,
    Series,
    Team,
)
from shared.watching.providers import providers, why_paused
from shared.watching.reading import read_snapshot, reading_only

_SAMPLE = 5_000
_MOST_POINTS = 2_000
_MOST_SWITCHES = 1_000
_FRESH = timedelta(minutes=2)  # a sample older than this says nothing of now
_FLOWS = text("""
    SELECT lane.name AS lane, hour.decided, last.half, last.most, last.within
    FROM unnest(CAST(:lanes AS text[]), CAST(:targets AS interval[])) AS lane(name, target)
    CROSS JOIN LATERAL (
        SELECT count(*) AS decided FROM (
            SELECT FROM applications a
            WHERE a.status = 'DECIDED' AND a.moved_at > now() - interval '1 hour'
              AND a.lane = lane.name LIMIT :most
        ) one
    ) hour
    CROSS JOIN LATERAL (
        SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY took) AS half,
               percentile_cont(0.95) WITHIN GROUP (ORDER BY took) AS most,
               avg(CASE WHEN took <= lane.target THEN 1.0 ELSE 0.0 END) AS within
        FROM (
            SELECT a.moved_at - a.received_at AS took FROM applications a
            WHERE a.status = 'DECIDED' AND a.moved_at > now() - interval '1 hour'
              AND a.lane = lane.name AND a.sealed_estimate IS NULL
            ORDER BY a.moved_at DESC LIMIT :sample
        ) one
    ) last
""")
_POINTS = text("""
    SELECT queue, at, due, held, oldest_s, through, half_s, most_s, within,
           at > now() - interval '1 hour' AS recent,
           mod(CAST(extract(minute FROM at) AS int), 10) = 0 AS coarse
    FROM samples WHERE at > now() - interval '1 day' ORDER BY at DESC LIMIT :most
""")
_SWITCHES = text("""
    SELECT name, until, reason, until IS NULL OR until > now() AS stops FROM switches LIMIT :most
""")
_SERVER = text("""
    SELECT pg_database_size(current_database()) AS bytes,
           (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database())
               AS connections,
           CAST(current_setting('max_connections') AS int) AS most
""")


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the overview is read: the record as a role that may read, Redis, what is announced."""

    engine: Engine
    client: Redis
    namespace: str
    window: int
    calendar: Calendar = NO_WINDOWS


def read_overview(sources: Sources) -> Overview:
    """Read everything that the first page shows.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: the record is out of reach.
    """
    snapshot = read_snapshot(
        sources.engine, sources.client, namespace=sources.namespace, window=sources.window
    )
    with reading_only(sources.engine) as connection:
        series = _series(connection)
        switches = connection.execute(_SWITCHES, {"most": _MOST_SWITCHES}).all()
        return Overview(
            snapshot=snapshot,
            queues=tuple(_queue(one, snapshot, series, switches) for one in snapshot.queues),
            flows=_flows(connection),
            teams=_teams(snapshot),
            providers=providers(connection, switches, snapshot, sources.calendar),
            health=_health(connection, snapshot, series),
            series=series,
        )


def _series(connection: Connection) -> dict[str, Series]:
    rows = connection.execute(_POINTS, {"most": _MOST_POINTS}).all()[::-1]
    return {
        queue: Series(
            queue,
            hour=tuple(_point(r) for r in rows if r.queue == queue and r.recent),
            day=tuple(_point(r) for r in rows if r.queue == queue and r.coarse),
        )
        for queue in sorted({row.queue for row in rows})
    }


def _point(row: Row[Any]) -> Point:
    return Point(
        at=row.at,
        due=row.due,
        held=row.held,
        oldest=_seconds(row.oldest_s),
        through=row.through,
        half=_seconds(row.half_s),
        most=_seconds(row.most_s),
        within=row.within,
    )


def _seconds(value: float | None) -> timedelta | None:
    return None if value is None else timedelta(seconds=value)


def _queue(
    queue: Queue, snapshot: Snapshot, series: Mapping[str, Series], switches: Iterable[Row[Any]]
) -> QueueNow:
    name = f"{queue.step}.{queue.lane}"
    last = series[name].hour[-1:] if name in series else ()
    recent = last and last[0].at > snapshot.taken_at - _FRESH
    oldest = queue.oldest_due_at
    return QueueNow(
        step=queue.step,
        lane=queue.lane,
        due=queue.due,
        rung=queue.waiting,
        held=queue.held,
        oldest=None if oldest is None else snapshot.taken_at - oldest,
        a_minute=last[0].through if recent else None,
        paused=why_paused(switches, {f"{QUEUE}{name}"}),
    )


def _flows(connection: Connection) -> tuple[LaneFlow, ...]:
    values = {
        "lanes": list(TARGETS),
        "targets": list(TARGETS.values()),
        "most": MOST_COUNTED,
        "sample": _SAMPLE,
    }
    return tuple(_flow(row) for row in connection.execute(_FLOWS, values))


def _flow(row: Row[Any]) -> LaneFlow:
    lane = Lane(row.lane)
    within = None if row.within is None else float(row.within)
    return LaneFlow(lane, row.decided, row.half, row.most, within, TARGETS[lane])


def _teams(snapshot: Snapshot) -> tuple[Team, ...]:
    return tuple(
        Team(
            worker,
            snapshot.lives(worker),
            tuple(one for one in snapshot.holdings if one.worker == worker),
        )
        for worker in snapshot.workers
    )


def _health(connection: Connection, snapshot: Snapshot, series: Mapping[str, Series]) -> Health:
    server = connection.execute(_SERVER).one()
    hour = series[ALL].hour if ALL in series else ()
    return Health(
        redis=snapshot.redis_answers,
        scheduler=snapshot.alive(SCHEDULER) > 0,
        sampled_at=hour[-1].at if hour else None,
        database_bytes=server.bytes,
        connections=server.connections,
        connections_most=server.most,
    )
