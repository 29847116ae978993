"""Watched: one run of the whole stack, and all of it that can be seen from outside."""

import json
import socket
import threading
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from sqlalchemy import text

from services.command.records import webhooks
from services.command.records.book import Hand
from services.command.running import Choices, Running, running
from services.command.stack.home import Home
from shared.sealing import KeyRing
from shared.store.engine import open_engine
from tests.integration.notifier.receiver import Receiver, receiving
from tests.integration.whole.conftest import Whole

SERVICES = ("intake", "verifier", "tariff", "notifier", "scheduler", "console")
FAMILIES = 60


@dataclass(frozen=True)
class Spanned:
    """One span, as the collector got it."""

    service: str
    name: str
    trace: str
    id: str
    parent: str
    said: Mapping[str, Any]


@dataclass
class Seen:
    """All that was to be seen of a run, once it was over."""

    pages: dict[str, str] = field(default_factory=dict)
    public: dict[str, int] = field(default_factory=dict)
    spans: list[Spanned] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    lines: list[dict[str, Any]] = field(default_factory=list)
    told: list[Mapping[str, str]] = field(default_factory=list)
    traces: dict[str, str] = field(default_factory=dict)
    people: list[str] = field(default_factory=list)
    decided: int = 0
    routes: set[str] = field(default_factory=set)


@contextmanager
def _collector(seen: Seen) -> Iterator[str]:
    """An OpenTelemetry collector that keeps what it is sent."""

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            seen.raw.append(body)
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Collector)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def _spans(body: bytes) -> Iterator[Spanned]:
    for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
        [service] = [
            one.value.string_value
            for one in resource.resource.attributes
            if one.key == "service.name"
        ]
        for scope in resource.scope_spans:
            for one in scope.spans:
                said = {a.key: a.value.string_value or a.value.int_value for a in one.attributes}
                yield Spanned(
                    service,
                    one.name,
                    one.trace_id.hex(),
                    one.span_id.hex(),
                    one.parent_span_id.hex(),
                    said,
                )


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _settings(collector: str) -> dict[str, dict[str, str]]:
    traces = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector, "OTEL_BSP_SCHEDULE_DELAY": "200"}
    return {name: {**traces, "BERCEAU_METRICS_PORT": str(_free_port())} for name in SERVICES}


@contextmanager
def watched(home: Home) -> Iterator[Seen]:
    """One run of the whole stack, whose portal has a webhook."""
    found = Seen()
    with _collector(found) as collector, receiving() as receiver:
        settings = _settings(collector)
        choices = Choices(population=FAMILIES, pace=400, console=True, more=settings)
        with running(home, choices) as stack:
            _run(stack, settings, receiver, found)
        found.spans = [span for body in found.raw for span in _spans(body)]
        found.lines = list(_lines(home.logs))
        found.told = [one.headers for one in receiver.received]
    yield found


def _run(
    stack: Running, settings: Mapping[str, Mapping[str, str]], receiver: Receiver, found: Seen
) -> None:
    engine = open_engine(stack.database_url, name="test", connections=2)
    ring = KeyRing.read(Path(stack.env["BERCEAU_KEY_RING_FILE"]))
    with engine.begin() as connection:
        at = connection.execute(text("SELECT now()")).scalar_one()
        hand = Hand("command:test", at)
        webhooks.set_url(connection, hand, ring, "demo-famille", receiver.url, loopback=True)
    whole = Whole(stack, engine, None)  # type: ignore[arg-type]  # Redis is not looked into
    with whole.under_way(FAMILIES) as verdict:
        pass
    assert 0 == verdict.result().wrong
    Whole.until(lambda: whole.one(_ALL_TOLD))
    for name in SERVICES:
        port = settings[name]["BERCEAU_METRICS_PORT"]
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as page:
            found.pages[name] = page.read().decode()
    found.public = {
        url: httpx.get(f"{url}/metrics").status_code
        for url in (stack.intake_url, str(stack.console_url))
    }
    found.decided = whole.one("SELECT count(*) FROM applications WHERE status = 'DECIDED'")
    with engine.connect() as connection:
        found.traces = {row.reference: row.trace for row in connection.execute(text(_TRACES))}
    found.people = _people(stack)
    found.routes = {*httpx.get(f"{stack.intake_url}/openapi.json").json()["paths"]}
    engine.dispose()


_ALL_TOLD = "SELECT NOT EXISTS (SELECT FROM deliveries WHERE status = 'WAITING')"
_TRACES = "SELECT reference, trace FROM applications WHERE status = 'DECIDED'"


def _people(stack: Running) -> list[str]:
    """What families typed, each word that nobody else would use."""
    page = {"limit": FAMILIES}
    families = httpx.get(f"{stack.simulator_url}/population", params=page).json()
    return sorted(
        {
            word
            for family in families
            for person in (family["enrolment"]["applicant"], family["enrolment"]["child"])
            for word in (
                f"{person['birth_name']} {person['first_names'][0]}",
                person.get("birth") or "",
                family["enrolment"]["address"]["line"],
            )
            if len(word) > len("1986")  # a year alone stands in any number
        }
    )


def _lines(logs: Path) -> Iterator[dict[str, Any]]:
    for file in sorted(logs.glob("*.log")):
        for line in file.read_text(errors="replace").splitlines():
            if line.startswith("{"):
                yield json.loads(line)
