"""Collecting: spans to a collector over OTLP/HTTP, configured by OpenTelemetry's own variables.

Off unless `OTEL_EXPORTER_OTLP_ENDPOINT` or `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT` is set; it needs
the extra `telemetry`. Spans wait in a bounded queue, beside the work: a collector that is away
costs spans, never work.
"""

import logging
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Unpack

import structlog

from shared.tracing.spans import Said, Span, collect

if TYPE_CHECKING:
    from opentelemetry import trace as otel
    from opentelemetry.context import Context
    from opentelemetry.sdk.trace.export import SpanExporter

_ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
_FLUSH_WITHIN_MS = 1_000
_NAMES = {
    "host": "server.address",
    "http_status": "http.response.status_code",
    "method": "http.request.method",
    "route": "http.route",
}
_log = structlog.get_logger()


def wanted(environment: Mapping[str, str]) -> bool:
    """Whether OpenTelemetry's variables ask for traces."""
    off = environment.get("OTEL_SDK_DISABLED", "").lower() == "true"
    exporter = environment.get("OTEL_TRACES_EXPORTER", "otlp")
    return not off and exporter == "otlp" and any(environment.get(name) for name in _ENDPOINTS)


def collect_traces(service: str) -> Callable[[], None]:
    """Begin to collect, if it is asked for; returns what to call at the end of the process."""
    if not wanted(os.environ):
        return _nothing
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415 - optional
            OTLPSpanExporter,
        )
    except ImportError:
        _log.error("traces.not_installed", missing="the extra `telemetry`")
        return _nothing
    logging.getLogger("opentelemetry").setLevel(logging.ERROR)
    tracer = OpenTelemetry(service, OTLPSpanExporter())
    collect(tracer)
    _log.info("traces.ready")
    return tracer.end


def _nothing() -> None:
    """End what was not begun."""


class OpenTelemetry:
    """Spans as OpenTelemetry has them.

    Args:
        service: `berceau-<service>` is the name of the resource.
        exporter: where they go.
    """

    def __init__(self, service: str, exporter: "SpanExporter") -> None:
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415 - optional
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415 - idem
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415 - idem

        resource = Resource.create({"service.name": f"berceau-{service}"})
        self._provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("berceau")

    def end(self) -> None:
        """Send what waits, within a second: no stop waits for a collector that is away."""
        self._provider.force_flush(_FLUSH_WITHIN_MS)

    @contextmanager
    def span(
        self, name: str, *, parent: str | None, links: Sequence[str], said: Said
    ) -> Iterator[Span]:
        """One span; what breaks it is named by its type."""
        from opentelemetry.trace import Link, Status, StatusCode  # noqa: PLC0415 - optional

        about = [Link(_context_of(one)) for one in links]
        with self._tracer.start_as_current_span(
            name,
            context=None if parent is None else _context(parent),
            links=about,
            record_exception=False,  # its message could hold what a family typed
            set_status_on_exception=False,
        ) as own:
            begun = _Begun(own)
            begun.tell(**said)
            try:
                yield begun
            except BaseException as broken:
                own.set_status(Status(StatusCode.ERROR, type(broken).__name__))
                raise


class _Begun:
    """A span of OpenTelemetry, told in our words."""

    def __init__(self, own: "otel.Span") -> None:
        self._own = own

    @property
    def trace(self) -> str | None:
        at = self._own.get_span_context()
        return f"00-{at.trace_id:032x}-{at.span_id:016x}-{int(at.trace_flags):02x}"

    def tell(self, **said: Unpack[Said]) -> None:
        for name, value in said.items():
            if isinstance(value, str | int):
                self._own.set_attribute(_NAMES.get(name, f"berceau.{name}"), value)


def _context(parent: str) -> "Context":
    from opentelemetry.trace.propagation.tracecontext import (  # noqa: PLC0415 - optional
        TraceContextTextMapPropagator,
    )

    return TraceContextTextMapPropagator().extract({"traceparent": parent})


def _context_of(parent: str) -> "otel.SpanContext":
    from opentelemetry.trace import get_current_span  # noqa: PLC0415 - optional

    return get_current_span(_context(parent)).get_span_context()
