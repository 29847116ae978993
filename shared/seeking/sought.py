"""What is sought: which applications, by what may stand in an address: nobody's name, no birth."""

from dataclasses import dataclass, fields
from datetime import timedelta
from enum import StrEnum

from shared.states import Lane, Reason, Status


class Sorting(StrEnum):
    """In which order they are shown."""

    OLDEST = "oldest"  # received first
    NEWEST = "newest"
    REFERENCE = "reference"


class Outcome(StrEnum):
    """What the State answered last, in the words of `verifications`; `shared.evidence` has them."""

    CERTIFIED = "Certified"
    NOT_IDENTIFIED = "NotIdentified"
    NO_FILE = "NoFile"
    NO_CHILD_UNDER_SEVEN = "NoChildUnderSeven"
    INPUT_REFUSED = "InputRefused"
    INCONSISTENT = "Inconsistent"
    FORBIDDEN = "Forbidden"
    BUSY = "Busy"
    UNAVAILABLE = "Unavailable"
    UNREADABLE = "Unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """Which applications: all that is given must hold; nothing given is every one.

    Attributes:
        reference: of one application, as it is told over the telephone.
        authority: its code; so are `portal`, `habilitation` and `campaign`.
        scheme: `authority/code`, or the code alone for those of every authority; so is `structure`.
        state: in any of these.
        reason: why it stands there.
        lane: its lane.
        outcome: what the State answered last.
        older: received so long ago at least.
        younger: received so long ago at most.
        still: in its state for so long at least.
        due: due by now and held by nobody.
        held: in a worker's hands.
        tried: calls that failed in a row, at least.
        sort: how they are shown; it keeps none out.
    """

    reference: str | None = None
    authority: str | None = None
    portal: str | None = None
    scheme: str | None = None
    structure: str | None = None
    habilitation: str | None = None
    campaign: str | None = None
    state: tuple[Status, ...] = ()
    reason: Reason | None = None
    lane: Lane | None = None
    outcome: Outcome | None = None
    older: timedelta | None = None
    younger: timedelta | None = None
    still: timedelta | None = None
    due: bool = False
    held: bool = False
    tried: int | None = None
    sort: Sorting = Sorting.OLDEST

    @property
    def everything(self) -> bool:
        """Whether it keeps nothing out."""
        plain = Sought()
        names = (one.name for one in fields(self) if one.name != "sort")
        return all(getattr(self, name) == getattr(plain, name) for name in names)
