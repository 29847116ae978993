"""The states of an application and the moves between them; reasons: `shared.reasons`.

`MOVES` is the single list: the store refuses any other move, the reference page is checked
against it, and the console draws it.
"""

from enum import StrEnum

from shared.reasons import SEEN_BY_PORTALS as SEEN_BY_PORTALS  # noqa: PLC0414 - one vocabulary
from shared.reasons import Reason as Reason  # noqa: PLC0414
from shared.sentences import SENTENCES as SENTENCES  # noqa: PLC0414


class Status(StrEnum):
    """Where an application stands."""

    ESTIMATED = (
        "ESTIMATED"  # told an estimate from declared figures; nothing fetched, nothing decided
    )
    RECEIVED = "RECEIVED"  # accepted and committed; its certified data is due
    VERIFIED = "VERIFIED"  # certified data is here; its fee is due
    PROPOSED = "PROPOSED"  # priced, and waits for a person's yes
    DECIDED = "DECIDED"  # a decision is in force
    PARKED = "PARKED"  # waits for a date, with a last date after which a person looks
    TO_REVIEW = "TO_REVIEW"  # a person must settle it
    WITHDRAWN = "WITHDRAWN"  # taken back by the family
    CLOSED = "CLOSED"  # ended by an agent, with a ground
    QUARANTINED = "QUARANTINED"  # started and never finished: ops look at it


class Lane(StrEnum):
    """A queue for one kind of haste."""

    NOW = "now"
    BULK = "bulk"


class Step(StrEnum):
    """What a worker does next; the name of a queue is `<step>.<lane>`."""

    VERIFY = "verify"
    PRICE = "price"


STEP_OF: dict[Status, Step] = {Status.RECEIVED: Step.VERIFY, Status.VERIFIED: Step.PRICE}
DUE_STATUS: dict[Step, Status] = {step: status for status, step in STEP_OF.items()}

MOVES: dict[tuple[Status, Status], str] = {
    (Status.ESTIMATED, Status.RECEIVED): "admitted: structure, date and hours are known",
    (Status.ESTIMATED, Status.TO_REVIEW): "admitted with documents: nothing is fetched",
    (Status.RECEIVED, Status.RECEIVED): "a later try: busy, unavailable, or another parent asked",
    (Status.RECEIVED, Status.VERIFIED): "the State answered and the answer is about this family",
    (Status.RECEIVED, Status.PARKED): "nothing more can be known before a date",
    (Status.RECEIVED, Status.TO_REVIEW): "a machine must not settle it",
    (Status.VERIFIED, Status.DECIDED): "priced under a scheme that needs no person",
    (Status.VERIFIED, Status.PROPOSED): "priced, but a person must say yes",
    (Status.VERIFIED, Status.TO_REVIEW): "certified figures that a machine must not price",
    (Status.PARKED, Status.RECEIVED): "its date has come",
    (Status.PARKED, Status.TO_REVIEW): "its last date has passed",
    (Status.PROPOSED, Status.DECIDED): "an agent said yes",
    (Status.PROPOSED, Status.TO_REVIEW): "an agent said no: a person settles it",
    (Status.PROPOSED, Status.RECEIVED): "an agent has the State asked again",
    (Status.TO_REVIEW, Status.RECEIVED): "an agent mended it: ask the State again",
    (Status.TO_REVIEW, Status.VERIFIED): "an agent supplied the data: price it",
    (Status.TO_REVIEW, Status.DECIDED): "an agent decided",
    (Status.TO_REVIEW, Status.CLOSED): "an agent closed it, with a ground",
    (Status.DECIDED, Status.RECEIVED): "a re-check is due; the decision in force stays",
    (
        Status.DECIDED,
        Status.VERIFIED,
    ): "priced again from the evidence held: a corrected tariff, or a version that another ended",
    (Status.DECIDED, Status.TO_REVIEW): "an agent opens it again; the decision in force stays",
    (Status.RECEIVED, Status.QUARANTINED): "started several times, never finished",
    (Status.VERIFIED, Status.QUARANTINED): "started several times, never finished",
    (Status.QUARANTINED, Status.RECEIVED): "ops released it",
    (Status.QUARANTINED, Status.CLOSED): "ops closed it, with a ground",
    **{
        (status, Status.WITHDRAWN): "the family took it back"
        for status in (
            Status.ESTIMATED,
            Status.RECEIVED,
            Status.VERIFIED,
            Status.PARKED,
            Status.TO_REVIEW,
            Status.PROPOSED,
            Status.DECIDED,
            Status.QUARANTINED,
        )
    },
}

KEEPS_TAX_NUMBERS = frozenset({Status.RECEIVED, Status.PARKED, Status.QUARANTINED})
"""Where the State has still to answer. Whatever moves an application elsewhere destroys them."""
