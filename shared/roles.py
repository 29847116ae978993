"""Who acts: the roles of people, and what each sees. Pure."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """What a person is at the console; one each."""

    AGENT = "agent"  # settles what waits for a person
    SUPERVISOR = "supervisor"  # answers for agents, and for what they settle
    OPS = "ops"  # watches the queues
    DPO = "dpo"  # looks at who looked


DOOR = "door"
"""In the place of a role, while nobody is known yet: the door sees people and sessions, no more."""


@dataclass(frozen=True, slots=True)
class Scope:
    """As whom the record is read: a role (or the door), the authorities in reach, the person.

    `authorities` None is every authority, those to come included; empty is none.
    """

    role: str
    authorities: frozenset[UUID] | None = frozenset()
    person: UUID | None = None

    def reaches(self, authority: UUID) -> bool:
        """Whether what belongs to this authority is in reach."""
        return self.authorities is None or authority in self.authorities


AT_THE_DOOR = Scope(DOOR)
EVERY_AUTHORITY = "*"
