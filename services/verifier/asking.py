"""The guard of the seam: whatever a provider does, the step gets one of the closed set in time."""

import asyncio
import time
from collections.abc import Awaitable, Sequence
from datetime import datetime
from typing import get_args

from services.verifier.contract import ByMonth, Client
from services.verifier.provider.answer import Failure
from services.verifier.provider.transport_errors import TRANSPORT_ERRORS, failure_of
from shared.application import Application
from shared.errors import BerceauError
from shared.evidence import (
    Certified,
    Facts,
    InputRefused,
    Month,
    NoChildUnderSeven,
    Outcome,
    Provenance,
    Unavailable,
)
from shared.metering.instruments import CALLS, endpoint_label
from shared.tracing.spans import span

_OUTCOMES = get_args(Outcome)
_FACTS = get_args(Facts)
_BROKEN = "Broken"  # no outcome: a bug of the provider's client, or a stop


class BrokenContractError(BerceauError):
    """A provider returned what no provider may return."""


class Guarded:
    """A client that is asked within `deadline_s` seconds, and believed as far as its contract goes.

    `source` is its provider's; `refusal` names the switch that a refusal of its token sets;
    `profile` says which endpoint it is in metrics.
    """

    def __init__(
        self,
        client: Client,
        *,
        source: str,
        deadline_s: float,
        refusal: str = "",
        profile: str = "",
    ) -> None:
        self._client = client
        self.source = source
        self.refusal = refusal
        self._deadline_s = deadline_s
        self._endpoint = endpoint_label(profile)

    async def verify(self, application: Application, now: datetime) -> Outcome:
        """Ask; a failure of the network or a late answer is `Unavailable`.

        Raises:
            BrokenContractError: not an outcome, not our facts, or said in another's name.
        """
        return await self._heard(self._client.verify(application, now), self._deadline_s)

    async def verify_months(
        self, application: Application, now: datetime, months: Sequence[Month | None]
    ) -> Outcome:
        """Ask for the quotients of these months; who cannot be asked so gives the current one.

        Each month has the time of one call.

        Raises:
            BrokenContractError: as `verify`.
        """
        if not isinstance(self._client, ByMonth):
            return await self.verify(application, now)
        asked = self._client.verify_months(application, now, months)
        return await self._heard(asked, self._deadline_s * len(months))

    async def _heard(self, asked: Awaitable[Outcome], within_s: float) -> Outcome:
        """Ask, and say how long it took and what came of it."""
        began, outcome = time.perf_counter(), _BROKEN
        with span("provider.ask", endpoint=self._endpoint) as begun:
            try:
                heard = await self._in_time(asked, within_s)
                outcome = type(heard).__name__
            finally:
                begun.tell(outcome=outcome)
                CALLS.labels(self._endpoint, outcome).observe(time.perf_counter() - began)
        return heard

    async def _in_time(self, asked: Awaitable[Outcome], within_s: float) -> Outcome:
        try:
            async with asyncio.timeout(within_s):
                outcome = await asked
        except TimeoutError:
            return Unavailable(None, Failure.DEADLINE)
        except TRANSPORT_ERRORS as error:
            return Unavailable(None, failure_of(error))
        self._check(outcome)
        return outcome

    def _check(self, outcome: Outcome) -> None:
        if not isinstance(outcome, _OUTCOMES):
            raise BrokenContractError(f"{self.source}: {type(outcome).__name__} is no outcome")
        if isinstance(outcome, Certified) and not isinstance(outcome.facts, _FACTS):
            raise BrokenContractError(f"{self.source}: facts of an unknown shape")
        provenance = provenance_of(outcome)
        if provenance is not None and provenance.source != self.source:
            raise BrokenContractError(f"{self.source}: an answer in the name of another source")


def provenance_of(outcome: Outcome) -> Provenance | None:
    """Where an outcome comes from; None when nobody answered."""
    return outcome.facts.provenance if isinstance(outcome, Certified) else outcome.provenance


def somebody_asked(outcome: Outcome) -> bool:
    """Whether a call left: what is refused or too early before it is nobody's answer."""
    before = isinstance(outcome, InputRefused | NoChildUnderSeven)
    return not before or provenance_of(outcome) is not None
