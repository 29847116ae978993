"""Reading the figures: one read-only transaction of the record, then one look at Redis.

What each query costs, so that a page that refreshes itself can never weigh on the work:

- due: `ix_applications_due`, at most `MOST_COUNTED` entries a queue; the oldest, one entry for
  each authority;
- held: `ix_applications_held`, as many rows as are in flight;
- parked: `ix_applications_due`, a few entries for each authority;
- quarantined: `ix_applications_often_started`, the few rows begun more than once;
- webhooks: partial indexes of `deliveries`, at most `MOST_COUNTED` entries a portal;
- workers, switches: tables of tens of rows;
- standings: `ix_applications_on_their_way`, an entry for each that is not at rest, and what a
  scheduler counted of the others (see `shared.watching.standing`);
- flow: `ix_applications_moved`, at most `MOST_COUNTED` decisions of the last hour.

The page reads less often the longer a reading takes (see `shared.watching.glass`).
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from redis import Redis
from sqlalchemy import Connection, Engine, Row, TextClause, text

from shared.states import DUE_STATUS, STEP_OF, Lane, Status, Step
from shared.watching import doorbells, paces
from shared.watching.figures import (
    MOST_COUNTED,
    Campaign,
    Flow,
    Holding,
    Quarantined,
    Queue,
    Snapshot,
    Switch,
    WakeUp,
    Webhook,
    Worker,
)
from shared.watching.standing import standings

_T = TypeVar("_T")
_MOST_LISTED = 20
_MOST_WORKERS = 200
_MOST_HOLDINGS = 1_000
_SAMPLE = 5_000
_NOW = text("SELECT now()")
_DUE = text("""
    SELECT queue.status, queue.lane, free.due, oldest.due_at
    FROM (SELECT status, lane FROM unnest(CAST(:statuses AS text[])) status,
                                   unnest(CAST(:lanes AS text[])) lane) queue
    CROSS JOIN LATERAL (
        SELECT count(*) AS due FROM (
            SELECT FROM applications a
            WHERE a.status = queue.status AND a.lane = queue.lane AND a.claim IS NULL
              AND a.due_at IS NOT NULL AND a.due_at <= now()
            LIMIT :most_counted
        ) counted
    ) free
    CROSS JOIN LATERAL (
        SELECT min(first.due_at) AS due_at
        FROM authorities authority CROSS JOIN LATERAL (
            SELECT a.due_at FROM applications a
            WHERE a.status = queue.status AND a.lane = queue.lane
              AND a.authority_id = authority.id AND a.claim IS NULL
              AND a.due_at IS NOT NULL AND a.due_at <= now()
            ORDER BY a.due_at LIMIT 1
        ) first
    ) oldest
""")
_HELD = text("""
    SELECT a.status, a.lane, count(*) AS held, min(a.claimed_at) AS oldest_claimed_at,
           w.id, w.service, w.host, w.pid, w.started_at, w.alive_until
    FROM applications a LEFT JOIN workers w ON w.id = a.claimed_by
    WHERE a.claim IS NOT NULL
    GROUP BY a.status, a.lane, w.id
    ORDER BY held DESC LIMIT :most_holdings
""")
_PARKED = text("""
    SELECT parked.reference, parked.reason, parked.due_at, parked.last_date
    FROM authorities authority
    CROSS JOIN unnest(CAST(:lanes AS text[])) AS queue(lane)
    CROSS JOIN LATERAL (
        SELECT reference, reason, due_at, last_date FROM applications a
        WHERE a.status = 'PARKED' AND a.lane = queue.lane AND a.authority_id = authority.id
          AND a.claim IS NULL AND a.due_at IS NOT NULL
        ORDER BY a.due_at LIMIT :most_listed
    ) parked
    ORDER BY parked.due_at LIMIT :most_listed
""")
_QUARANTINED = text("""
    SELECT reference, moved_at, starts FROM applications
    WHERE starts > 1 AND status = 'QUARANTINED'
    ORDER BY moved_at DESC LIMIT :most_listed
""")
_SWITCHES = text("""
    SELECT coalesce('authority:' || a.code, 'scheme:' || t.code || '/' || m.code, s.name), h.code,
           s.reason, s.set_at, s.until, s.set_by FROM switches s
    LEFT JOIN habilitations h ON s.name = 'habilitation:' || h.id
        OR s.name = 'token:' || h.id || ':' || left(
            encode(sha256(h.sealed_token || convert_to(h.recipient, 'UTF8')), 'hex'), 12)
    LEFT JOIN authorities a ON s.name = 'authority:' || a.id
    LEFT JOIN (schemes m JOIN authorities t ON t.id = m.authority_id) ON s.name = 'scheme:' || m.id
    WHERE CASE WHEN starts_with(s.name, 'token:') THEN h.id IS NOT NULL
               ELSE s.until IS NULL OR s.until > now() END
    ORDER BY s.set_at DESC LIMIT :most_listed
""")
_WORKERS = text("""
    SELECT service, host, pid, started_at, alive_until FROM workers
    ORDER BY alive_until > now() DESC, service, host, pid LIMIT :most_workers
""")
_CAMPAIGNS = text("""
    SELECT c.code, c.state, c.total,
           (SELECT count(*) FROM campaign_members m
            WHERE m.campaign_id = c.id AND m.fed_at IS NULL AND m.left_out IS NULL)
    FROM campaigns c WHERE c.state IN ('running', 'paused')
    ORDER BY c.started_at LIMIT :most_listed
""")
_WEBHOOKS = text("""
    SELECT * FROM (
        SELECT p.code, p.webhook_stopped_at,
               (SELECT count(*) FROM (SELECT FROM deliveries d WHERE d.portal_id = p.id
                    AND d.status = 'WAITING' AND d.claim IS NULL LIMIT :most_counted) counted
               ) AS waiting,
               (SELECT min(d.due_at) FROM deliveries d WHERE d.portal_id = p.id
                    AND d.status = 'WAITING' AND d.claim IS NULL AND d.due_at <= now()),
               (SELECT count(*) FROM (SELECT FROM deliveries d WHERE d.portal_id = p.id
                    AND d.status = 'DEAD' AND d.application_id IS NOT NULL LIMIT :most_counted) dead
               ) AS dead
        FROM portals p WHERE p.webhook_url IS NOT NULL) webhook
    WHERE webhook_stopped_at IS NOT NULL OR waiting + dead > 0 LIMIT :most_listed
""")
_TOKEN_ENDS = text("SELECT min(token_expires_at) FROM habilitations")
_FLOW = text("""
    WITH hour AS (
        SELECT moved_at, -- an estimate may wait for its admission as long as it likes
               CASE WHEN sealed_estimate IS NULL THEN moved_at - received_at END AS took
        FROM applications WHERE status = 'DECIDED' AND moved_at > now() - interval '1 hour'
        ORDER BY moved_at DESC LIMIT :most_counted
    ), sample AS (SELECT took FROM hour LIMIT :sample)
    SELECT (SELECT count(*) FROM hour) AS last_hour,
           (SELECT count(*) FROM hour WHERE moved_at > now() - interval '1 minute') AS last_minute,
           count(took) AS sample,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY took) AS half_within,
           percentile_cont(0.95) WITHIN GROUP (ORDER BY took) AS most_within
    FROM sample
""")
_VALUES: Mapping[str, Any] = {
    "statuses": list(STEP_OF),
    "lanes": list(Lane),
    "most_counted": MOST_COUNTED,
    "most_listed": _MOST_LISTED,
    "most_workers": _MOST_WORKERS,
    "most_holdings": _MOST_HOLDINGS,
    "sample": _SAMPLE,
}


def read_snapshot(engine: Engine, client: Redis, *, namespace: str, window: int) -> Snapshot:
    """Read every figure.

    Args:
        engine: the record, as the services' role.
        client: Redis; that it does not answer is a figure too.
        namespace: the prefix of its keys.
        window: most doorbells that wait in Redis, per queue.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: when the record is out of reach.
    """
    with reading_only(engine) as connection:
        holdings = tuple(_holding(row) for row in _rows(connection, _HELD))
        due = {(row.status, row.lane): row for row in _rows(connection, _DUE)}
        calling = paces.habilitations(connection)
        told = doorbells.look(client, namespace, [one.id for one in calling])
        return Snapshot(
            taken_at=connection.execute(_NOW).scalar_one(),
            window=window,
            queues=_queues(due, holdings, told.waiting),
            holdings=holdings,
            standings=standings(connection),
            parked=_each(connection, _PARKED, WakeUp),
            quarantined=_each(connection, _QUARANTINED, Quarantined),
            switches=_each(connection, _SWITCHES, Switch),
            workers=_each(connection, _WORKERS, Worker),
            flow=_flow(_rows(connection, _FLOW)[0]),
            campaigns=_each(connection, _CAMPAIGNS, Campaign),
            webhooks=_each(connection, _WEBHOOKS, Webhook),
            findings=told.findings,
            token_ends_at=connection.execute(_TOKEN_ENDS).scalar_one(),
            paces=paces.used(calling, told.spent),
        )


def reading_only(engine: Engine) -> Connection:
    """A connection that sees one moment of the record and cannot change it."""
    return engine.connect().execution_options(
        isolation_level="REPEATABLE READ", postgresql_readonly=True
    )


def _rows(connection: Connection, query: TextClause) -> Sequence[Row[Any]]:
    wanted = {name: _VALUES[name] for name in query.compile().params}
    return connection.execute(query, wanted).all()


def _each(connection: Connection, query: TextClause, kind: Callable[..., _T]) -> tuple[_T, ...]:
    """Its rows as values of this kind, whose fields are the query's columns in order."""
    return tuple(kind(*row) for row in _rows(connection, query))


def _holding(row: Row[Any]) -> Holding:
    worker = None
    if row.id is not None:
        worker = Worker(row.service, row.host, row.pid, row.started_at, row.alive_until)
    step = STEP_OF[Status(row.status)]
    return Holding(step, Lane(row.lane), worker, row.held, row.oldest_claimed_at)


def _queues(
    due: Mapping[tuple[str, str], Row[Any]],
    holdings: Sequence[Holding],
    waiting: Mapping[tuple[Step, Lane], int | None],
) -> tuple[Queue, ...]:
    return tuple(
        Queue(
            step=step,
            lane=lane,
            due=due[DUE_STATUS[step], lane].due,
            oldest_due_at=due[DUE_STATUS[step], lane].due_at,
            held=sum(h.held for h in holdings if (h.step, h.lane) == (step, lane)),
            waiting=waiting[step, lane],
        )
        for step in Step
        for lane in Lane
    )


def _flow(row: Row[Any]) -> Flow:
    return Flow(row.last_minute, row.last_hour, row.sample, row.half_within, row.most_within)
