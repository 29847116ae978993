"""What is read, kept or said of operating is so much and no more: each bound gone beyond once."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from services.command.ops import indexing
from services.command.ops.desk import OpsDesk
from shared.application import Application
from shared.blind_names import MOST_KEYS, IndexKeys
from shared.protocol import sampling
from shared.protocol.operating import bulk, carrying, names, previewing
from shared.protocol.operating.actions import MOST_LISTED, latest
from shared.protocol.operating.orders import Order, Verb
from shared.protocol.operating.previewing import count
from shared.queue.broker import open_redis
from shared.seeking.sought import Sought
from shared.states import Lane
from shared.watching import overlooking, paces, providers, searching
from shared.watching.overlooking import Sources, read_overview

if TYPE_CHECKING:
    from tests.integration.conftest import Record

pytestmark = pytest.mark.stack
_LANE = Order(verb=Verb.LANE, actor="command:awa", comment="essai", lane=Lane.BULK)
_MANY = text("""
    INSERT INTO applications (id, reference, authority_id, portal_id, scheme_id, structure_id,
                              habilitation_id, same_application, sealed, status, lane, due_at,
                              received_at)
    SELECT gen_random_uuid(), 'N-' || n, a.authority_id, a.portal_id, a.scheme_id, a.structure_id,
           a.habilitation_id, int8send(n), a.sealed, a.status, a.lane, a.due_at, a.received_at
    FROM generate_series(1, :many) AS n, applications a
""")


def _more(record: "Record", many: int, **columns: Any) -> None:
    """So many more like the one that is planted first."""
    record.plant(1, **columns)
    with record.owner.begin() as connection:
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        connection.execute(_MANY, {"many": many})


def test_an_action_holds_so_many_and_a_preview_counts_one_more(record: "Record") -> None:
    """Then what is sought must be narrowed: nothing is begun."""
    _more(record, previewing.MOST_MEMBERS)
    with record.engine.begin() as connection:
        seen = previewing.preview(connection, Sought(), Verb.LANE)
        counted = count(connection, Sought())
    with record.engine.begin() as connection, pytest.raises(bulk.TooManyError):
        bulk.start(connection, Sought(), _LANE)

    assert (previewing.MOST_MEMBERS + 1, True) == (seen.total, seen.too_many)
    assert previewing.MOST_MEMBERS == counted
    sampling.sample(record.engine)
    due = record.one("SELECT due FROM samples WHERE queue = 'verify.now'")
    assert sampling._MOST_COUNTED == due


def test_so_many_members_are_forgotten_at_once(record: "Record") -> None:
    """The next look forgets the rest."""
    _more(record, carrying._BATCH)
    with record.engine.begin() as connection:
        action = bulk.start(connection, Sought(), _LANE)
        bulk.cancel(connection, action, actor="command:awa", comment="essai")
    kept = timedelta(0)

    assert [carrying._BATCH, 1] == [
        carrying.forget_members(record.engine, kept=kept) for _ in range(2)
    ]


def test_so_many_actions_are_listed(record: "Record") -> None:
    """The newest."""
    with record.engine.begin() as connection:
        for _ in range(MOST_LISTED + 1):
            bulk.start(connection, Sought(), _LANE)
        listed = latest(connection, most=MOST_LISTED + 1)

    assert MOST_LISTED == len(listed)


def test_a_page_has_so_many(record: "Record") -> None:
    """Whatever was asked for; the rest is on the next one."""
    ids = record.plant(searching.MOST_A_PAGE + 1)
    with record.engine.connect() as connection:
        first = searching.page(connection, Sought(), most=1_000)
        rest = searching.page(connection, Sought(), after=first.after)
        these = searching.these(connection, ids)

    assert (searching.MOST_A_PAGE, 1) == (len(first.rows), len(rest.rows))
    assert searching.MOST_A_PAGE == len(these)


def test_so_many_are_found_by_a_name(record: "Record", application: Application) -> None:
    """And indexed at a time: all are, page after page."""
    keys, many = IndexKeys.new(), names._BATCH + 1
    for _ in range(many):
        record.enrol(application)
    desk = OpsDesk(record.engine, None, "command:awa")  # type: ignore[arg-type]
    done = indexing.index_names(desk, record.ring, keys)
    with record.engine.begin() as connection:
        birth = application.child.birth
        found = names.search(connection, keys, "lo", birth, actor="command:awa", why="essai")

    assert (many, 0) == done
    assert names.MOST_FOUND == len(found)


def test_outcomes_are_carried_over_so_many_at_a_time(record: "Record") -> None:
    """All of them, and once."""
    _more(record, indexing._BATCH)
    with record.owner.begin() as connection:
        connection.execute(
            text("""
                INSERT INTO verifications (id, application_id, outcome, source, fetched_at)
                SELECT gen_random_uuid(), id, 'Busy', 'essai', now() FROM applications
            """)
        )
    desk = OpsDesk(record.engine, None, "command:awa")  # type: ignore[arg-type]

    assert [indexing._BATCH + 1, 0] == [indexing._index_outcomes(desk) for _ in range(2)]
    assert {"Busy"} == {
        r.last_outcome for r in record.rows("SELECT last_outcome FROM applications")
    }


def test_so_many_keys_still_find() -> None:
    """The oldest goes with the next renewal."""
    keys = IndexKeys.new()
    for _ in range(MOST_KEYS):
        keys = keys.renewed()

    assert (MOST_KEYS, MOST_KEYS + 1) == (len(keys.keys), keys.current)
    assert 1 not in keys.keys


def test_an_overview_reads_so_much(record: "Record", redis_url: str) -> None:
    """Points, switches, paces and providers: each list ends."""
    with record.owner.begin() as connection:
        connection.execute(
            text("""
                INSERT INTO samples (at, queue, due, held, through)
                SELECT now() - n * interval '1 second', 'all', 0, 0, 0
                FROM generate_series(1, :many) AS n
            """),
            {"many": overlooking._MOST_POINTS + 1},
        )
        connection.execute(
            text("UPDATE habilitations SET endpoints = array_fill('eaje'::text, ARRAY[:many])"),
            {"many": providers._MOST_PROVIDERS + 1},
        )
        connection.execute(
            text("""
                INSERT INTO habilitations (id, authority_id, code, recipient, sealed_token, pace,
                                           burst)
                SELECT gen_random_uuid(), authority_id, 'h-' || n, recipient, sealed_token, 1, 1
                FROM habilitations, generate_series(1, :many) AS n
            """),
            {"many": paces._MOST_PACES},
        )
        connection.execute(
            text("""
                INSERT INTO switches (name, reason, set_by)
                SELECT 'endpoint:' || n, 'essai', 'test' FROM generate_series(1, :many) AS n
            """),
            {"many": overlooking._MOST_SWITCHES + 1},
        )
    with open_redis(redis_url, timeout_s=5) as client:
        seen = read_overview(Sources(record.engine, client, "test", 32))

    assert overlooking._MOST_POINTS == len(seen.series["all"].hour)
    assert providers._MOST_PROVIDERS == len(seen.providers)
    assert paces._MOST_PACES == len(seen.snapshot.paces)
    assert datetime.now(UTC) > seen.snapshot.taken_at
