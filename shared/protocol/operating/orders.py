"""Orders: what a person asks to be done to applications, and what it came to for each. Pure."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from shared.review_acts import ClosedFor
from shared.states import Lane, Status

LONGEST_COMMENT = 500
LATEST_RETRY = timedelta(days=90)
_LOOKS_PERSONAL = re.compile(r"\d(?:[ .-]?\d){9,}|\S@\S+\.\S")
_SETTLED = {Status.WITHDRAWN, Status.CLOSED, Status.DECIDED, Status.ESTIMATED}
_OPEN = frozenset(set(Status) - _SETTLED)


class Verb(StrEnum):
    """What may be done to an application."""

    RETRY = "retry"  # due at once
    RETRY_AT = "retry_at"  # due at a time
    TO_REVIEW = "to_review"  # a person settles it
    RELEASE = "release"  # out of quarantine, alone in its process
    LANE = "lane"  # into another lane
    CLOSE = "close"  # ended, with a ground


class CameTo(StrEnum):
    """What an order came to for one application: done, or why it was left as it is."""

    DONE = "done"
    ALREADY = "already"  # it stood so
    HELD = "held"  # a worker is at it: nothing to hasten
    ENDED = "ended"  # withdrawn or closed
    DECIDED = "decided"  # a decision is in force
    NOT_ITS_STATE = "not_its_state"  # nothing of the kind is done in its state
    AFTER_LAST_DATE = "after_last_date"  # a person looks at it before that time
    ERASED = "erased"  # its key was destroyed: nothing opens
    DOCUMENTS = "documents"  # the family chose that the State is not asked
    GONE = "gone"  # there is no such application any more
    CANCELLED = "cancelled"  # the whole action was, before its turn


FITS: dict[Verb, frozenset[Status]] = {
    Verb.RETRY: frozenset({Status.RECEIVED, Status.VERIFIED, Status.PARKED, Status.TO_REVIEW}),
    Verb.RETRY_AT: frozenset({Status.RECEIVED, Status.VERIFIED, Status.PARKED, Status.TO_REVIEW}),
    Verb.TO_REVIEW: frozenset({Status.RECEIVED, Status.VERIFIED, Status.PARKED}),
    Verb.RELEASE: frozenset({Status.QUARANTINED}),
    Verb.LANE: _OPEN,
    Verb.CLOSE: _OPEN,
}
"""The states in which an order of each kind may be done; whoever previews counts by them."""

CALLS = frozenset({Verb.RETRY, Verb.RELEASE})
"""What makes applications due at once, and is handed out no faster than they are worked off."""


class OrderError(ValueError):
    """An order that cannot be given: the field, and what it lacks, in French."""

    def __init__(self, field: str, said: str) -> None:
        """`said`: the remedy."""
        self.field = field
        self.said = said
        super().__init__(f"« {field} » : {said}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One order: what, with what it needs, who gives it (`command:<login>`, …) and why.

    Attributes:
        verb: what is to be done.
        actor: who gives it, as the journal has it.
        comment: why, in the words of who gives it: never anything about a family.
        at: of `RETRY_AT`, when (UTC).
        lane: of `LANE`, into which.
        ground: of `CLOSE`, on what ground.
    """

    verb: Verb
    actor: str
    comment: str
    at: datetime | None = None
    lane: Lane | None = None
    ground: ClosedFor | None = None

    def __post_init__(self) -> None:
        needed = {Verb.RETRY_AT: "at", Verb.LANE: "lane", Verb.CLOSE: "ground"}.get(self.verb)
        for field in ("at", "lane", "ground"):
            if (getattr(self, field) is None) is (field == needed):
                raise OrderError(field, "obligatoire ici." if field == needed else "de trop ici.")

    def act(self) -> dict[str, Any]:
        """What is kept of it beside each application, as plain JSON."""
        return {
            "act": str(self.verb),
            "comment": self.comment,
            "at": None if self.at is None else self.at.isoformat(),
            "lane": self.lane and str(self.lane),
            "ground": self.ground and str(self.ground),
        }


def read_comment(text: str) -> str:
    """A comment as it is kept: one line, without anything that looks like a number of a person.

    Raises:
        OrderError: none is given, it is too long, or it holds a long number or an address.
    """
    comment = " ".join(text.split())
    if not comment:
        raise OrderError("comment", "dites pourquoi, sans rien d'une famille.")
    if len(comment) > LONGEST_COMMENT:
        raise OrderError("comment", f"{LONGEST_COMMENT} caractères au plus.")
    if _LOOKS_PERSONAL.search(comment):
        raise OrderError(
            "comment", "un long numéro ou une adresse s'y trouve : retirez ce qui est personnel."
        )
    return comment


def read_time(at: datetime, now: datetime) -> datetime:
    """When to try again, in the future and within `LATEST_RETRY`.

    Raises:
        OrderError: it is not.
    """
    if not now < at <= now + LATEST_RETRY:
        raise OrderError("at", f"une date à venir, dans {LATEST_RETRY.days} jours au plus.")
    return at
