"""Permits: a call at a callback takes its turn among all the others, whoever makes them."""

from dataclasses import dataclass
from typing import Protocol

from services.intake.franceconnect.question import Right
from shared.endpoints import provider_of
from shared.protocol.pauses import Turn
from shared.protocol.switching import breaker_switch
from shared.queue.limits import Limits
from shared.queue.pace import Allowance, Pace
from shared.queue.stops import Stop
from shared.states import Lane, Step

PAUSED_S = 60.0
_LOOK_AGAIN_S = 5.0


class KnowsPauses(Protocol):
    """Who knows what the record switched off, and the announced maintenance."""

    def stops(self, step: Step, turn: Turn) -> bool: ...


@dataclass(frozen=True, slots=True)
class SharedPermits:
    """Permits of every bucket that concerns a call with a FranceConnect token.

    They are those of the habilitation and of our address, as for the verifier, and those of
    FranceConnect's introspection. An endpoint that fails is left to the verifier to try again.
    """

    pace: Pace
    limits: Limits
    pauses: KnowsPauses

    def take(self, right: Right) -> float:
        """Take one permit; 0 when it was given, else how many seconds to wait."""
        turn = Turn(right.authority, right.scheme, right.habilitation, Lane.NOW)
        if self.pauses.stops(Step.VERIFY, turn):
            return PAUSED_S
        permits = self.pace.take(self._allowance(right), 1)
        return 0.0 if permits.given else permits.wait_s

    def _allowance(self, right: Right) -> Allowance:
        shared = self.limits.of(provider_of(right.profile))
        return Allowance(
            right.habilitation,
            right.pace,
            right.burst,
            limits=(*shared, *self.limits.introspection()),
            stops=(Stop(breaker_switch(right.profile), probes=0, lease_s=_LOOK_AGAIN_S),),
        )
