"""Plans: what is to happen to each family, dealt so that every block of 200 has every kind.

Shares are exact in a whole block: with the rules of an automatic scheme, 177 families of 200 end
with a fee decided by the machine alone, 9 wait for a person's yes, 14 are set aside for a reason.
"""

from enum import StrEnum
from functools import lru_cache

from services.simulator.population.draws import Draws

BLOCK = 200


class Kind(StrEnum):
    """What is particular about a family, as the provider's answer or the enrolment shows it."""

    NOMINAL = "nominal"
    TRANSIENT_FAULT = "transient_fault"  # the first calls break, a later one is answered
    DECLARED = "declared"  # the portal has not checked who asks
    DISABILITY = "disability"  # a child has the AEEH
    NOT_IDENTIFIED = "not_identified"  # the civil status was typed wrong
    NO_FILE = "no_file"  # known to the register, unknown to the funds
    OTHER_PARENT_FILE = "other_parent_file"  # the other parent alone has a file
    NO_CHILD_UNDER_SEVEN = "no_child_under_seven"  # the file does not hold the birth yet
    INPUT_REFUSED = "input_refused"  # the counter behind the API refuses a field
    INCONSISTENT = "inconsistent"  # somebody else's file comes back
    CHILD_NOT_LISTED = "child_not_listed"  # the file is theirs, without the child enrolled
    RESOURCES_MISSING = "resources_missing"
    DOUBTFUL_YEAR = "doubtful_year"
    DISABILITY_EXCEEDS = "disability_exceeds"  # more AEEH children than children
    UNREADABLE = "unreadable"  # an answer outside the contract
    UNAVAILABLE = "unavailable"  # every call breaks, for ever


_DEALT = {
    Kind.TRANSIENT_FAULT: 8,
    Kind.DISABILITY: 5,
    Kind.DECLARED: 4,
    Kind.CHILD_NOT_LISTED: 2,
    Kind.NOT_IDENTIFIED: 2,
    Kind.NO_FILE: 1,
    Kind.OTHER_PARENT_FILE: 1,
    Kind.NO_CHILD_UNDER_SEVEN: 1,
    Kind.INPUT_REFUSED: 1,
    Kind.INCONSISTENT: 1,
    Kind.RESOURCES_MISSING: 1,
    Kind.DOUBTFUL_YEAR: 1,
    Kind.DISABILITY_EXCEEDS: 1,
    Kind.UNREADABLE: 1,
    Kind.UNAVAILABLE: 1,
}
_RARE = tuple(kind for kind, count in _DEALT.items() for _ in range(count))
_HAND = _RARE + (Kind.NOMINAL,) * (BLOCK - len(_RARE))


def kind_of(seed: int, number: int) -> Kind:
    """The kind of family `number`, counted from 0."""
    block, place = divmod(number, BLOCK)
    return _dealt(seed, block)[place]


@lru_cache(maxsize=512)
def _dealt(seed: int, block: int) -> tuple[Kind, ...]:
    return Draws(seed, "plans", block).shuffled(_HAND)
