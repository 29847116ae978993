"""Bounds of what is read from the record or written to it in one go."""

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event, insert, text

from services.command.decision import stored
from services.command.records import ledger
from services.command.records.changes import Change
from services.command.simulation import known
from services.intake import public_rules
from shared.protocol import basis, decided, exporting, sweeping, waking
from shared.protocol.reviewing import acting, waiting
from shared.protocol.reviewing.acting import NoAct
from shared.states import Reason, Status
from shared.store.decisions import DecisionRow
from shared.store.tables import WorkerRow
from shared.watching import reading

if TYPE_CHECKING:
    from tests.integration.conftest import Record

pytestmark = pytest.mark.stack
_PAST = datetime.now(UTC) - timedelta(hours=1)
_FAR_FROM_ANY_CLOCK = date(2020, 1, 1)
_COPIES = text("""
    INSERT INTO applications (id, reference, authority_id, portal_id, scheme_id, habilitation_id,
        same_application, sealed, status, lane, received_at)
    SELECT n.id, CAST(n.id AS text), authority_id, portal_id, scheme_id, habilitation_id,
        uuid_send(n.id), sealed, status, lane, received_at
    FROM applications, (SELECT gen_random_uuid() AS id FROM generate_series(1, :many)) n
""")


def _versions(record: "Record", count: int) -> UUID:
    """One application with so many versions."""
    [id_] = record.plant(1, status=Status.DECIDED)
    row = {"application_id": id_, "proposed": False, "sealed": b"s", "sealed_digest": "d"}
    row |= {"tariff_id": "psu", "tariff_version": "1", "tariff_digest": "d", "engine_version": "1"}
    first = date(2026, 1, 1)
    rows = [
        row | {"version": n, "valid_from": first + timedelta(days=n)} for n in range(1, count + 1)
    ]
    with record.engine.begin() as connection:
        connection.execute(insert(DecisionRow), rows)
    return id_


def test_so_many_versions_of_one_application_are_read(record: "Record") -> None:
    """The last ones: by whoever prices, by whoever tells, and by exports."""
    id_ = _versions(record, decided._MOST_VERSIONS + 1)
    with record.engine.connect() as connection:
        told = decided.versions_of(connection, id_)
        priced = basis.basis_of(connection, [id_])[id_]["before"]
        values = {"ids": [id_], "most": exporting._MOST_VERSIONS}
        exported = connection.execute(exporting._VERSIONS, values).all()

    assert (decided._MOST_VERSIONS + 1, decided._MOST_VERSIONS) == (told[0].version, len(told))
    assert basis._MOST_VERSIONS == len(priced)
    assert exporting._MOST_VERSIONS == len(exported)


def test_a_sweep_moves_so_many(record: "Record") -> None:
    """The next one moves the rest."""
    parked = {"status": Status.PARKED, "reason": Reason.NO_FILE, "due_at": _PAST}
    record.plant(sweeping._BATCH + 1, **parked)
    woken = [sweeping.wake(record.engine, actor="test") for _ in range(3)]

    assert [sweeping._BATCH, 1, 0] == woken


def test_an_endpoint_that_is_back_wakes_so_many(record: "Record") -> None:
    """The others at their own time."""
    later = datetime.now(UTC) + timedelta(hours=6)
    parked: dict[str, Any] = {"status": Status.PARKED, "reason": Reason.PROVIDER_UNAVAILABLE}
    record.plant(waking._MOST + 1, due_at=later, last_date=later + timedelta(days=1), **parked)
    with record.engine.begin() as connection:
        woken = waking.wake_for(connection, "eaje")

    assert waking._MOST == woken


def test_so_many_workers_and_quarantined_are_shown(record: "Record") -> None:
    """A page that refreshes itself stays as short as it was."""
    record.plant(
        reading._MOST_LISTED + 1, status=Status.QUARANTINED, starts=5, reason=Reason.NEVER_FINISHED
    )
    alive = datetime.now(UTC) + timedelta(minutes=1)
    row = {"service": "test", "host": "h", "pid": 1, "alive_until": alive}
    with record.engine.begin() as connection:
        rows = [row | {"id": uuid4()} for _ in range(reading._MOST_WORKERS + 1)]
        connection.execute(insert(WorkerRow), rows)
    with reading.reading_only(record.engine) as connection:
        workers = reading._rows(connection, reading._WORKERS)
        quarantined = reading._rows(connection, reading._QUARANTINED)

    assert (reading._MOST_WORKERS, reading._MOST_LISTED) == (len(workers), len(quarantined))


def test_nobody_waits_for_the_record_for_ever(record: "Record") -> None:
    """A statement, a lock and an idle transaction each have an end."""
    names = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
    with record.engine.connect() as connection:
        bounds = [connection.execute(text(f"SHOW {name}")).scalar() for name in names]

    assert ["15s", "5s", "30s"] == bounds


def test_acts_hold_so_many_at_a_time(record: "Record") -> None:
    """One transaction for so many: a worker that waits for one of them waits for no more."""
    ids = record.plant(acting.TOGETHER + 1, status=Status.TO_REVIEW)
    commits: list[object] = []
    event.listen(record.engine, "commit", commits.append)
    told = acting.act_on(record.engine, ids, lambda _: NoAct("seen"), actor="agent:test")

    assert (len(ids), 2) == (len(told), len(commits))


def test_the_journal_of_settings_is_read_page_after_page(record: "Record") -> None:
    """Every line once, beyond a page."""
    at = datetime.now(UTC)
    changes = [Change(at, "command:test", "export", str(n), "{}") for n in range(ledger._PAGE + 1)]
    with record.engine.begin() as connection:
        ledger.hold(connection)
        ledger.write(connection, changes)
        read = [line.change.code for line in ledger.read(connection)]

    assert [one.code for one in changes] == read[-len(changes) :]


def test_so_many_holdings_are_shown(record: "Record") -> None:
    """One for each worker that holds something."""
    ids = record.plant(reading._MOST_HOLDINGS + 1)
    alive = datetime.now(UTC) + timedelta(minutes=1)
    row = {"service": "test", "host": "h", "pid": 1, "alive_until": alive}
    each = "UPDATE applications SET claim = id, claimed_by = id, claimed_at = now()"
    with record.engine.begin() as connection:
        connection.execute(insert(WorkerRow), [row | {"id": id_} for id_ in ids])
        connection.execute(text(each))
        shown = reading._rows(connection, reading._HELD)

    assert reading._MOST_HOLDINGS == len(shown)


def test_decisions_are_read_a_page_at_a_time(record: "Record") -> None:
    """Each once, beyond a page; of one application, a page of versions at most."""
    id_ = _versions(record, stored._PAGE + 1)

    assert stored._PAGE + 1 == len({one.version for one in stored.every(record.engine)})
    assert stored._PAGE == len(stored.of_application(record.engine, record.reference_of(id_)))


def test_what_waits_is_given_a_page_at_a_time(record: "Record") -> None:
    """However many are asked for; a batch takes page after page, and no more than it may."""
    record.plant(waiting.MOST + 1, status=Status.TO_REVIEW, due_at=None)
    today = date(2026, 12, 1)
    with record.engine.connect() as connection:
        page = waiting.page(connection, waiting.Filter(), today, most=waiting.MOST + 1)
        batch = waiting.every(connection, waiting.Filter(), today, most=waiting.MOST + 1)
        few = waiting.every(connection, waiting.Filter(), today, most=3)

    assert (waiting.MOST, True) == (len(page.waiting), page.after is not None)
    assert (waiting.MOST + 1, 3) == (len(batch), len(few))


def test_a_public_page_has_so_many_schemes(record: "Record") -> None:
    """Anybody may ask for it."""
    more = text("""
        INSERT INTO schemes (id, authority_id, habilitation_id, code, name, profile, tariff,
                             validation, automatic_ground)
        SELECT gen_random_uuid(), authority_id, habilitation_id, code || n, name, profile, tariff,
               validation, automatic_ground
        FROM schemes, generate_series(1, :most) n WHERE authority_id = :authority
    """)
    values = {"most": public_rules._MOST_SCHEMES, "authority": record.founded.authority}
    with record.engine.begin() as connection:
        connection.execute(more, values)
        _, schemes = public_rules._read(connection, "arles")

    assert public_rules._MOST_SCHEMES == len(schemes)


def test_families_are_read_a_page_at_a_time(record: "Record") -> None:
    """Each once, beyond a page, for a dry run."""
    record.plant(known.PAGE + 1, status=Status.DECIDED)
    one_each = text("""
        INSERT INTO decisions (id, application_id, version, valid_from, proposed, tariff_id,
            tariff_version, tariff_digest, engine_version, sealed, sealed_digest)
        SELECT gen_random_uuid(), id, 1, '2026-09-01', false, 'psu', '1', 'd', '1', 's', 'd'
        FROM applications
    """)
    with record.engine.begin() as connection:
        connection.execute(one_each)
    scheme, day = record.founded.scheme, date(2026, 10, 1)
    pages = list(known.pages(record.engine, record.ring, [scheme], day))

    assert [known.PAGE, 1] == [page.unreadable for page in pages]


def test_a_page_reads_so_much_behind_clocks(record: "Record") -> None:
    """Where they leave everything out it stops empty-handed, and says where to go on."""
    record.plant(1, status=Status.TO_REVIEW, due_at=None)
    read = waiting.MOST * waiting._MOST_READS
    soon = waiting.Filter(clock_within=1)
    with record.owner.begin() as connection:
        connection.execute(_COPIES, {"many": read})
    with record.engine.connect() as connection:
        page = waiting.page(connection, soon, _FAR_FROM_ANY_CLOCK)
        rest = waiting.page(connection, soon, _FAR_FROM_ANY_CLOCK, after=page.after)

    assert ((), True) == (page.waiting, page.after is not None)
    assert waiting.Page((), None) == rest
