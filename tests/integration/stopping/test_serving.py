"""The order to stop, given to what serves: readiness first, the listener next, the rest last."""

import signal
import socket
import time
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from services.command.stack.ports import HOST

if TYPE_CHECKING:
    from tests.conftest import Database
    from tests.integration.conftest import Record
    from tests.integration.stopping.conftest import Service, Services

pytestmark = pytest.mark.stack

_HALF = b"POST /v1/applications HTTP/1.1\r\nHost: intake\r\nContent-Type: application/json\r\n"


@pytest.fixture
def settings(migrated: "Database", redis_url: str) -> dict[str, Any]:
    """Where PostgreSQL and Redis are."""
    return {"database_url": migrated.service_url, "redis_url": redis_url}


def _intake(services: "Services", port: int, **settings: Any) -> "Service":
    process = services.start("intake", **settings)
    services.until(lambda: httpx.get(_url(port, "/readyz")).status_code == 200)
    return process


def test_readiness_goes_first(services: "Services", port: int, settings: dict[str, Any]) -> None:
    """/readyz says no at once, in French; requests are served meanwhile, each for the last time
    on its connection; then nobody listens, and the exit is clean."""
    process = _intake(services, port, drain_s=1, **settings)
    unknown = _url(port, "/v1/applications/none")
    with httpx.Client() as kept:
        before = kept.get(unknown)
        process.terminate()
        time.sleep(0.1)
        probed, served = httpx.get(_url(port, "/readyz")), kept.get(unknown)

    assert (401, 503, 401) == (before.status_code, probed.status_code, served.status_code)
    assert "Arrêt en cours" in probed.json()["detail"]
    closes = [answer.headers.get("connection") for answer in (before, probed, served)]
    assert [None, "close", "close"] == closes
    assert 0 == process.wait(5)
    assert not _listens(port)


def test_a_request_under_way_is_answered(
    services: "Services", port: int, settings: dict[str, Any]
) -> None:
    """The listener is closed already: what had begun is finished."""
    process = _intake(services, port, drain_s=0, **settings)
    with socket.create_connection((HOST, port), timeout=10) as slow:
        slow.sendall(_HALF + b"Content-Length: 2\r\n\r\n{")
        time.sleep(0.1)
        process.terminate()
        services.until(lambda: not _listens(port))
        slow.sendall(b"}")
        answer = slow.recv(4096)

    assert answer.startswith(b"HTTP/1.1 4")
    assert 0 == process.wait(5)


def test_a_second_order_ends_intake_at_once(
    services: "Services", port: int, settings: dict[str, Any]
) -> None:
    """Whatever it was still waiting for."""
    process = _intake(services, port, drain_s=60, **settings)
    process.terminate()
    time.sleep(0.3)
    assert process.poll() is None
    process.send_signal(signal.SIGINT)

    assert 0 == process.wait(1)


def test_a_scheduler_that_the_record_holds_up_stops_within_two_seconds(
    record: "Record", services: "Services", settings: dict[str, Any]
) -> None:
    """Mid-tick: each of its writes is whole, so that it may be cut short between two."""
    with record.owner.begin() as connection:
        connection.exec_driver_sql("LOCK TABLE switches IN ACCESS EXCLUSIVE MODE")
        process = services.start("scheduler", **settings)
        services.until(lambda: record.one(_WAITS))
        process.terminate()

        assert 0 == process.wait(2)


def test_a_console_that_the_record_holds_up_stops_within_two_seconds(
    record: "Record", services: "Services", port: int, settings: dict[str, Any]
) -> None:
    """A page that never comes holds it up no longer."""
    process = services.start("console", **settings)
    services.until(lambda: httpx.get(_url(port, "/healthz")).status_code == 200)
    with record.owner.begin() as connection:
        connection.exec_driver_sql("LOCK TABLE web_sessions IN ACCESS EXCLUSIVE MODE")
        with socket.create_connection((HOST, port), timeout=5) as patient:
            cookie = f"Cookie: berceau-session={'x' * 43}"
            patient.sendall(f"GET / HTTP/1.1\r\nHost: {HOST}\r\n{cookie}\r\n\r\n".encode())
            services.until(lambda: record.one(_WAITS))
            process.terminate()

            assert 0 == process.wait(2)


_WAITS = """
    SELECT count(*) FROM pg_stat_activity
    WHERE wait_event_type = 'Lock' AND application_name LIKE 'berceau-%'
      AND datname = current_database()
"""


def _url(port: int, path: str) -> str:
    return f"http://{HOST}:{port}{path}"


def _listens(port: int) -> bool:
    try:
        socket.create_connection((HOST, port), timeout=1).close()
    except OSError:
        return False
    return True
