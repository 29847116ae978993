"""The laws: what must hold after each step, whatever has gone wrong. Each raises what it found."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, Row, text

from shared.protocol.delivering import feed
from shared.protocol.journal import first_break
from shared.protocol.tempo import QUARANTINE_AT
from shared.reasons import as_portals_see
from shared.states import MOVES, Status
from shared.store.tables import JournalRow
from tests.integration.machine.families import ENDED
from tests.integration.machine.processes import Came

_BY_PERSON = frozenset({Status.TO_REVIEW, Status.PROPOSED, Status.QUARANTINED})
_OVER = ENDED | {Status.DECIDED}
_APPLICATIONS = text("""
    SELECT a.*, w.id IS NOT NULL AND w.alive_until > a.claimed_at AS held_by_the_living
    FROM applications a LEFT JOIN workers w ON w.id = a.claimed_by ORDER BY a.id
""")
_DELIVERIES = text("""
    SELECT d.*, w.id IS NULL OR w.alive_until > d.claimed_at AS held_by_the_living
    FROM deliveries d LEFT JOIN workers w ON w.id = d.claimed_by
    ORDER BY d.application_id, d.sequence
""")
_JOURNAL = text("SELECT * FROM journal ORDER BY application_id, sequence")
_DECISIONS = text("SELECT * FROM decisions ORDER BY application_id, version")
_Line = tuple[int, str, str | None]


@dataclass(frozen=True)
class Seen:
    """The record at one moment, as a portal that reads its feed sees it too."""

    applications: Mapping[UUID, Row[Any]]
    journal: Mapping[UUID, Sequence[JournalRow]]
    decisions: Mapping[UUID, Sequence[Row[Any]]]
    deliveries: Mapping[UUID, Sequence[Row[Any]]]
    told: Mapping[str, Sequence[_Line]]


def see(engine: Engine, portal: UUID) -> Seen:
    """Read everything."""
    with engine.connect() as connection:
        journal = [JournalRow(**row._mapping) for row in connection.execute(_JOURNAL)]
        told: defaultdict[str, list[_Line]] = defaultdict(list)
        for event in feed.read(connection, portal, feed.START, most=feed.MOST).events:
            told[str(event.reference)].append((event.sequence, str(event.state), event.reason))
        return Seen(
            applications={row.id: row for row in connection.execute(_APPLICATIONS)},
            journal=_each(journal),
            decisions=_each(connection.execute(_DECISIONS).all()),
            deliveries=_each(connection.execute(_DELIVERIES).all()),
            told=told,
        )


def _each(rows: Sequence[Any]) -> dict[UUID, list[Any]]:
    found: defaultdict[UUID, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.application_id].append(row)
    return found


def the_journal_is_whole(seen: Seen) -> Iterator[str]:
    """Chained without a gap, every move one that there is, its head the application's."""
    for id_, row in seen.applications.items():
        lines = seen.journal[id_]
        if first_break(lines) is not None:
            yield f"the chain breaks at {first_break(lines)}"
        if (lines[-1].sequence, lines[-1].hash) != (row.journal_sequence, row.journal_head):
            yield "the head is not that of the last line"
        words = [None, *(line.now for line in lines)]
        if [line.was for line in lines] != words[:-1] or words[-1] != row.status:
            yield f"a move was not written: {words}, {row.status}"
        for line in lines[1:]:
            if (line.was, line.now) not in MOVES:
                yield f"no move goes from {line.was} to {line.now}"


def something_comes_next(seen: Seen) -> Iterator[str]:
    """What is open is due, has a date, or waits for a person; what is over is nobody's."""
    for row in seen.applications.values():
        at_rest = row.due_at is None and row.claim is None
        dated = row.due_at is not None and row.last_date is not None and row.claim is None
        match Status(row.status):
            case Status.RECEIVED | Status.VERIFIED:
                sound = row.due_at is not None
            case Status.PARKED:
                sound = dated
            case status:
                sound = at_rest and status in _BY_PERSON | _OVER
        if not sound:
            yield f"{row.status} with due_at={row.due_at}, claim={row.claim}"


def the_living_hold(seen: Seen) -> Iterator[str]:
    """Nothing was claimed by who was dead already, nor begun more often than the bound.

    Of a delivery the holder may be forgotten, long after its death.
    """
    for row in seen.applications.values():
        if row.claim is not None and not row.held_by_the_living:
            yield "an application was claimed by a dead worker"
        if not 0 <= row.starts <= QUARANTINE_AT:
            yield f"begun {row.starts} times"
    for rows in seen.deliveries.values():
        if any(row.claim is not None and not row.held_by_the_living for row in rows):
            yield "a delivery was claimed by a dead notifier"


def decisions_are_numbered(seen: Seen) -> Iterator[str]:
    """From 1, without a gap; each that binds was told by a move to DECIDED."""
    for id_, rows in seen.decisions.items():
        if [row.version for row in rows] != list(range(1, len(rows) + 1)):
            yield f"versions {[row.version for row in rows]}"
        moves = [line.now for line in seen.journal[id_]]
        binding = sum(not row.proposed for row in rows)
        if binding > moves.count(Status.DECIDED):
            yield f"{binding} decisions bind after {moves}"


def portals_are_told(seen: Seen) -> Iterator[str]:
    """Each change of the journal, in its order, and nothing else."""
    for id_, row in seen.applications.items():
        if list(_changes(seen.journal[id_])) != list(seen.told.get(row.reference, ())):
            yield f"told {seen.told.get(row.reference)}"
        if len(seen.deliveries[id_]) != len(seen.told.get(row.reference, ())):
            yield "an event has no delivery"


def _changes(lines: Sequence[JournalRow]) -> Iterator[_Line]:
    last: tuple[str, str | None] | None = None
    for line in lines:
        now = (line.now, as_portals_see(line.reason))
        if line.was != line.now or now != last:
            last = now
            yield (line.sequence, *now)


def one_delivery_at_a_time(seen: Seen) -> Iterator[str]:
    """Of an application one is held at most, and it is the first that waits."""
    for rows in seen.deliveries.values():
        waiting = [row.claim is not None for row in rows if row.status == "WAITING"]
        if any(waiting[1:]):
            yield "a delivery is held behind another"
        if any(row.claim is not None for row in rows if row.status != "WAITING"):
            yield "a delivery that is done is held"


LAWS: tuple[Callable[[Seen], Iterator[str]], ...] = (
    the_journal_is_whole,
    something_comes_next,
    the_living_hold,
    decisions_are_numbered,
    portals_are_told,
    one_delivery_at_a_time,
)


def nothing_is_taken_back(before: Seen, now: Seen) -> Iterator[str]:
    """Journal and decisions only grow, and of what has ended nothing grows."""
    for id_, row in before.applications.items():
        if id_ not in now.applications:
            yield "an application is gone"
        heads = [line.hash for line in now.journal[id_]]
        known = [line.hash for line in before.journal[id_]]
        if heads[: len(known)] != known:
            yield "the journal was rewritten"
        more = len(now.decisions[id_]) - len(before.decisions[id_])
        if more < 0 or (row.status in ENDED and (more, heads) != (0, known)):
            yield f"{row.status}, and then something was done"


def came_in_order(received: Sequence[Came], dead: set[UUID]) -> Iterator[str]:
    """What came for the first time never was before what had come; what was given up apart."""
    last: dict[str, int] = {}
    known: set[UUID] = set(dead)
    for one in received:
        if one.event not in known and one.sequence < last.get(one.reference, 0):
            yield f"event {one.sequence} came after {last[one.reference]}"
        known.add(one.event)
        last[one.reference] = max(last.get(one.reference, 0), one.sequence)
