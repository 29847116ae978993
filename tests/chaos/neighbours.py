"""Neighbours: the State breaks, slows, hangs or has had enough; a portal does not answer."""

from collections.abc import Mapping

import httpx

from tests.chaos.harming import Undo, Way
from tests.chaos.plan import Fault, Kind
from tests.chaos.receiver import Receiver

_RULES = {
    Kind.STATE_BROKEN: "status=502",
    Kind.STATE_HANGS: "hang",
    Kind.STATE_SLOW: "latency=800",
    Kind.STATE_HANGS_UP: "closed",
    Kind.STATE_BUSY: "status=429 rate=0.05",
}


class Neighbours:
    """Spoils the simulator (at `url`), and the receiver of webhooks."""

    def __init__(self, http: httpx.AsyncClient, url: str, receiver: Receiver) -> None:
        self._http = http
        self._faults = f"{url}/faults"
        self._receiver = receiver
        self._rules: list[str] = []

    def ways(self) -> Mapping[Kind, Way]:
        """How each of its kinds is done."""
        of_the_portal = dict.fromkeys((Kind.PORTAL_FAILS, Kind.PORTAL_HANGS), self._spoil_portal)
        return {**dict.fromkeys(_RULES, self._spoil_state), **of_the_portal}

    async def _spoil_state(self, fault: Fault) -> Undo:
        self._rules.append(_RULES[fault.kind])
        await self._throw()

        async def undo() -> None:
            self._rules.remove(_RULES[fault.kind])
            await self._throw()

        return undo

    async def _throw(self) -> None:
        answer = await self._http.post(self._faults, json={"rules": self._rules})
        answer.raise_for_status()

    async def _spoil_portal(self, fault: Fault) -> Undo:
        self._spoil(fault.kind, spoilt=True)

        async def undo() -> None:
            self._spoil(fault.kind, spoilt=False)

        return undo

    def _spoil(self, kind: Kind, *, spoilt: bool) -> None:
        if kind is Kind.PORTAL_FAILS:
            self._receiver.failing = spoilt
        else:
            self._receiver.hanging = spoilt
