"""A timeline says where its chain breaks, whatever was done to it."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID

import pytest

from shared.protocol import journal
from shared.protocol.journal import Head, Line
from shared.states import Reason, Status
from shared.store.tables import JournalRow
from shared.watching.timeline import broken_line

_ID = UUID(int=7)
_PATH = (None, Status.RECEIVED, Status.PARKED, Status.RECEIVED, Status.TO_REVIEW)


@pytest.fixture
def lines() -> list[JournalRow]:
    """Four lines, well chained."""
    head, rows = Head(0, b""), []
    for number, (was, now) in enumerate(pairwise(_PATH)):
        at = datetime(2026, 11, 23, tzinfo=UTC) + timedelta(minutes=number)
        assert now is not None
        line = journal.chain(Line(_ID, at, "service:verifier", was, now, Reason.NO_FILE), head)
        rows.append(JournalRow(**journal._values(line)))
        head = line.head
    return rows


def _head(lines: list[JournalRow]) -> tuple[int, bytes]:
    return lines[-1].sequence, lines[-1].hash


def test_a_whole_chain_is_whole(lines: list[JournalRow]) -> None:
    """As the services write it, nothing is broken; nor is an empty journal of a new row."""
    assert broken_line(lines, head=_head(lines)) is None
    assert broken_line([], head=(0, b"")) is None


def test_a_changed_line_breaks_there(lines: list[JournalRow]) -> None:
    """Any part of a line that was changed is seen."""
    head = _head(lines)
    lines[2].actor = "agent:1"

    assert 3 == broken_line(lines, head=head)


def test_a_word_that_does_not_exist_breaks_there(lines: list[JournalRow]) -> None:
    """A line in words that the product never writes is told, and does not break the page."""
    head = _head(lines)
    lines[1].reason = "parce que"

    assert 2 == broken_line(lines, head=head)


def test_the_words_of_a_later_release_break_nothing(lines: list[JournalRow]) -> None:
    """A chain is walked by its hashes: older code accuses nobody of what newer code wrote."""
    line = Line(_ID, lines[-1].at, "service:verifier", "TO_REVIEW", "ELSEWHERE", "not_of_today")
    written = journal.chain(line, Head(*_head(lines)))
    longer = [*lines, JournalRow(**journal._values(written))]

    assert broken_line(longer, head=_head(longer)) is None


def test_a_break_before_an_unknown_word_comes_first(lines: list[JournalRow]) -> None:
    """The first broken line is told, not the strangest."""
    lines[0].actor, lines[2].now = "agent:1", "AILLEURS"

    assert 1 == broken_line(lines, head=None)


def test_lines_missing_at_the_end_are_seen(lines: list[JournalRow]) -> None:
    """The row's own head says that more was written."""
    assert 4 == broken_line(lines[:3], head=_head(lines))
    assert 1 == broken_line([], head=_head(lines))


def test_the_end_is_not_judged_when_it_was_not_read(lines: list[JournalRow]) -> None:
    """A long journal is shown by its beginning."""
    assert broken_line(lines[:3], head=None) is None
