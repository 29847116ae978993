"""Intake as a process of its own, for pages that ask it over HTTP."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import httpx
import pytest

_READY_WITHIN_S = 30


@contextmanager
def running(env: Mapping[str, str]) -> Iterator[str]:
    """Its address, once it answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    whole = {**os.environ, **env, "BERCEAU_INTAKE_PORT": str(port), "BERCEAU_DRAIN_S": "0"}
    with subprocess.Popen(
        [sys.executable, "-m", "services.intake"],
        env=whole,
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    ) as process:
        try:
            _wait_for(url, process)
            yield url
        finally:
            process.terminate()
            process.wait(_READY_WITHIN_S)


def _wait_for(url: str, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + _READY_WITHIN_S
    while time.monotonic() < deadline:
        assert process.poll() is None
        try:
            if httpx.get(f"{url}/healthz", trust_env=False).status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    pytest.fail("intake did not answer")
