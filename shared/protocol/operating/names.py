"""Names: who is found by a family name's beginning and a birth date; each search is written down.

The numbers are written as applications enter (`enter`), and made for those that are there already
(`to_index`, then `enter`), a few at a time, by whoever holds the key ring.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from shared.application import Application
from shared.blind_names import IndexKeys
from shared.pre_registration import PreRegistration
from shared.protocol.operating.noting import note
from shared.sealing import WrappedKey
from shared.seeking.writing import SoughtError

Person = tuple[str, date]  # a family name, a birth
MOST_FOUND = 200
_BATCH = 500
_ENTER = text("""
    INSERT INTO name_tokens (application_id, version, tokens) VALUES (:id, :version, :tokens)
    ON CONFLICT (application_id) DO UPDATE
    SET version = excluded.version, tokens = excluded.tokens
    WHERE name_tokens.version <= excluded.version
""")
_TO_INDEX = text("""
    SELECT a.id, a.sealed, k.ring_key, k.wrapped
    FROM applications a
    JOIN application_keys k ON k.application_id = a.id
    LEFT JOIN name_tokens n ON n.application_id = a.id
    WHERE a.id > :after AND (n.version IS NULL OR n.version < :version)
    ORDER BY a.id LIMIT :batch
""")
_FIND = text("""
    SELECT n.application_id FROM name_tokens n
    WHERE n.tokens && CAST(:tokens AS bigint[]) LIMIT :most
""")
_FIND_WITHIN_REACH = text("""
    SELECT berceau_found_by_name(CAST(:tokens AS bigint[]), :most)
""")


@dataclass(frozen=True, slots=True, repr=False)
class ToIndex:
    """An application whose numbers are to be made: sealed, with its wrapped key."""

    id: UUID
    sealed: bytes
    key: WrappedKey


def people_of(handed: Application | PreRegistration) -> Iterator[Person]:
    """By whom an application is found: each family name with the child's birth, or its own."""
    applicant, child = handed.applicant, handed.child
    names = {applicant.birth_name, applicant.usage_name or applicant.birth_name}
    own = applicant.birth
    if own.month and own.day:
        yield from ((name, date(own.year, own.month, own.day)) for name in names)
    if child is not None:
        yield from ((name, child.birth) for name in {*names, child.birth_name})


def enter(connection: Connection, keys: IndexKeys, people: Mapping[UUID, Sequence[Person]]) -> None:
    """Write the numbers of applications; those of a later key stay."""
    values = [
        {"id": id_, "version": keys.current, "tokens": keys.entered(some)}
        for id_, some in people.items()
    ]
    if values:
        connection.execute(_ENTER, values)


def to_index(connection: Connection, keys: IndexKeys, *, after: UUID) -> Sequence[ToIndex]:
    """The next applications, by id, that have no numbers under the current key: a batch at most."""
    values = {"after": after, "version": keys.current, "batch": _BATCH}
    rows = connection.execute(_TO_INDEX, values)
    return [ToIndex(row.id, row.sealed, WrappedKey(row.ring_key, row.wrapped)) for row in rows]


def search(
    connection: Connection,
    keys: IndexKeys,
    name: str,
    birth: date,
    *,
    actor: str,
    why: str,
    as_screens: bool = False,
) -> list[UUID]:
    """The applications of a family name that begins so and of a birth date, `MOST_FOUND` at most.

    That it was asked is written down in the same transaction (`accesses`, or `operations` where
    that table is not there yet): who, when and why, never the name.

    Args:
        connection: in a transaction.
        keys: of the index.
        name: two letters at least; accents, case and hyphens do not count.
        birth: of the child or of the applicant.
        actor: who asks.
        why: in the words of who asks.
        as_screens: whether the transaction has a scope: found is what is in reach of it.

    Raises:
        SoughtError: too few letters.
    """
    try:
        tokens = keys.asked(name, birth)
    except ValueError as few:
        raise SoughtError({"nom": str(few)}) from None
    find = _FIND_WITHIN_REACH if as_screens else _FIND
    found = list(connection.execute(find, {"tokens": tokens, "most": MOST_FOUND}).scalars())
    _write_down(connection, actor=actor, why=why, found=len(found))
    return found


def _write_down(connection: Connection, *, actor: str, why: str, found: int) -> None:
    detail: dict[str, Any] = {"found": found}
    note(connection, "search_by_name", "applications", actor=actor, comment=why, detail=detail)
