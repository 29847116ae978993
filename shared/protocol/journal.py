"""The journal: one line for each transition, chained per application by hashes.

A line's hash covers the hash before it, so that no line can be changed, dropped or put in without
breaking what follows. Sequence and head stand in the application's row and move under its lock.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, insert

from shared.canonical import canonical_json
from shared.protocol.delivering import telling
from shared.store.tables import JournalRow


@dataclass(frozen=True, slots=True)
class Head:
    """The last line of an application's chain: its sequence (0 before the first) and its hash."""

    sequence: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class Line:
    """One transition: when (UTC), who, from, to, why, on what evidence, in which trace.

    `was`, `now` and `reason` are words of `shared.states`, or of a later release's: a chain is
    walked by its hashes, which cover words that this code does not know as well.
    """

    application_id: UUID
    at: datetime
    actor: str
    was: str | None
    now: str
    reason: str | None = None
    evidence: str | None = None
    trace: str | None = None


@dataclass(frozen=True, slots=True)
class Chained:
    """A line in its place in the chain."""

    line: Line
    previous: Head
    head: Head


def chain(line: Line, after: Head) -> Chained:
    """Put a line after the head of its chain."""
    sequence = after.sequence + 1
    content = canonical_json(_content(line, sequence, after.hash))
    return Chained(line, after, Head(sequence, hashlib.sha256(content).digest()))


def write(connection: Connection, lines: Sequence[Chained]) -> None:
    """Insert lines, and the events that portals are told of them.

    The caller holds the applications' locks, stores their new heads, and has recorded before what
    was decided: an event names the version.
    """
    if lines:
        connection.execute(insert(JournalRow), [_values(line) for line in lines])
        telling.tell(connection, [_change(line) for line in lines])


def first_break(rows: Sequence[JournalRow]) -> int | None:
    """The sequence of the first line that does not follow from the one before; None when whole."""
    head = Head(0, b"")
    for row in rows:
        expected = chain(_line_of(row), head).head
        if (row.sequence, row.previous, row.hash) != (expected.sequence, head.hash, expected.hash):
            return row.sequence
        head = expected
    return None


def _content(line: Line, sequence: int, previous: bytes) -> dict[str, Any]:
    return {
        "application": str(line.application_id),
        "sequence": sequence,
        "at": line.at.isoformat(timespec="microseconds"),
        "actor": line.actor,
        "was": line.was,
        "now": line.now,
        "reason": line.reason,
        "evidence": line.evidence,
        "trace": line.trace,
        "previous": previous.hex(),
    }


def _values(chained: Chained) -> dict[str, Any]:
    line = chained.line
    return {
        "application_id": line.application_id,
        "sequence": chained.head.sequence,
        "at": line.at,
        "actor": line.actor,
        "was": line.was,
        "now": line.now,
        "reason": line.reason,
        "evidence": line.evidence,
        "trace": line.trace,
        "previous": chained.previous.hash,
        "hash": chained.head.hash,
    }


def _change(chained: Chained) -> telling.Change:
    line, sequence = chained.line, chained.head.sequence
    return telling.Change(line.application_id, sequence, line.at, line.was, line.now, line.reason)


def _line_of(row: JournalRow) -> Line:
    return Line(
        application_id=row.application_id,
        at=row.at,
        actor=row.actor,
        was=row.was,
        now=row.now,
        reason=row.reason,
        evidence=row.evidence,
        trace=row.trace,
    )
