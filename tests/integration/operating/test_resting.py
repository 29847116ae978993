"""What is at rest is counted once a minute, and whoever looks sees each application once."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from shared.protocol import resting
from shared.protocol.sampling import sample
from shared.states import Reason, Status
from shared.store.operating import AT_REST
from shared.watching.figures import Standing
from shared.watching.reading import reading_only
from shared.watching.standing import STANDINGS, standings

if TYPE_CHECKING:
    from tests.integration.conftest import Record

pytestmark = pytest.mark.stack
_LATER = "NEXT"  # a state of a later release


def _seen(record: "Record") -> tuple[Standing, ...]:
    with reading_only(record.engine) as connection:
        return standings(connection)


def _rest(record: "Record", how_many: int, *, ago: timedelta, **columns: Any) -> None:
    at = datetime.now(UTC) - ago
    record.plant(how_many, **{"status": Status.DECIDED, "due_at": None, "moved_at": at, **columns})


def test_each_is_counted_once_whenever_it_came_to_rest(record: "Record") -> None:
    """Long before the count, while saves were on their way, and after it."""
    _rest(record, 5, ago=timedelta(days=1))
    _rest(record, 2, ago=timedelta(0))
    before = _seen(record)
    sample(record.engine)
    counted = record.one("SELECT sum(count) FROM at_rest")
    at_once = _seen(record)
    _rest(record, 3, ago=timedelta(0), reason=Reason.NOTHING_CHANGED)

    assert (Standing(Status.DECIDED, None, 7),) * 2 == before + at_once
    assert 5 == counted
    assert (
        Standing(Status.DECIDED, None, 7),
        Standing(Status.DECIDED, Reason.NOTHING_CHANGED, 3),
    ) == _seen(record)


def test_what_is_saved_late_is_counted(record: "Record") -> None:
    """A move that began before the count and is committed after it."""
    sample(record.engine)
    _rest(record, 1, ago=resting.SETTLED - timedelta(seconds=2))

    assert (Standing(Status.DECIDED, None, 1),) == _seen(record)


def test_what_is_not_at_rest_is_told_as_it_stands(record: "Record") -> None:
    """Each state, a later release's too; what begins again is told at rest for a minute more."""
    others = [status for status in Status if status not in AT_REST]
    for status in (*others, _LATER):
        record.plant(1, status=status, structure_id=record.founded.structures["les-mesanges"])
    _rest(record, 1, ago=timedelta(days=1))
    sample(record.engine)
    record.change(record.plant(1, status=Status.DECIDED), status=Status.RECEIVED)
    record.change(
        [row.id for row in record.rows("SELECT id FROM applications WHERE status = 'DECIDED'")],
        status=Status.RECEIVED,
        moved_at=datetime.now(UTC),
    )
    meanwhile = {one.status: one.count for one in _seen(record)}
    with record.engine.begin() as connection:
        resting.count(connection)
    then = {one.status: one.count for one in _seen(record)}

    assert {**dict.fromkeys([*others, _LATER], 1), Status.RECEIVED: 3} == then
    assert {**then, Status.DECIDED: 1} == meanwhile


def test_each_authority_knows_up_to_when_was_counted(record: "Record") -> None:
    """Also one that has nothing at rest: so nobody who reaches it alone counts from the start."""
    _rest(record, 1, ago=timedelta(days=1), reason=Reason.NOTHING_CHANGED)
    other = record.found_another("nimes").authority
    sample(record.engine)
    rows = record.rows("SELECT authority_id, status, reason, count FROM at_rest")

    assert {
        *(
            (town, status, "", 0)
            for town in (record.founded.authority, other)
            for status in AT_REST
        ),
        (record.founded.authority, Status.DECIDED, Reason.NOTHING_CHANGED, 1),
    } == {tuple(row) for row in rows}


def test_both_counts_use_their_indexes(record: "Record") -> None:
    """By plan, among many that have been at rest for long."""
    _rest(record, 4_000, ago=timedelta(days=1))
    record.plant(300)
    values = {"all_statuses": list(Status), "until": datetime.now(UTC) - timedelta(minutes=1)}
    with record.owner.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE applications")
        looked = connection.execute(text(f"EXPLAIN {STANDINGS.text}"), values).scalars().all()
        counted = connection.execute(
            text(f"EXPLAIN {resting._COUNT.text}"),
            {"settled": resting.SETTLED, "at_rest": list(AT_REST)},
        ).scalars()
        plans = ["\n".join(looked), "\n".join(counted)]

    assert "Index Only Scan using ix_applications_on_their_way" in plans[0]
    assert "ix_applications_moved" in plans[0]
    assert "Index Only Scan using ix_applications_at_rest" in plans[1]
    assert ["Seq Scan on applications" in plan for plan in plans] == [False, False]
