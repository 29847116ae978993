"""Hang up: closes a connection without an answer, which ASGI has no word for.

`Hangable` wraps the whole application and gives each request a way to close its transport; uvicorn
keeps it beside `send`. Where no transport can be reached (an in-process client), a 502 stands in.
"""

import asyncio
from collections.abc import Callable

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

_KEY = "berceau.hang_up"
_BAD_GATEWAY = 502
_LONGEST_S = 600


class Hangable:
    """An application whose endpoints may close the connection with `HangUp`, or leave it open."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve, with the closing of the transport at hand."""
        transport = getattr(getattr(send, "__self__", None), "transport", None)
        if transport is not None:
            scope[_KEY] = transport.close
        await self._app(scope, receive, send)


class HangUp(Response):
    """Ends the connection without a byte of answer, at once or when the caller gives up.

    Nobody is left hanging for more than ten minutes.
    """

    def __init__(self, *, at_once: bool = True) -> None:
        super().__init__()
        self._at_once = at_once

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Close, and wait until the server has seen it."""
        close: Callable[[], None] | None = scope.get(_KEY)
        if close is None:
            await Response(status_code=_BAD_GATEWAY)(scope, receive, send)
            return
        if not self._at_once:
            await _gone(receive)
        close()
        await _gone(receive)


async def _gone(receive: Receive) -> None:
    try:
        async with asyncio.timeout(_LONGEST_S):
            while (await receive())["type"] != "http.disconnect":
                pass
    except TimeoutError:
        return
