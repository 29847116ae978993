"""Faults: how the calls about a family break, from the grammar of what the wire really does."""

from dataclasses import dataclass
from enum import StrEnum

from services.simulator.population.draws import Draws
from services.simulator.population.plans import Kind


class Fault(StrEnum):
    """One broken call."""

    SERVER_ERROR = "500"  # a bare page of the front server, no JSON
    NETWORK = "502"
    INTERNAL = "502_internal"
    TIMEOUT = "504"
    QUOTA = "429"
    TRUNCATED = "truncated"  # a 200 cut in the middle of its JSON
    SLOW = "slow"  # a good answer, later than a client waits
    CLOSED = "closed"  # the connection ends without an answer


class Malformed(StrEnum):
    """A 200 in good JSON, outside the contract."""

    DATA_IS_A_LIST = "data_is_a_list"
    BODY_IS_A_LIST = "body_is_a_list"


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong with the answers about a family: the first calls' faults, or all of them."""

    faults: tuple[Fault, ...] = ()
    for_ever: bool = False
    malformed: Malformed | None = None

    def at_call(self, count: int) -> Fault | None:
        """The fault of call number `count`, counted from 0."""
        if self.for_ever:
            return self.faults[count % len(self.faults)]
        return self.faults[count] if count < len(self.faults) else None


# The quota comes once: it pauses a whole habilitation.
_TRANSIENT = (
    ((Fault.SERVER_ERROR,), 2),
    ((Fault.NETWORK,), 3),
    ((Fault.TIMEOUT,), 3),
    ((Fault.QUOTA,), 1),
    ((Fault.TRUNCATED,), 2),
    ((Fault.SLOW,), 1),
    ((Fault.CLOSED,), 2),
    ((Fault.TIMEOUT, Fault.NETWORK), 1),
    ((Fault.CLOSED, Fault.TRUNCATED), 1),
)


def trouble_of(draws: Draws, kind: Kind) -> Trouble:
    """What breaks for a family of this kind."""
    match kind:
        case Kind.TRANSIENT_FAULT:
            return Trouble(faults=draws.weighted(_TRANSIENT))
        case Kind.UNAVAILABLE:
            return Trouble(faults=(Fault.INTERNAL,), for_ever=True)
        case Kind.UNREADABLE:
            return Trouble(malformed=draws.pick(tuple(Malformed)))
        case _:
            return Trouble()
