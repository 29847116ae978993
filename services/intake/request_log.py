"""The request log: one line for each request, codes and ids only; and the last net for bugs."""

from time import perf_counter
from typing import Any

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.intake.portals import Footprint
from services.intake.problems import Problem, answer_of
from services.intake.traces import trace_id, traceparent
from services.intake.wordings import Kind
from shared.queue.tolls import Toll

_log = structlog.get_logger()
_PROBES = {"/healthz", "/readyz"}
_CLIENT_LEFT = 499


class RequestLog:
    """ASGI middleware, outermost: trace in and out, the log line, a bug turned into a problem."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        entry = _Entry(scope, send)
        try:
            await self._app(scope, receive, entry.send)
        except ClientDisconnect:
            entry.status = _CLIENT_LEFT
        except Exception:  # noqa: BLE001  # the last net: a bug is logged and said as a problem
            _log.exception("request.failed", correlation=trace_id(entry.trace))
            await self._apologise(scope, receive, entry)
        finally:
            entry.write()

    async def _apologise(self, scope: Scope, receive: Receive, entry: "_Entry") -> None:
        if entry.status is None:  # nothing was sent yet
            correlation = {"correlation": trace_id(entry.trace)}
            problem = Problem(Kind.INTERNAL_ERROR, members=correlation)
            await answer_of(problem)(scope, receive, entry.send)


class _Entry:
    """One request on its way through."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self.trace = traceparent(Headers(scope=scope).get("traceparent"))
        self.status: int | None = None
        self._scope = scope
        self._send = send
        self._began = perf_counter()
        self._footprint = Footprint()
        state = scope.setdefault("state", {})
        state["trace"], state["footprint"] = self.trace, self._footprint

    async def send(self, message: Message) -> None:
        """Send on, with the trace in the headers."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            headers["traceparent"] = self.trace
            if self._footprint.toll is not None:
                _tell(self._footprint.toll, headers)
        await self._send(message)

    def write(self) -> None:
        """Write the line: the route's template, never the path or the query as they came."""
        route = getattr(self._scope.get("route"), "path", None)
        level: Any = _log.debug if route in _PROBES else _log.info
        level(
            "request",
            method=self._scope["method"],
            route=route,
            status=self.status,
            ms=round((perf_counter() - self._began) * 1000, 1),
            portal=self._footprint.portal,
            reference=self._footprint.reference,
            exported=self._footprint.exported,
            trace=trace_id(self.trace),
        )


def _tell(toll: Toll, headers: MutableHeaders) -> None:
    """What is left of the portal's limit (the header fields of the IETF's RateLimit draft)."""
    headers["RateLimit-Limit"] = str(toll.limit)
    headers["RateLimit-Remaining"] = str(toll.remaining)
    headers["RateLimit-Reset"] = str(toll.reset_s)
