"""The real services as processes, to be told to stop."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.command.stack.ports import HOST, reserve
from shared.sealing import KeyRing

Service = subprocess.Popen[bytes]


@dataclass
class Services:
    """Starts services; ends them all afterwards."""

    env: dict[str, str]
    running: list[Service] = field(default_factory=list)

    def start(self, name: str, *command: str, **settings: Any) -> Service:
        """One service, as `python -m services.<name>` unless a command says otherwise."""
        given = {f"BERCEAU_{setting.upper()}": str(value) for setting, value in settings.items()}
        argv = [sys.executable, "-m", *(command or (f"services.{name}",))]
        process = subprocess.Popen(argv, env={**self.env, **given}, stderr=subprocess.DEVNULL)
        self.running.append(process)
        return process

    def end(self) -> None:
        for process in self.running:
            process.kill()
            process.wait()

    @staticmethod
    def until(truth: Callable[[], Any], *, within_s: float = 15) -> Any:
        """What `truth` gives once it gives something; a broken connection is nothing."""
        deadline = time.monotonic() + within_s
        while True:
            try:
                if seen := truth():
                    return seen
            except httpx.TransportError:
                pass
            assert time.monotonic() < deadline, "it never happened"
            time.sleep(0.01)


@pytest.fixture
def port() -> int:
    """A port that nobody listens on."""
    return reserve().release()


@pytest.fixture
def services(port: int, tmp_path: Path) -> Iterator[Services]:
    """Services whose PostgreSQL and Redis are away, unless a test says where they are."""
    ring = tmp_path / "ring.json"
    KeyRing.new("test").write(ring)
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("BERCEAU_")}
    services = Services(
        {
            **inherited,
            "BERCEAU_DATABASE_URL": f"postgresql+psycopg://nobody@{HOST}:9/none",
            "BERCEAU_REDIS_URL": f"redis://{HOST}:9/0",
            "BERCEAU_KEY_RING_FILE": str(ring),
            "BERCEAU_INTAKE_PORT": str(port),
            "BERCEAU_CONSOLE_PORT": str(port),
        }
    )
    yield services
    services.end()
