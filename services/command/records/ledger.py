"""The journal of settings in the record: written under one lock, read line by line."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Row, insert, select, text

from services.command.records.changes import START, Change, Head, Line, chain
from shared.store.tables import ChangeRow

_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('berceau.changes', 0))")
_PAGE = 500


def hold(connection: Connection) -> None:
    """Be alone to change records until the end of the transaction: sequences have no gap."""
    connection.execute(_LOCK)


def write(connection: Connection, changes: Sequence[Change]) -> None:
    """Add lines; the caller holds the journal."""
    if changes:
        lines = chain(changes, _head(connection))
        connection.execute(insert(ChangeRow), [_values(line) for line in lines])


def read(connection: Connection) -> Iterator[Line]:
    """Every line, the oldest first, a page at a time."""
    page = select(ChangeRow.__table__).order_by(ChangeRow.sequence).limit(_PAGE)
    lines = [_line(row) for row in connection.execute(page)]
    while lines:
        yield from lines
        after = page.where(ChangeRow.sequence > lines[-1].head.sequence)
        lines = [_line(row) for row in connection.execute(after)]


def last(connection: Connection, most: int) -> list[Line]:
    """The last lines, the oldest of them first."""
    newest = select(ChangeRow.__table__).order_by(ChangeRow.sequence.desc()).limit(most)
    return [_line(row) for row in reversed(connection.execute(newest).all())]


def _line(row: Row[Any]) -> Line:
    change = Change(row.at, row.actor, row.kind, row.code, row.change)
    return Line(change, row.previous, Head(row.sequence, row.hash))


def _head(connection: Connection) -> Head:
    last = select(ChangeRow.sequence, ChangeRow.hash).order_by(ChangeRow.sequence.desc()).limit(1)
    row = connection.execute(last).one_or_none()
    return Head(row.sequence, row.hash) if row else START


def _values(line: Line) -> dict[str, object]:
    change = line.change
    return {
        "sequence": line.head.sequence,
        "at": change.at,
        "actor": change.actor,
        "kind": change.kind,
        "code": change.code,
        "change": change.change,
        "previous": line.previous,
        "hash": line.head.hash,
    }
