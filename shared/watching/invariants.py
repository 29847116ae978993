"""The invariants: what must hold of every application, looked at a page at a time.

A walk goes over the record in the order of ids, `PAGE` applications a look, and begins again at its
end: what an audit proves once (`auditing`), a walk keeps an eye on for a bounded price. A page of
1,000 reads some 16 buffers for each (seen: 0.1 s on two cores under fifteen times their load); at a
page a minute, a million are seen within 17 hours.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, Row, text

from shared.paris import day_in_paris
from shared.protocol.reviewing.clocks import Received, clocks_of
from shared.reasons import as_portals_see
from shared.scheme_rules import silence_of
from shared.states import DUE_STATUS, Status
from shared.watching.figures import Invariant
from shared.watching.reading import reading_only

PAGE = 1_000
FIRST = UUID(int=0)
_GOES_ON = frozenset({*DUE_STATUS.values(), Status.PARKED})
_LOOK = """
    SELECT a.id, a.reference, a.status, a.reason, a.received_at, s.rules, now() AS at,
           a.due_at IS NOT NULL OR a.claim IS NOT NULL AS awaited,
           a.journal_sequence, a.journal_head, line.sequence, line.now, line.hash, line.lines,
           event.state AS told_state, event.reason AS told_reason,
           a.status = 'PROPOSED' AND ( -- a LIMIT, lest all decisions be read into a hash
               SELECT d.version FROM decisions d
               WHERE d.application_id = a.id AND NOT d.proposed LIMIT 1
           ) IS NULL AS undecided
    FROM (SELECT * FROM applications WHERE {where} ORDER BY id LIMIT :page) a
    JOIN schemes s ON s.id = a.scheme_id
    LEFT JOIN LATERAL (
        SELECT j.sequence, j.now, j.hash,
               (SELECT count(*) FROM journal WHERE application_id = a.id) AS lines
        FROM journal j WHERE j.application_id = a.id ORDER BY j.sequence DESC LIMIT 1
    ) line ON true
    LEFT JOIN LATERAL (
        SELECT e.state, e.reason FROM events e
        WHERE e.application_id = a.id ORDER BY e.sequence DESC LIMIT 1
    ) event ON true
    ORDER BY a.id
"""
_NEXT = text(_LOOK.format(where="id > :after"))
_THESE = text(_LOOK.format(where="reference = ANY(:references)"))


@dataclass(frozen=True, slots=True)
class Broken:
    """An application, by its reference, of which an invariant does not hold."""

    invariant: Invariant
    reference: str


@dataclass(frozen=True, slots=True)
class Look:
    """What a page showed; `last` is where the next one begins, None at the end of the record."""

    broken: tuple[Broken, ...]
    seen: int
    last: UUID | None


def look_on(engine: Engine, after: UUID, *, page: int = PAGE) -> Look:
    """Look at the next page of applications, in the order of ids.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: when the record is out of reach.
    """
    with reading_only(engine) as connection:
        rows = connection.execute(_NEXT, {"after": after, "page": page}).all()
        broken = tuple(_broken(connection, rows))
    return Look(broken, len(rows), rows[-1].id if len(rows) == page else None)


def look_at(engine: Engine, references: Sequence[str]) -> tuple[Broken, ...]:
    """Look at these again: what was mended is broken no more.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: when the record is out of reach.
    """
    if not references:
        return ()
    values = {"references": list(references), "page": len(references)}
    with reading_only(engine) as connection:
        return tuple(_broken(connection, connection.execute(_THESE, values).all()))


def _broken(connection: Connection, rows: Sequence[Row[Any]]) -> Iterator[Broken]:
    for row in rows:
        yield from (Broken(one, row.reference) for one in _of(row))
    for reference in _past_their_date(connection, rows):
        yield Broken(Invariant.PROPOSAL_DATE, reference)


def _of(row: Row[Any]) -> Iterator[Invariant]:
    if row.status in _GOES_ON and not row.awaited:
        yield Invariant.NEXT_STEP
    if not _continuous(row):
        yield Invariant.JOURNAL
    if row.told_state is not None and not _told(row):  # before revision 0006 nobody was told
        yield Invariant.LEDGER


def _continuous(row: Row[Any]) -> bool:
    if row.sequence is None:
        return bool(row.journal_sequence == 0)
    return bool(row.sequence == row.lines == row.journal_sequence) and (
        (bytes(row.hash), row.now) == (bytes(row.journal_head), row.status)
    )


def _told(row: Row[Any]) -> bool:
    return (row.told_state, row.told_reason) == (row.status, as_portals_see(row.reason))


def _past_their_date(connection: Connection, rows: Sequence[Row[Any]]) -> Iterator[str]:
    waiting = {row.id: row for row in rows if row.undecided}
    if not waiting:
        return
    today = _today(rows[0].at)
    received = {
        id_: Received(row.received_at, silence_of(row.rules or {})) for id_, row in waiting.items()
    }
    for id_, clock in clocks_of(connection, received, today).items():
        left = clock.days_left(today)
        if left is not None and left < 0:
            yield waiting[id_].reference


def _today(at: datetime) -> date:
    return day_in_paris(at)
