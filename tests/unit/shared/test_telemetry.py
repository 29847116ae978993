"""Logs: what a process says when it breaks, and what it never says."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from shared.telemetry import LONGEST_FIELD, MOST_PLACES

_TELLING = Path(__file__).with_name("telling.py")
_ROOT = Path(__file__).resolve().parents[3]


def _told(style: str) -> str:
    """What the process told, on both its outputs."""
    told = subprocess.run(
        [sys.executable, str(_TELLING), style],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
        cwd=_ROOT,
    )
    assert 1 == told.returncode, told.stderr
    return told.stdout + told.stderr


@pytest.fixture(scope="module")
def lines() -> list[dict[str, Any]]:
    """Every line that the process told, each of them JSON."""
    return [json.loads(line) for line in _told("json").splitlines()]


def test_everything_is_told(lines: list[dict[str, Any]]) -> None:
    """Silence is no way to keep a secret: each failure has its line, however it came about."""
    assert Counter(
        {
            "ours.ready": 1,
            "careful": 1,
            "x" * LONGEST_FIELD + "…": 2,
            "ours.broke": 2,
            "the library broke": 2,
            "thread.broke": 1,
            "asyncio: Task exception was never retrieved": 1,
            "asyncio: Exception in callback int": 1,
            "process.broke": 1,
        }
    ) == Counter(line["event"] for line in lines)


def test_every_line_says_its_service_level_and_time(lines: list[dict[str, Any]]) -> None:
    """Whichever thread or library it comes from."""
    assert {"telling"} == {line["service"] for line in lines}
    assert {"info", "warning", "error", "critical"} == {line["level"] for line in lines}
    assert all(line["timestamp"].endswith("Z") for line in lines)


def test_a_failure_is_told_by_its_type_and_place(lines: list[dict[str, Any]]) -> None:
    """Enough to find the bug: the last place is where it was raised."""
    broken = [line for line in lines if "broke" in line["event"]]

    assert {"ValueError"} == {line["error"] for line in broken}
    assert all(line["at"][-1].startswith("telling.py:") for line in broken)
    assert all(line["at"][-1].endswith(" breaks") for line in broken)


@pytest.mark.parametrize("style", ["json", "console"])
def test_no_message_and_no_url_reaches_a_line(style: str) -> None:
    """Neither an exception's message, which may hold what a family typed, nor a called URL."""
    told = _told(style)

    assert "ours.broke" in told
    assert "Wivine" not in told
    assert "example.invalid" not in told


def test_a_long_text_is_cut(lines: list[dict[str, Any]]) -> None:
    """Ours or a library's: no field of any line is longer than the bound and its mark."""
    texts = [value for line in lines for value in line.values() if isinstance(value, str)]

    assert 1 + LONGEST_FIELD == max(map(len, texts))


def test_a_deep_failure_is_told_by_its_last_places(lines: list[dict[str, Any]]) -> None:
    """As many as help."""
    assert MOST_PLACES == max(len(line.get("at", ())) for line in lines)
