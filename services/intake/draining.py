"""Draining: how intake stops. Readiness goes first, the listener next, what is being served last.

A balancer asks /readyz every few seconds: it is told no at once, while requests are still served
for as long as it may take to notice. Each answer closes its connection meanwhile, so that the next
request goes elsewhere. A second order to stop ends the process at once: nothing was committed by
halves, and what was not acknowledged is sent again with its idempotency key.
"""

import time
from collections.abc import Callable
from socket import socket

import structlog
import uvicorn
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.intake.problems import Problem, answer_of
from services.intake.wordings import Kind
from shared.stopping import heed, leave_within

_log = structlog.get_logger()
_FINISH_WITHIN_S = 15
_LEAVE_WITHIN_S = _FINISH_WITHIN_S + 5.0
_DETAIL = "Arrêt en cours : adressez les demandes à une autre instance."


class Drain:
    """Whether the order to stop has come, and whether its time is up.

    Args:
        for_s: seconds between the order and the end of the listener.
        then: what else must know of the order; called from a signal's handler.
        clock: seconds that only go forward.
    """

    def __init__(
        self,
        *,
        for_s: float,
        then: Callable[[], None] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._for_s = for_s
        self._then = then
        self._clock = clock
        self._since: float | None = None

    def begin(self) -> None:
        """The order has come."""
        self._since = self._clock()
        self._then()

    @property
    def begun(self) -> bool:
        return self._since is not None

    @property
    def over(self) -> bool:
        return self._since is not None and self._clock() - self._since >= self._for_s


class Draining:
    """ASGI middleware: while draining, /readyz says no and every answer closes its connection."""

    def __init__(self, app: ASGIApp, drain: Drain) -> None:
        self._app = app
        self._drain = drain

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def closing(message: Message) -> None:
            if message["type"] == "http.response.start" and self._drain.begun:
                MutableHeaders(scope=message)["Connection"] = "close"
            await send(message)

        probed = scope["type"] == "http" and scope["path"] == "/readyz"
        if probed and self._drain.begun:
            refusal = answer_of(Problem(Kind.NOT_READY, detail=_DETAIL))
            await refusal(scope, receive, closing)
            return
        await self._app(scope, receive, closing)


class Server(uvicorn.Server):
    """uvicorn, stopped by a drain instead of by its own handling of signals."""

    def __init__(self, config: uvicorn.Config, drain: Drain) -> None:
        config.timeout_graceful_shutdown = _FINISH_WITHIN_S
        super().__init__(config)
        self._drain = drain
        self._said = False

    async def startup(self, sockets: list[socket] | None = None) -> None:
        """Listen; orders to stop are ours from here on."""
        heed(self._drain.begin)
        await super().startup(sockets=sockets)

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        """Close the listener and finish what is being served, within a bound whatever it does."""
        leave_within(_LEAVE_WITHIN_S)
        await super().shutdown(sockets=sockets)

    async def on_tick(self, counter: int) -> bool:
        """Called ten times a second; True ends the serving."""
        if self._drain.begun and not self._said:
            self._said = True
            _log.info("intake.draining")
        return self._drain.over or await super().on_tick(counter)
