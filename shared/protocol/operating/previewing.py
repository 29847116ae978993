"""Previewing: how many applications an order would be for, and on how many it would do something.

Counts stop at a bound, so that no question costs more than a second; what is asked for more than an
action may hold is told so before it is confirmed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Connection, text

from shared.protocol.operating.matching import matching
from shared.protocol.operating.orders import CALLS, FITS, Verb
from shared.seeking.sought import Sought
from shared.states import Status

MOST_MEMBERS = 100_000  # of one bulk action
_COUNT = """
    SELECT count(*) FROM (SELECT FROM applications a WHERE {where} LIMIT :most) found
"""
_BY_STATE = """
    SELECT status, count(*) AS found FROM (
        SELECT a.status FROM applications a WHERE {where} LIMIT :most
    ) found GROUP BY status
"""
_PACE = text("SELECT coalesce(sum(pace), 0) FROM habilitations")


@dataclass(frozen=True, slots=True)
class Preview:
    """What an order would be for.

    Attributes:
        found: how many are sought, by state; they stop at `MOST_MEMBERS` and one in all.
        fits: how many of these the order is made for.
        at_pace: how long the providers need for them, at the pace of every habilitation together:
            a least, for others want permits too; None for what calls nobody.
    """

    found: Mapping[Status, int]
    fits: int
    at_pace: timedelta | None = None

    @property
    def total(self) -> int:
        return sum(self.found.values())

    @property
    def too_many(self) -> bool:
        """Whether it is more than one action may hold: what is sought must be narrowed."""
        return self.total > MOST_MEMBERS


def count(
    connection: Connection,
    sought: Sought,
    *,
    within: Sequence[UUID] | None = None,
    most: int = MOST_MEMBERS,
) -> int:
    """How many are sought, `most` at most.

    Raises:
        SoughtError: a code that names nothing.
    """
    found = matching(connection, sought, within=within)
    number: int = connection.execute(
        found.query(_COUNT), {**found.values, "most": most}
    ).scalar_one()
    return number


def preview(
    connection: Connection, sought: Sought, verb: Verb, *, within: Sequence[UUID] | None = None
) -> Preview:
    """What an order of this kind would be for, as it is now.

    Raises:
        SoughtError: a code that names nothing.
    """
    found = matching(connection, sought, within=within)
    values = {**found.values, "most": MOST_MEMBERS + 1}
    rows = connection.execute(found.query(_BY_STATE), values).all()
    by_state = {Status(row.status): row.found for row in rows}
    fits = sum(n for status, n in by_state.items() if status in FITS[verb])
    return Preview(by_state, fits, _at_pace(connection, fits) if verb in CALLS else None)


def _at_pace(connection: Connection, calls: int) -> timedelta | None:
    a_second: int = connection.execute(_PACE).scalar_one()
    return timedelta(seconds=calls / a_second) if a_second else None
