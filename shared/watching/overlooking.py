"""Overlooking: reading the overview, at a cost that does not grow with how many look.

Beside the snapshot (see `shared.watching.reading`) it reads `samples`, a few hundred rows, and how
providers stand, from tables of tens of rows; flows by lane cost an index range of the last hour's
decisions, `_SAMPLE` of them at most. `Glass` keeps one reading for everybody of a process, and
rests so long after each that PostgreSQL gives it a twentieth of a processor at most.
"""

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from redis import Redis
from sqlalchemy import Connection, Engine, Row, text

from shared.endpoints import provider_of
from shared.maintenance import NO_WINDOWS, Calendar
from shared.protocol.sampling import ALL, TARGETS
from shared.protocol.switching import (
    AUTHORITY,
    ENDPOINT,
    HABILITATION,
    PROVIDER,
    QUEUE,
    breaker_switch,
    token_switch,
)
from shared.states import Lane
from shared.watching.figures import MOST_COUNTED, SCHEDULER, Queue, Snapshot
from shared.watching.overview import (
    Health,
    LaneFlow,
    Overview,
    Point,
    Provider,
    QueueNow,
    Series,
    Team,
)
from shared.watching.reading import read_snapshot, reading_only

_SAMPLE = 5_000
_MOST_POINTS = 2_000
_MOST_PROVIDERS = 500
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
        ) some
    ) last
""")
_POINTS = text("""
    SELECT queue, at, due, held, oldest_s, through, half_s, most_s, within,
           at > now() - interval '1 hour' AS recent,
           mod(CAST(extract(minute FROM at) AS int), 10) = 0 AS coarse
    FROM samples WHERE at > now() - interval '1 day' ORDER BY at DESC LIMIT :most
""")
_PROVIDERS = text("""
    SELECT h.id, h.code, t.id AS authority_id, t.code AS authority, e.endpoint, h.pace,
           h.token_expires_at,
           left(encode(sha256(h.sealed_token || convert_to(h.recipient, 'UTF8')), 'hex'), 12)
               AS fingerprint
    FROM habilitations h JOIN authorities t ON t.id = h.authority_id
    CROSS JOIN LATERAL unnest(h.endpoints) AS e(endpoint)
    ORDER BY h.code, e.endpoint LIMIT :most
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
            providers=_providers(connection, switches, snapshot.taken_at, sources.calendar),
            health=_health(connection, snapshot, series),
            series=series,
        )


class Glass:
    """Shows the last overview to everybody, and takes a new one when the last is too old.

    Args:
        read: takes one; what it raises reaches who looks, and is not kept.
        clock: seconds that only go forward.
    """

    SHORTEST_S = 1.0
    LONGEST_S = 60.0
    REST = 19  # a reading of one second is followed by nineteen of rest

    def __init__(
        self, read: Callable[[], Overview], *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._read = read
        self._clock = clock
        self._mutex = threading.Lock()
        self._kept: Overview | None = None
        self._until = 0.0

    def look(self) -> Overview:
        """The overview, at most some seconds old: older the longer it takes to read."""
        with self._mutex:
            if self._kept is None or self._clock() >= self._until:
                began = self._clock()
                self._kept = self._read()
                ended = self._clock()
                rest = min(max(self.REST * (ended - began), self.SHORTEST_S), self.LONGEST_S)
                self._until = ended + rest
            return self._kept


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
        paused=_paused(switches, {f"{QUEUE}{name}"}),
    )


def _paused(switches: Iterable[Row[Any]], names: Iterable[str]) -> str | None:
    wanted = set(names)
    return next((row.reason for row in switches if row.stops and row.name in wanted), None)


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


def _providers(
    connection: Connection, switches: Iterable[Row[Any]], at: datetime, calendar: Calendar
) -> tuple[Provider, ...]:
    closed = calendar.closed(at)
    rows = connection.execute(_PROVIDERS, {"most": _MOST_PROVIDERS})
    return tuple(_provider(row, list(switches), frozenset(closed)) for row in rows)


def _provider(row: Row[Any], switches: list[Row[Any]], closed: frozenset[str]) -> Provider:
    provider = provider_of(row.endpoint)
    by_hand = {
        f"{HABILITATION}{row.id}",
        f"{AUTHORITY}{row.authority_id}",
        f"{ENDPOINT}{row.endpoint}",
        f"{PROVIDER}{provider}",
    }
    by_failure = {breaker_switch(row.endpoint), token_switch(row.id, row.fingerprint)}
    stopped = next((one for one in switches if one.name in by_failure), None)
    return Provider(
        habilitation=row.code,
        authority=row.authority,
        endpoint=row.endpoint,
        provider=provider,
        pace=row.pace,
        paused=_paused(switches, by_hand),
        stopped=None if stopped is None else stopped.reason,
        tried_at=None if stopped is None else stopped.until,
        maintenance=row.endpoint in closed,
        token_expires_at=row.token_expires_at,
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
