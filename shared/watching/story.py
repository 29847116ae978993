"""The story of one application: its moves, its calls to the State, what its portal was told, acts.

The moves are those of its journal (`timeline`); beside them stands what else happened, each with
its time. Nothing sealed is read.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID

from sqlalchemy import Connection, text

from shared.people.naming import names_of
from shared.protocol.operating.noting import Noted, noted_of
from shared.watching.timeline import Entry, Timeline

MOST_CALLS = 200
MOST_TOLD = 200
_ID = text("SELECT id FROM applications WHERE reference = :reference")
_CALLS = text("""
    SELECT fetched_at AS at, outcome, source, http_status, code, asked FROM verifications
    WHERE application_id = :id ORDER BY fetched_at, id LIMIT :most
""")
_TOLD = text("""
    SELECT e.at, e.state, d.status, d.attempts, d.outcome, d.http_status, d.due_at, d.finished_at
    FROM events e LEFT JOIN deliveries d ON d.event_id = e.id
    WHERE e.application_id = :id ORDER BY e.sequence LIMIT :most
""")


@dataclass(frozen=True, slots=True)
class Call:
    """One answer of the State; `asked` is `other_representative`, or None for the applicant."""

    at: datetime
    outcome: str
    source: str
    http_status: int | None
    code: str | None
    asked: str | None


@dataclass(frozen=True, slots=True)
class Told:
    """One message to the portal; without a webhook, `status` is None: it reads the feed."""

    at: datetime
    state: str | None
    status: str | None
    attempts: int | None
    outcome: str | None
    http_status: int | None
    due_at: datetime | None
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class Move:
    """One line of the journal: how long it stood so (None: it still does), and why people acted."""

    entry: Entry
    lasted: timedelta | None
    notes: tuple[Noted, ...] = ()


@dataclass(frozen=True, slots=True)
class Beside:
    """What else happened to one application."""

    id: UUID
    calls: Sequence[Call] = ()
    told: Sequence[Told] = ()
    notes: Sequence[Noted] = ()
    names: Mapping[str, str] | None = None


def read_beside(connection: Connection, seen: Timeline) -> Beside | None:
    """What stands beside a timeline; None when the application is not there any more."""
    id_: UUID | None = connection.execute(_ID, {"reference": seen.reference}).scalar()
    if id_ is None:
        return None
    calls = connection.execute(_CALLS, {"id": id_, "most": MOST_CALLS})
    told = connection.execute(_TOLD, {"id": id_, "most": MOST_TOLD})
    return Beside(
        id=id_,
        calls=[Call(*row) for row in calls],
        told=[Told(*row) for row in told],
        notes=(notes := noted_of(connection, id_)),
        names=names_of(connection, {e.actor for e in seen.entries} | {n.actor for n in notes}),
    )


def happenings(seen: Timeline, beside: Beside) -> list[Move | Call | Told]:
    """Everything in the order of time; at the same time, moves come first."""
    some: list[Move | Call | Told] = [*_moves(seen, beside), *beside.calls, *beside.told]
    return sorted(some, key=_at)


def _at(one: Move | Call | Told) -> datetime:
    return one.entry.at if isinstance(one, Move) else one.at


def _moves(seen: Timeline, beside: Beside) -> Iterator[Move]:
    ends = {was.sequence: now.at - was.at for was, now in pairwise(seen.entries)}
    for entry in seen.entries:
        notes = tuple(note for note in beside.notes if note.sequence == entry.sequence)
        yield Move(entry, ends.get(entry.sequence), notes)
