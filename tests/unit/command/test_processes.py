"""`berceau intake`, `berceau verifier`…: each service that can run, as `python -m` runs it."""

import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from typer.testing import CliRunner

import services.command
from services.command.__main__ import app
from services.command.processes import PROCESSES

_SERVICES = Path(services.command.__file__).parents[1]
_SETTINGS = {name: None for name in os.environ if name.startswith("BERCEAU_")}
_NAMES = [*PROCESSES, "tariff"]
_READ_SETTINGS = [name for name in _NAMES if name != "simulator"]


def test_every_service_can_be_run() -> None:
    """Each folder that has a composition root, but the command itself."""
    roots = {root.parent.name for root in _SERVICES.glob("*/__main__.py")}

    assert roots - {"command"} == set(_NAMES)


@pytest.mark.parametrize("name", _NAMES)
def test_every_service_has_a_main(name: str) -> None:
    """What the command calls, and says what it does when it is asked."""
    assert callable(import_module(f"services.{name}.__main__").main)
    assert name == "tariff" or PROCESSES[name].run.__doc__


@pytest.mark.parametrize("name", _READ_SETTINGS)
def test_a_missing_setting_is_named_without_a_trace(name: str) -> None:
    """In French, by its variable, with exit code 2."""
    ended = CliRunner(env=_SETTINGS).invoke(app, [name])

    assert 2 == ended.exit_code
    assert ended.stderr.startswith("Réglages incomplets : ")
    assert "BERCEAU_DATABASE_URL" in ended.stderr


@pytest.mark.parametrize("words", [[], ["--port", "0", "--token-file", "/nothing"], ["--bad"]])
def test_the_simulator_reads_its_own_words(words: list[str]) -> None:
    """What follows its name is its own, as under `python -m services.simulator`."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("BERCEAU_")}
    ended = [
        subprocess.run(
            [sys.executable, "-m", *program, *words],
            env=env,
            capture_output=True,
            text=True,
            check=False,
        )
        for program in (["services.command", "simulator"], ["services.simulator"])
    ]

    assert ended[0].returncode == ended[1].returncode != 0
    assert _last_line(ended[0].stderr) == _last_line(ended[1].stderr)


def _last_line(text: str) -> str:
    return text.strip().splitlines()[-1]
