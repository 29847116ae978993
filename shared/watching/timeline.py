"""The timeline of one application, read from its journal, and whether its chain still holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, Row, select

from shared.protocol.journal import first_break
from shared.store.tables import ApplicationRow, JournalRow, WorkerRow
from shared.watching.reading import reading_only

MOST_LINES = 500


@dataclass(frozen=True, slots=True)
class Entry:
    """One transition: its place in the chain, when (UTC), who, from, to, why."""

    sequence: int
    at: datetime
    actor: str
    was: str | None
    now: str
    reason: str | None
    sound: bool  # false from the line where the chain breaks


@dataclass(frozen=True, slots=True)
class Timeline:
    """An application without anything personal: where it stands, and how it came there.

    `broken_at` is the sequence of the first line that does not follow from those before it, or of
    the line that should come next when the last ones are missing; None when the chain holds.
    `entries` are the first `MOST_LINES`; `cut` says that there are more.
    """

    reference: str
    status: str
    reason: str | None
    lane: str
    received_at: datetime
    moved_at: datetime
    due_at: datetime | None
    last_date: datetime | None
    starts: int
    attempts: int
    held_by: str | None
    entries: tuple[Entry, ...]
    broken_at: int | None
    cut: bool


def read_timeline(engine: Engine, reference: str) -> Timeline | None:
    """Read one application by its public reference; None when there is none.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: when the record is out of reach.
    """
    with reading_only(engine) as connection:
        row = connection.execute(_FOUND.where(ApplicationRow.reference == reference)).one_or_none()
        if row is None:
            return None
        of_this = _LINES.where(JournalRow.application_id == row.id)
        lines = [JournalRow(**line._mapping) for line in connection.execute(of_this)]  # noqa: SLF001  # SQLAlchemy's public name
    return _timeline(row, lines[:MOST_LINES], cut=len(lines) > MOST_LINES)


_FOUND = (
    select(
        ApplicationRow.id,
        ApplicationRow.reference,
        ApplicationRow.status,
        ApplicationRow.reason,
        ApplicationRow.lane,
        ApplicationRow.received_at,
        ApplicationRow.moved_at,
        ApplicationRow.due_at,
        ApplicationRow.last_date,
        ApplicationRow.starts,
        ApplicationRow.attempts,
        ApplicationRow.journal_sequence,
        ApplicationRow.journal_head,
        WorkerRow.service,
        WorkerRow.host,
        WorkerRow.pid,
    )
    .select_from(ApplicationRow)
    .outerjoin(WorkerRow, WorkerRow.id == ApplicationRow.claimed_by)
)
_LINES = select(JournalRow.__table__).order_by(JournalRow.sequence).limit(MOST_LINES + 1)


def _timeline(row: Row[*tuple[Any, ...]], lines: Sequence[JournalRow], *, cut: bool) -> Timeline:
    broken_at = broken_line(lines, head=None if cut else (row.journal_sequence, row.journal_head))
    return Timeline(
        reference=row.reference,
        status=row.status,
        reason=row.reason,
        lane=row.lane,
        received_at=row.received_at,
        moved_at=row.moved_at,
        due_at=row.due_at,
        last_date=row.last_date,
        starts=row.starts,
        attempts=row.attempts,
        held_by=None if row.service is None else f"{row.service} ({row.host}, n° {row.pid})",
        entries=tuple(_entry(line, broken_at) for line in lines),
        broken_at=broken_at,
        cut=cut,
    )


def broken_line(lines: Sequence[JournalRow], *, head: tuple[int, bytes] | None) -> int | None:
    """The sequence of the first line that breaks the chain, or that is missing at its end.

    Args:
        lines: the journal of one application, in order.
        head: sequence and hash that its row holds; None when `lines` are not all of them.
    """
    broken = first_break(lines)
    if broken is not None or head is None:
        return broken
    last = (lines[-1].sequence, lines[-1].hash) if lines else (0, b"")
    return None if last == head else last[0] + 1


def _entry(line: JournalRow, broken_at: int | None) -> Entry:
    return Entry(
        sequence=line.sequence,
        at=line.at,
        actor=line.actor,
        was=line.was,
        now=line.now,
        reason=line.reason,
        sound=broken_at is None or line.sequence < broken_at,
    )
