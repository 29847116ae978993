"""Looked: the record of accesses read back, page by page, by the DPO and by each for themselves.

PostgreSQL shows the DPO what was looked at in the authorities in reach, and everybody their own
looks. What was searched for is not here: only that it was, why, and what was found.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from shared.marks import Mark
from shared.people.accesses import Act
from shared.people.naming import PERSON

PAGE = 50
MOST_PEOPLE = 200
_MOST_RECENT = 5_000  # the looks among which people are found for the form
_SEEN = text("""
    SELECT look.id, look.at, look.person_id, look.act, look.why, town.name AS authority,
           one.reference
    FROM accesses look
    LEFT JOIN authorities town ON town.id = look.authority_id
    LEFT JOIN applications one ON one.id = look.application_id
    WHERE (CAST(:person AS uuid) IS NULL OR look.person_id = :person)
      AND (CAST(:act AS text) IS NULL OR look.act = :act)
      AND look.at >= :since AND look.at < :until
      AND (look.at, look.id) < (:at, CAST(:id AS uuid))
    ORDER BY look.at DESC, look.id DESC LIMIT :most
""")
_PEOPLE = text("""
    SELECT DISTINCT person_id FROM (
        SELECT person_id FROM accesses ORDER BY at DESC, id DESC LIMIT :recent
    ) last ORDER BY person_id LIMIT :most
""")
_FIRST, _LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
_HIGHEST = UUID(int=2**128 - 1)


@dataclass(frozen=True, slots=True)
class Sought:
    """Which looks: of a person, of a kind, from a day to a day, both included (UTC)."""

    person: UUID | None = None
    act: Act | None = None
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """One look. `reference` and `authority` are None where there was none, or out of reach."""

    id: UUID
    at: datetime
    person: UUID
    act: str
    why: str
    authority: str | None
    reference: str | None

    @property
    def actor(self) -> str:
        """How names are asked for (`shared.people.naming`)."""
        return f"{PERSON}{self.person}"


@dataclass(frozen=True, slots=True)
class Page:
    """Some looks, the last first; `after` where there are more."""

    looks: tuple[Look, ...]
    after: Mark | None


def page(connection: Connection, sought: Sought, after: Mark | None = None) -> Page:
    """The looks that the scope sees, `PAGE` at most, before a mark."""
    rows = connection.execute(_SEEN, _values(sought, after)).all()
    looks = tuple(Look(*row) for row in rows[:PAGE])
    more = len(rows) > PAGE
    return Page(looks, Mark(looks[-1].at, looks[-1].id) if more else None)


def people(connection: Connection) -> Sequence[UUID]:
    """Who looked of late, as far as the scope sees it; `MOST_PEOPLE` at most."""
    values = {"recent": _MOST_RECENT, "most": MOST_PEOPLE}
    return connection.execute(_PEOPLE, values).scalars().all()


def _values(sought: Sought, after: Mark | None) -> dict[str, Any]:
    return {
        "person": sought.person,
        "act": sought.act,
        "since": _FIRST if sought.since is None else _midnight(sought.since),
        "until": _LAST if sought.until is None else _midnight(sought.until) + timedelta(days=1),
        "at": _LAST if after is None else after.at,
        "id": _HIGHEST if after is None else after.id,
        "most": PAGE + 1,
    }


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
