"""Invented families, what the State answers about each, and what each must come to.

A script is a few passing answers, then one that stays the same for ever, so that a call that is
made twice, or in vain, changes nothing in how it ends.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from shared.application import Application
from shared.evidence import (
    EAJE_SOURCE,
    Busy,
    Certified,
    EajeFacts,
    NoFile,
    NotIdentified,
    Outcome,
    Provenance,
    Unavailable,
)
from shared.states import Reason, Status

NAMES = ("Zoé", "Amir", "Lou", "Inès", "Paul", "Noa")
ENDED = frozenset({Status.WITHDRAWN, Status.CLOSED})
LAST_DATE = timedelta(days=30)
HAND_CENTS = 14_214  # 24 000 € a year, two children: 1,03 € × 138 h
_QUOTA = timedelta(seconds=60)
_FROM = Provenance(
    source=EAJE_SOURCE, fetched_at=datetime(2026, 11, 23, 9, 30, tzinfo=UTC), http_status=200
)


class End(StrEnum):
    """What the State says in the end."""

    ONE_CHILD = "one child"
    TWO_CHILDREN = "two children"
    THREE_CHILDREN = "three children"
    DISABILITY = "two children, one with AEEH"
    NOBODY = "not identified"
    NO_FILE = "no file"
    DOWN = "never available for this family"


class Passing(StrEnum):
    """What it may say before."""

    BUSY = "busy"
    QUOTA = "busy, for the whole habilitation"
    FAILING = "unavailable"
    NO_FILE = "no file yet"


_CHILDREN = {End.ONE_CHILD: 1, End.TWO_CHILDREN: 2, End.THREE_CHILDREN: 3, End.DISABILITY: 2}
CENTS = {  # a month: 138 h at 4 000 € a month times the rate of 1, 2 and 3 children
    End.ONE_CHILD: 34_224,
    End.TWO_CHILDREN: 28_428,
    End.THREE_CHILDREN: 22_770,
    End.DISABILITY: 22_770,
}
_REASONS = {
    End.NOBODY: Reason.NOT_IDENTIFIED,
    End.NO_FILE: Reason.NO_FILE,
    End.DOWN: Reason.PROVIDER_UNAVAILABLE,
}
WAITED_FOR = {Reason.PROVIDER_BUSY, Reason.PROVIDER_UNAVAILABLE, Reason.NO_FILE}


@dataclass(eq=False)
class Family:
    """One family: its application, its script, and what people did to it since.

    `poison`: whatever process begins it ends, until ops have released it. `accepted`: when, by the
    machine's clock.
    """

    body: Application
    end: End
    passing: list[Passing]
    accepted: timedelta
    poison: bool = False
    id: UUID = field(default_factory=lambda: UUID(int=0))
    reference: str = ""
    ended: Status | None = None
    validated: bool = False
    by_hand: bool = False

    @property
    def name(self) -> str:
        return self.body.child.first_names[0]

    @property
    def key(self) -> str:
        return f"key-{self.name.encode().hex()}"

    @property
    def comes_to(self) -> tuple[Status, int | None]:
        """State and fee in force (cents a month), once nothing is left to do."""
        if self.ended is not None:
            return self.ended, None
        if self.by_hand:
            return Status.DECIDED, HAND_CENTS
        if self.poison:
            return Status.QUARANTINED, None
        if self.end is End.DISABILITY and not self.validated:
            return Status.PROPOSED, None
        cents = CENTS.get(self.end)
        return (Status.TO_REVIEW, None) if cents is None else (Status.DECIDED, cents)

    @property
    def for_want_of(self) -> set[Reason | None]:
        """The reasons that may stand beside that state."""
        state, _ = self.comes_to
        if state is Status.DECIDED:  # asked again, the same answer changes nothing
            return {None, Reason.NOTHING_CHANGED}
        known = {
            Status.QUARANTINED: Reason.NEVER_FINISHED,
            Status.PROPOSED: Reason.DISABILITY_COUNTED,
            Status.TO_REVIEW: _REASONS.get(self.end),
        }
        return {known.get(state)}


class State:
    """The State's counter, at which every family is known by its child."""

    source = EAJE_SOURCE
    refusal = "token:of:test"

    def __init__(self) -> None:
        self.families: dict[str, Family] = {}

    async def of(self, _scheme: UUID, _habilitation: UUID) -> "State":
        return self

    async def verify(self, application: Application, now: datetime) -> Outcome:
        family = self.families[application.child.first_names[0]]
        if family.passing:
            return _passing(family.passing.pop(0), now)
        return _ending(family.end)

    def learn_at_once(self, held: object, outcome: Outcome, *, token: str) -> bool:  # noqa: ARG002
        """There is nothing to write down."""
        return True

    def learn(self, held: object, outcome: Outcome, *, token: str) -> None:
        """Nothing is stopped for what a script says of one family."""


def _passing(one: Passing, now: datetime) -> Outcome:
    match one:
        case Passing.BUSY:
            return Busy(_FROM, None, whole_habilitation=False)
        case Passing.QUOTA:
            return Busy(_FROM, now + _QUOTA, whole_habilitation=True)
        case Passing.FAILING:
            return Unavailable(_FROM, "status_500")
        case Passing.NO_FILE:
            return NoFile(_FROM)


def _ending(end: End) -> Outcome:
    match end:
        case End.NOBODY:
            return NotIdentified(_FROM)
        case End.NO_FILE:
            return NoFile(_FROM)
        case End.DOWN:
            return Unavailable(_FROM, "status_500")
        case _:
            return Certified(_facts(_CHILDREN[end], disabled=int(end is End.DISABILITY)))


def _facts(children: int, *, disabled: int) -> EajeFacts:
    return EajeFacts(
        children=children,
        aeeh_children=disabled,
        annual_resources_cents=4_800_000,
        resources_year=2026,
        child_listed=True,
        address_line="3 RUE DES TILLEULS",
        address_city="ARLES",
        provenance=_FROM,
    )
