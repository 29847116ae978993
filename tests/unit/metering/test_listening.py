"""The page of metrics: on its own port, one at a time, and never in the way of the process."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection

import pytest
from prometheus_client import CollectorRegistry, Counter, Metric
from prometheus_client.registry import Collector

from shared.metering.listening import PATIENCE_S, Listener, expose


class _Breaks(Collector):
    def collect(self) -> Iterator[Metric]:
        raise ValueError("Zyxwardenne")


@contextmanager
def _listening(registry: CollectorRegistry) -> Iterator[int]:
    listener = Listener("127.0.0.1", 0, registry)
    listener.serve()
    try:
        yield listener.server_address[1]
    finally:
        listener.shutdown()
        listener.server_close()


def _ask(port: int, path: str, **headers: str) -> tuple[int, str, bytes]:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    return answer.status, answer.headers["Content-Type"], answer.read()


def _one() -> CollectorRegistry:
    registry = CollectorRegistry()
    Counter("tries", "Tries.", registry=registry).inc(3)
    return registry


def test_the_registry_is_shown() -> None:
    """As text, and as OpenMetrics to whoever asks for it."""
    with _listening(_one()) as port:
        status, kind, body = _ask(port, "/metrics")
        _, open_kind, open_body = _ask(port, "/metrics", Accept="application/openmetrics-text")

    assert (200, True) == (status, kind.startswith("text/plain"))
    assert b"tries_total 3.0" in body
    assert open_kind.startswith("application/openmetrics-text")
    assert open_body.endswith(b"# EOF\n")


def test_nothing_else_is_there() -> None:
    """Any other path is not found, and its name comes back nowhere."""
    with _listening(_one()) as port:
        assert (404, "text/plain", b"") == _ask(port, "/Zyxwardenne")


def test_a_figure_that_breaks_costs_its_scrape_only() -> None:
    """The answer says nothing of what broke, and the next one is served."""
    registry = CollectorRegistry()
    registry.register(_Quiet())
    with _listening(registry) as port:
        assert [(500, "text/plain", b"")] * 2 == [_ask(port, "/metrics") for _ in range(2)]


class _Quiet(_Breaks):
    """Breaks when it is read, not when it is registered."""

    def describe(self) -> Iterator[Metric]:
        return iter(())


def test_whoever_says_nothing_is_left() -> None:
    """A connection that asks nothing keeps others out for some seconds, not for ever."""
    with (
        _listening(_one()) as port,
        socket.create_connection(("127.0.0.1", port)),
    ):
        began = time.monotonic()
        assert 200 == _ask(port, "/metrics")[0]

    assert time.monotonic() - began < PATIENCE_S + 2


def test_a_port_that_is_taken_does_not_stop_the_process() -> None:
    """It is told in the log, and the process goes on; 0 is no port at all."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        expose("tariff", host="127.0.0.1", port=taken.getsockname()[1])
    expose("tariff", host="127.0.0.1", port=0)


@pytest.mark.parametrize("asked", ["POST", "DELETE"])
def test_it_is_only_read(asked: str) -> None:
    """Whatever else is asked for is refused."""
    with _listening(_one()) as port:
        connection = HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request(asked, "/metrics")
        assert 501 == connection.getresponse().status
