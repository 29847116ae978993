"""The guard: under which names one may ask, from where a form may come, what an answer forbids.

A page of somebody else's, in the browser of who is signed in, could ask the console under a name
of its own (DNS rebinding): hence the check of the `Host` header. It could post a form: hence the
check of `Origin`, beside the token that each form carries.
"""

from collections.abc import Iterable

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.console.cookies import LOOPBACK, host_of

_READING = ("GET", "HEAD")
_KNOWN = (*_READING, "POST")
_NOBODY = frozenset({"0.0.0.0", "::", "[::]"})  # noqa: S104  # addresses to listen on, never names
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; "
    "img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",  # with no-referrer browsers call our own forms `null`'s
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}
_LASTING = {"Strict-Transport-Security": "max-age=31536000"}  # where people come over TLS


def names_of(*hosts: str) -> frozenset[str]:
    """The names that a console answers under: those of loopback and these, as `Host` gives them."""
    named = {f"[{host}]" if ":" in host and not host.startswith("[") else host for host in hosts}
    return LOOPBACK | ({name.lower() for name in named} - _NOBODY - {""})


def host_admitted(header: str, names: Iterable[str]) -> bool:
    """Whether a `Host` header, whatever its port, names us."""
    name = host_of(header)
    port = header[len(name) :].removeprefix(":")
    return (port == "" or port.isdigit()) and name in names


class Guard:
    """Lets through what is asked under our own names, and closes each answer.

    Args:
        app: what is guarded.
        names: ours, as `names_of` makes them.
    """

    def __init__(self, app: ASGIApp, *, names: frozenset[str]) -> None:
        self._app = app
        self._names = names | LOOPBACK

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        lasting = host_of(headers.get("host", "")) not in LOOPBACK

        async def closing(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(_HEADERS | (_LASTING if lasting else {}))
            await send(message)

        await (self._refusal(scope["method"], headers) or self._app)(scope, receive, closing)

    def _refusal(self, method: str, headers: Headers) -> ASGIApp | None:
        host = headers.get("host", "")
        if not host_admitted(host, self._names):
            return PlainTextResponse("Cette page ne répond pas sous ce nom.\n", 421)
        if method not in _KNOWN:
            return PlainTextResponse("Demande refusée.\n", 405, {"Allow": ", ".join(_KNOWN)})
        if method not in _READING and not _from_here(headers, host):
            return PlainTextResponse("Ce formulaire vient d’ailleurs.\n", 403)
        return None


def _from_here(headers: Headers, host: str) -> bool:
    """Whether a browser that says where a form comes from says here."""
    if headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        return False
    origin = headers.get("origin")
    return origin is None or origin.partition("://")[2].lower() == host.lower()
