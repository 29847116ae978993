"""Who may do what: one row for each route and verb. Pure.

Whether something of an authority is in reach is the record's answer (row-level security); a row
says that it is asked. docs/reference/authorisations.md prints the rows of every room, and a test
tries each of them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, StrEnum

from shared.roles import Role

EVERYBODY = frozenset(Role)
ACTING = frozenset({Role.AGENT, Role.SUPERVISOR, Role.OPS})


class Reach(StrEnum):
    """Whose things a route shows or changes."""

    NOTHING = "nothing"  # nothing of an authority
    OWN = "own"  # of the authorities in reach of whoever asks, and no other's
    SELF = "self"  # of the person themselves


class Verb(StrEnum):
    """What is asked: to read (GET, HEAD), or to do."""

    GET = "GET"
    POST = "POST"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the matrix. `roles` None: whoever asks, signed in or not."""

    verb: Verb
    path: str
    roles: frozenset[Role] | None
    reach: Reach


class Verdict(Enum):
    """What the matrix says of whoever asks."""

    ADMITTED = "admitted"
    SIGN_IN_FIRST = "sign in first"
    REFUSED = "refused"


def judge(row: Row, role: Role | None) -> Verdict:
    """Whether a role, or somebody unknown (None), may."""
    if row.roles is None:
        return Verdict.ADMITTED
    if role is None:
        return Verdict.SIGN_IN_FIRST
    return Verdict.ADMITTED if role in row.roles else Verdict.REFUSED


def reads(path: str, roles: frozenset[Role] | None, reach: Reach) -> Row:
    """A row for what is read."""
    return Row(Verb.GET, path, roles, reach)


def does(path: str, roles: frozenset[Role] | None, reach: Reach) -> Row:
    """A row for what is done."""
    return Row(Verb.POST, path, roles, reach)


def row_of(rows: Iterable[Row], verb: Verb, path: str) -> Row:
    """The row of a route.

    Raises:
        LookupError: it has none: nobody said who may.
    """
    for row in rows:
        if (row.verb, row.path) == (verb, path):
            return row
    raise LookupError(f"{verb} {path} has no row in the matrix: say in its room who may")
