"""A console with more browsers at its door than it serves."""

import socket
from contextlib import ExitStack
from typing import TYPE_CHECKING

import httpx
import pytest

from services.command.stack.ports import HOST
from services.console.__main__ import _MOST_AT_ONCE

if TYPE_CHECKING:
    from tests.integration.stopping.conftest import Services

pytestmark = pytest.mark.stack


def test_so_many_are_served_at_once(services: "Services", port: int) -> None:
    """Whoever comes on top of them is told at once that it is too much; nobody else suffers."""
    services.start("console")
    services.until(lambda: _health(port) == 200)
    with ExitStack() as crowd:
        for _ in range(_MOST_AT_ONCE - 2):
            crowd.enter_context(socket.create_connection((HOST, port), timeout=5))
        last_one = _health(port)
        with socket.create_connection((HOST, port), timeout=5):
            services.until(lambda: _health(port) == 503)

    assert 200 == last_one
    services.until(lambda: _health(port) == 200)


def _health(port: int) -> int:
    return httpx.get(f"http://{HOST}:{port}/healthz").status_code
