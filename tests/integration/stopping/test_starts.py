"""An order to stop that comes while a process starts is obeyed, whatever is away."""

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.integration.stopping.conftest import Service, Services

pytestmark = [
    pytest.mark.stack,
    pytest.mark.skipif(sys.platform != "linux", reason="asks /proc what a process heeds"),
]

NAMES = ("intake", "verifier", "tariff", "notifier", "scheduler", "console")
_SIGTERM = 1 << 14


@pytest.mark.parametrize("name", NAMES)
def test_an_order_that_comes_during_the_imports_is_obeyed(services: "Services", name: str) -> None:
    """It is heeded before the heavy imports begin, and ends the process cleanly."""
    process = services.start(name)
    services.until(lambda: _heeds(process))
    loaded = Path(f"/proc/{process.pid}/maps").read_text()
    process.terminate()

    assert 0 == process.wait(5)
    assert "psycopg" not in loaded


@pytest.mark.parametrize("name", NAMES)
def test_it_is_obeyed_under_the_command_too(services: "Services", name: str) -> None:
    """`berceau <name>` is the same service."""
    process = services.start(name, "services.command", name)
    services.until(lambda: _heeds(process))
    process.terminate()

    assert 0 == process.wait(5)


def test_it_is_obeyed_with_everything_away(services: "Services") -> None:
    """PostgreSQL and Redis refuse connections: all that can be waited for is waited for."""
    processes = [services.start(name, drain_s=0) for name in NAMES if name != "console"]
    for process in processes:
        services.until(lambda: _heeds(process))  # noqa: B023
    time.sleep(3)

    assert [None] * 5 == [process.poll() for process in processes]
    for process in processes:
        process.terminate()
    assert [0] * 5 == [process.wait(8) for process in processes]


def _heeds(process: "Service") -> bool:
    """Whether this process catches SIGTERM."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    caught = next(line for line in status.splitlines() if line.startswith("SigCgt:"))
    return bool(int(caught.split()[1], 16) & _SIGTERM)
