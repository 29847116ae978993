"""Spans: a trace is handed on whole, says words of ours only, and costs nothing when it is off."""

from collections.abc import Iterator

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from shared.tracing.collecting import OpenTelemetry, collect_traces, wanted
from shared.tracing.parents import correlation, trace_id
from shared.tracing.spans import collect, span

_PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
_UNSAMPLED = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00"


class Collected:
    """A process that collects in memory."""

    def __init__(self) -> None:
        self._memory = InMemorySpanExporter()
        self.tracer = OpenTelemetry("test", self._memory)

    def spans(self) -> dict[str, ReadableSpan]:
        self.tracer.end()
        return {one.name: one for one in self._memory.get_finished_spans()}


@pytest.fixture
def collected() -> Iterator[Collected]:
    found = Collected()
    collect(found.tracer)
    yield found
    collect(None)


def _hex(number: int) -> str:
    return f"{number:032x}"


def test_a_parent_that_was_handed_on_is_continued(collected: Collected) -> None:
    """Two queues apart, both are of the caller's trace; what is inside hangs below."""
    with span("verify", parent=_PARENT) as begun:
        handed_on = begun.trace
        with span("provider.call", host="particulier.api.gouv.fr", http_status=200):
            pass
    with span("notify", parent=handed_on):
        pass
    spans = collected.spans()

    assert {trace_id(_PARENT)} == {_hex(one.context.trace_id) for one in spans.values()}
    assert spans["provider.call"].parent == spans["verify"].context
    assert spans["notify"].parent is not None
    assert spans["notify"].parent.span_id == spans["verify"].context.span_id
    assert {"server.address": "particulier.api.gouv.fr", "http.response.status_code": 200} == dict(
        spans["provider.call"].attributes or {}
    )


def test_a_request_without_a_parent_begins_a_trace(collected: Collected) -> None:
    """Its traceparent is what the application keeps."""
    with span("intake.request") as begun:
        trace = begun.trace

    assert trace is not None
    assert correlation(trace) == _hex(collected.spans()["intake.request"].context.trace_id)


def test_what_breaks_is_named_and_never_quoted(collected: Collected) -> None:
    """The message of an exception may hold what a family typed: neither status nor event has it."""
    with pytest.raises(ValueError, match="Zyxwardenne"), span("price", parent=_PARENT):
        raise ValueError("Zyxwardenne")
    found = collected.spans()["price"]

    assert ("ValueError", ()) == (found.status.description, found.events)
    assert "Zyxwardenne" not in found.to_json()


def test_a_group_is_linked_to_each_trace(collected: Collected) -> None:
    """A save is of many applications: it has no parent, and a link to each that has a trace."""
    with span("save", links=[_PARENT, None], applications=2):
        pass
    found = collected.spans()["save"]

    assert (None, [trace_id(_PARENT)]) == (
        found.parent,
        [_hex(link.context.trace_id) for link in found.links],
    )


def test_who_was_not_sampled_is_not(collected: Collected) -> None:
    """A portal that says so is heeded, in every process."""
    with span("verify", parent=_UNSAMPLED):
        pass

    assert {} == collected.spans()


def test_nobody_collects_by_default() -> None:
    """A span then has no trace to hand on, and says nothing to anybody."""
    with span("verify", parent=_PARENT) as begun:
        begun.tell(status="VERIFIED")

    assert begun.trace is None


@pytest.mark.parametrize(
    ("environment", "asked"),
    [
        ({}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"}, True),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://127.0.0.1:4318/v1/traces"}, True),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://h:1", "OTEL_SDK_DISABLED": "true"}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://h:1", "OTEL_TRACES_EXPORTER": "none"}, False),
    ],
)
def test_opentelemetry_s_own_variables_decide(environment: dict[str, str], *, asked: bool) -> None:
    """An endpoint turns it on, the standard's switches turn it off."""
    assert asked == wanted(environment)


def test_without_a_collector_there_is_nothing_to_end() -> None:
    """What is returned can be called all the same."""
    collect_traces("test")()


@pytest.mark.parametrize(
    "stored", [None, "", "nonsense", "00-" + "0" * 32 + "-0000000000000001-00"]
)
def test_what_is_no_trace_correlates_nothing(stored: str | None) -> None:
    """An application of an old release, or a broken column, has lines without a correlation."""
    assert correlation(stored) is None
