"""The `berceau` command as a whole: its help, its speed, its exit codes, its page."""

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from services.command.__main__ import app
from services.simulator.options import parser as simulator_options

_PAGE = Path(__file__).resolve().parents[3] / "docs" / "reference" / "commands.md"
_HEAVY = {"sqlalchemy", "psycopg", "fastapi", "dramatiq", "httpx", "redis", "alembic", "uvicorn"}
_ENGLISH = re.compile(r"\b(the|and|of|with|show|file|run|when|this|is|to)\b", re.IGNORECASE)
_WITHIN_S = 1.5
_QUOTE = (
    "tariff quote --scale psu --on 2026-01-15 --care collectif --children 2 --aeeh 0 "
    "--resources-annual 48000.00 --hours-month 126.50 --json"
)
_IN_A_PROCESS = """
import sys
from services.command.__main__ import main
try:
    main()
except SystemExit as end:
    code = end.code or 0
print(*sorted({name.partition(".")[0] for name in sys.modules}), file=sys.stderr)
sys.exit(code)
"""


def _commands(command: Any, path: str = "berceau") -> Iterator[tuple[str, Any]]:
    """Every command and group, by the words that call it."""
    yield path, command
    for name, below in getattr(command, "commands", {}).items():
        yield from _commands(below, f"{path} {name}")


_ALL = dict(_commands(get_command(app)))


def _run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", _IN_A_PROCESS, *words], capture_output=True, text=True, check=False
    )


def test_help_imports_nothing_heavy() -> None:
    """What it would take seconds to import is imported by the commands that need it."""
    ended = _run("--help")

    assert 0 == ended.returncode
    assert set() == _HEAVY & set(ended.stderr.split())


@pytest.mark.prove
def test_help_is_quick() -> None:
    """The best of three, so that a busy machine is not blamed on us."""
    lasted = []
    for _ in range(3):
        before = time.monotonic()
        _run("--help")
        lasted.append(time.monotonic() - before)

    assert min(lasted) < _WITHIN_S


@pytest.mark.parametrize("path", [path for path in _ALL if path != "berceau simulator"])
def test_every_command_helps(path: str) -> None:
    """By both names of the option, with exit code 0 and what it is for."""
    words = path.split()[1:]
    for option in ("--help", "-h"):
        ended = CliRunner(env={"COLUMNS": "300"}).invoke(app, [*words, option])

        assert 0 == ended.exit_code
        assert _ALL[path].help.splitlines()[0] in ended.output


def test_the_simulator_helps_with_its_own_options() -> None:
    """They are left to it, its help included."""
    ended = _run("simulator", "--help")

    assert 0 == ended.returncode
    assert ended.stdout.startswith("usage: berceau simulator")
    assert "nombre de familles" in ended.stdout


@pytest.mark.parametrize("path", _ALL)
def test_what_a_person_reads_is_french(path: str) -> None:
    """Each command and each option says what it is for, and not in English."""
    told = [_ALL[path].help, *(parameter.help for parameter in _ALL[path].params)]

    assert all(told)
    assert [] == [text for text in told if _ENGLISH.search(text)]


def test_a_quote_needs_no_settings() -> None:
    """Through the real command, as the README has it, and nothing but JSON on stdout."""
    ended = _run(*_QUOTE.split())

    quote = json.loads(ended.stdout)
    assert (206, 26_059) == (quote["hourly_cents"], quote["monthly_cents"])
    assert set() == _HEAVY & set(ended.stderr.split())


@pytest.mark.parametrize(
    "words",
    [
        ["nothing"],
        ["tariff", "nothing"],
        ["keys", "nothing"],
        ["demo", "--nothing"],
        ["demo", "--applications", "0"],
        ["demo", "--applications", "20001"],
        ["keys", "new"],
    ],
)
def test_what_is_asked_wrongly_ends_in_2(words: list[str]) -> None:
    """An unknown command or option, a figure out of bounds, an argument that is missing."""
    assert 2 == CliRunner().invoke(app, words).exit_code


def test_the_page_lists_every_command_and_option() -> None:
    """With its default; and none that does not exist."""
    real = {path: _options(command) for path, command in _ALL.items() if _does(command)}
    real["berceau simulator"] = {
        action.option_strings[0]: _said(action.default)
        for action in simulator_options()._actions
        if "--help" not in action.option_strings
    }

    assert real == dict(_documented())


def _does(command: Any) -> bool:
    """Whether it does something by itself, rather than hold other commands."""
    return not hasattr(command, "commands") or command.invoke_without_command


def _options(command: Any) -> dict[str, str]:
    return {
        one.opts[0] if one.opts[0].startswith("-") else one.opts[0].upper(): (
            "required" if one.required else _said(one.default)
        )
        for one in command.params
    }


def _said(default: object) -> str:
    if default is None:
        return "none"
    return "off" if default is False else str(default)


def _documented() -> Iterator[tuple[str, dict[str, str]]]:
    """Each heading that names a command, with the rows of the table below it."""
    for section in re.split(r"^##+ ", _PAGE.read_text("utf-8"), flags=re.MULTILINE):
        named = re.match(r"`(berceau [a-z -]+)`\n", section)
        if named is not None:
            rows = re.findall(r"^\| `([^`]+)` \| (\S+) \| .+ \|$", section, re.MULTILINE)
            yield named[1], dict(rows)
