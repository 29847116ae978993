"""The feed passes over nothing, whatever is still open while it is read."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from sqlalchemy import Connection

from shared.protocol.delivering import feed
from shared.protocol.delivering.feed import START, Cursor
from shared.protocol.delivering.telling import Change, tell
from shared.store.migrating import migrate

if TYPE_CHECKING:
    from tests.conftest import Database
    from tests.integration.conftest import Record

pytestmark = pytest.mark.stack


def _tell(connection: Connection, application: UUID, sequence: int) -> None:
    now = datetime.now(UTC)
    tell(connection, [Change(application, sequence, now, None, "RECEIVED", None)])


def _read(record: "Record", after: Cursor = START, most: int = 100) -> feed.Page:
    with record.engine.connect() as connection:
        return feed.read(connection, record.founded.portal, after, most=most)


def _sequences(page: feed.Page) -> list[int]:
    return [event.sequence for event in page.events]


def test_what_commits_late_is_not_passed_over(record: "Record") -> None:
    """A transaction begins first and commits last: until then nobody sees what came after it."""
    first, second = record.plant(2)
    with record.engine.connect() as slow:
        _tell(slow, first, 1)
        with record.engine.begin() as quick:
            _tell(quick, second, 2)
        held_back = _read(record)
        slow.commit()
    whole = _read(record, held_back.after)

    assert [] == _sequences(held_back)
    assert [1, 2] == _sequences(whole)


def test_a_reader_that_follows_sees_each_event_once(record: "Record") -> None:
    """Page after page, with transactions that overlap in every way."""
    ids = record.plant(6)
    seen: list[int] = []
    cursor = START
    for nth in range(0, 6, 2):
        with record.engine.connect() as slow:
            _tell(slow, ids[nth], nth)
            with record.engine.begin() as quick:
                _tell(quick, ids[nth + 1], nth + 1)
            page = _read(record, cursor)
            seen, cursor = seen + _sequences(page), page.after
            slow.commit()
    seen += _sequences(_read(record, cursor))

    assert list(range(6)) == sorted(seen)


def test_the_events_of_an_application_stay_in_order(record: "Record") -> None:
    """Even when the transaction of the later one is the older of the two."""
    [one, other] = record.plant(2)
    with record.engine.connect() as older:
        _tell(older, other, 1)
        with record.engine.begin() as newer:
            _tell(newer, one, 1)
        _tell(older, one, 2)
        older.commit()
    page = _read(record)
    reference = record.reference_of(one)

    assert [1, 2] == [e.sequence for e in page.events if e.reference == reference]


def test_pages_follow_one_another(record: "Record") -> None:
    """Each says where it ended, and whether more is there."""
    ids = record.plant(5)
    with record.engine.begin() as connection:
        for nth, id_ in enumerate(ids):
            _tell(connection, id_, nth)
    first = _read(record, most=3)
    second = _read(record, first.after, most=3)
    third = _read(record, second.after, most=3)

    assert ([0, 1, 2], True) == (_sequences(first), first.more)
    assert ([3, 4], False) == (_sequences(second), second.more)
    assert ([], second.after) == (_sequences(third), third.after)


def test_a_portal_reads_its_own(record: "Record") -> None:
    """Another authority's events are not in its feed."""
    with record.engine.begin() as connection:
        _tell(connection, record.plant(1)[0], 1)
    another = record.found_another("tarascon")
    with record.engine.connect() as connection:
        page = feed.read(connection, another.portal, START, most=10)

    assert ([], START) == (list(page.events), page.after)


@pytest.mark.parametrize(
    "typed", ["", "1", "1-", "-1", "a-b", "1-2-3", "²-1", f"{2**63}-1", " 1-1"]
)
def test_a_cursor_that_no_feed_gave_is_refused(typed: str) -> None:
    """Before the record is asked."""
    with pytest.raises(ValueError, match="no cursor"):
        Cursor.read(typed)


def test_a_cursor_is_read_as_it_was_given() -> None:
    """There and back."""
    assert Cursor(12, 34) == Cursor.read(str(Cursor(12, 34)))


def test_the_feed_goes_on_after_a_restore_elsewhere(record: "Record", migrated: "Database") -> None:
    """Another server counts its transactions anew: what came back is shown, what comes is after."""
    [one] = record.plant(1)
    with record.engine.begin() as connection:
        _tell(connection, one, 1)
    with record.owner.begin() as connection:
        connection.exec_driver_sql("UPDATE events SET transaction = transaction + 1000000")
    hidden = _read(record)
    migrate(migrated.owner_url, service_url=migrated.service_url)
    back = _read(record)
    with record.engine.begin() as connection:
        _tell(connection, one, 2)

    assert [] == _sequences(hidden)
    assert [1] == _sequences(back)
    assert [2] == _sequences(_read(record, Cursor(back.after.transaction + 2**31, 0)))


def test_a_migration_leaves_a_feed_that_goes_on_alone(
    record: "Record", migrated: "Database"
) -> None:
    """Cursors stay small on the server that gave them."""
    with record.engine.begin() as connection:
        _tell(connection, record.plant(1)[0], 1)
    migrate(migrated.owner_url, service_url=migrated.service_url)

    assert 0 == record.one("SELECT base FROM event_clock")
