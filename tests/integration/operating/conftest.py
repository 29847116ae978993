"""The command and a scheduler, on the record of the test."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from services.command.__main__ import app
from shared.blind_names import IndexKeys

if TYPE_CHECKING:
    from tests.conftest import Database
    from tests.integration.conftest import Record

Berceau = Callable[..., Any]
Scheduler = Callable[[], "subprocess.Popen[bytes]"]


@pytest.fixture
def variables(
    record: "Record", migrated: "Database", redis_url: str, tmp_path: Path
) -> dict[str, str]:
    """The settings of the test's installation."""
    record.ring.write(tmp_path / "ring.json")
    IndexKeys.new().write(tmp_path / "index.json")
    return {
        "BERCEAU_DATABASE_URL": migrated.service_url,
        "BERCEAU_REDIS_URL": redis_url,
        "BERCEAU_REDIS_NAMESPACE": "test",
        "BERCEAU_KEY_RING_FILE": str(tmp_path / "ring.json"),
        "BERCEAU_INDEX_KEY_FILE": str(tmp_path / "index.json"),
    }


@pytest.fixture
def berceau(variables: dict[str, str]) -> Berceau:
    """Runs `berceau ops …`; what is typed after it as `typed`."""
    return lambda *words, typed=None: CliRunner().invoke(
        app, ["ops", *words], env=variables, input=typed
    )


@pytest.fixture
def scheduler(variables: dict[str, str]) -> Iterator[Scheduler]:
    """Starts real schedulers, which are killed in the end."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("BERCEAU_")}
    started: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        argv = [sys.executable, "-m", "services.scheduler"]
        env = {**inherited, **variables}
        started.append(subprocess.Popen(argv, env=env, stderr=subprocess.DEVNULL))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()
