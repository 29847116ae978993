"""The guard of an unauthenticated page: who may ask, how, and what the answer forbids.

The page listens on loopback. A page of somebody else's, in the browser of who sits there, could
still ask it under a name of its own (DNS rebinding): hence the check of the `Host` header.
"""

from collections.abc import Iterable

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})
_READING = ("GET", "HEAD")
_NOBODY = frozenset({"0.0.0.0", "::", "[::]"})  # noqa: S104  # addresses to listen on, never names
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def host_admitted(header: str, names: Iterable[str]) -> bool:
    """Whether a `Host` header, whatever its port, names us."""
    name, colon, port = header.rpartition(":")
    if not colon or "]" in port:
        name, port = header, ""
    return (port == "" or port.isdigit()) and name.lower() in names


class Guard:
    """Lets through reading under our own names, and closes each answer.

    Args:
        app: what is guarded.
        host: the address that the page listens on, a name of ours beside those of loopback.
    """

    def __init__(self, app: ASGIApp, *, host: str) -> None:
        self._app = app
        named = f"[{host}]" if ":" in host and not host.startswith("[") else host
        self._names = _LOOPBACK | ({named.lower()} - _NOBODY)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def closing(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(_HEADERS)
            await send(message)

        await (self._refusal(scope) or self._app)(scope, receive, closing)

    def _refusal(self, scope: Scope) -> ASGIApp | None:
        if not host_admitted(Headers(scope=scope).get("host", ""), self._names):
            return PlainTextResponse("Cette page ne répond pas sous ce nom.\n", 421)
        if scope["method"] not in _READING:
            return PlainTextResponse(
                "Cette page ne fait que montrer.\n", 405, {"Allow": ", ".join(_READING)}
            )
        return None
