"""Accesses: who looked at what personal thing, when and why. Only ever added to."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import Connection, insert

from shared.store.people import AccessRow

LONGEST_WHY = 300


class Act(StrEnum):
    """How something personal was looked at."""

    SEARCHED = "searched"  # by name and birth
    OPENED = "opened"  # what is sealed was read


@dataclass(frozen=True, slots=True)
class Looked:
    """One look. `sought` is the blind index of what was searched for, never its words."""

    act: Act
    why: str
    authority: UUID | None = None
    application: UUID | None = None
    sought: bytes | None = None


def record(connection: Connection, person: UUID, *looks: Looked) -> None:
    """Write looks down, in the transaction that looks: what is not recorded is not shown."""
    for one in looks:
        connection.execute(
            insert(AccessRow),
            {
                "id": uuid4(),
                "person_id": person,
                "act": one.act,
                "why": one.why[:LONGEST_WHY],
                "authority_id": one.authority,
                "application_id": one.application,
                "sought": one.sought,
            },
        )
