"""Switches: the longest pause stands, and a person's stands until a person ends it."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from shared.protocol import switching

if TYPE_CHECKING:
    from tests.integration.conftest import Record

pytestmark = pytest.mark.stack

SOON = datetime.now(UTC) + timedelta(seconds=2)
LATER = datetime.now(UTC) + timedelta(hours=1)


def _pause(record: "Record", until: datetime | None, *, by: str = "service:test") -> None:
    switching.pause(record.engine, "ringing", until=until, reason="essai", by=by)


def _standing(record: "Record") -> list[tuple[datetime | None, str]]:
    return [tuple(row) for row in record.rows("SELECT until, set_by FROM switches")]


@pytest.mark.parametrize("order", [(SOON, LATER), (LATER, SOON), (LATER, LATER)])
def test_the_longest_pause_stands(record: "Record", order: tuple[datetime, datetime]) -> None:
    """In whatever order they come."""
    for until in order:
        _pause(record, until)

    assert [(LATER, "service:test")] == _standing(record)


def test_a_person_s_pause_replaces_a_timed_one(record: "Record") -> None:
    """Ops who stop the calls during a short pause find them stopped afterwards."""
    _pause(record, SOON)
    _pause(record, None, by="ops")

    assert [(None, "ops")] == _standing(record)


def test_no_timed_pause_replaces_a_person_s(record: "Record") -> None:
    """Else it would end by itself."""
    _pause(record, None, by="ops")
    _pause(record, LATER)

    assert [(None, "ops")] == _standing(record)


def test_a_resumed_switch_is_gone(record: "Record") -> None:
    """And nothing happens when there is none."""
    _pause(record, LATER)
    switching.resume(record.engine, "ringing")
    switching.resume(record.engine, "ringing")

    assert [] == _standing(record)
