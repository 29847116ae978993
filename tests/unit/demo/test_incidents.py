"""Incidents: what nobody asked for, read from the supervisor's events and from the logs."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.command.demo.incidents import incidents
from services.command.stack.events import Event, Happening

_AT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


def _event(happening: Happening, *, second: int = 0, asked: bool = False) -> Event:
    at = _AT + timedelta(seconds=second)
    return Event(at, "verifier", happening, exit_code=-9, asked=asked)


_KILLED = _event(Happening.ENDED, second=1, asked=True)
_DIED = _event(Happening.ENDED, second=3)


def test_a_start_is_no_incident(tmp_path: Path) -> None:
    """Every process starts once."""
    assert [] == incidents([_event(Happening.STARTED)], tmp_path)


def test_an_asked_kill_and_its_restart_are_none_either(tmp_path: Path) -> None:
    """A test may kill; the supervisor does its work."""
    events = [_event(Happening.STARTED), _KILLED, _event(Happening.RESTARTED, second=2)]

    assert [] == incidents(events, tmp_path)


def test_an_unasked_end_and_its_restart_are_two(tmp_path: Path) -> None:
    """Even after an asked one; each is told in French with its code."""
    again = _event(Happening.RESTARTED, second=4)
    events = [_KILLED, _event(Happening.RESTARTED, second=2), _DIED, again]

    assert [
        "« verifier » : ended (code -9)",
        "« verifier » : restarted (code -9)",
    ] == incidents(events, tmp_path)


@pytest.mark.parametrize("happening", [Happening.ENDED, Happening.RESTARTED, Happening.GAVE_UP])
def test_whatever_else_happens_alone_is_one(tmp_path: Path, happening: Happening) -> None:
    """A restart that follows no end at all included."""
    assert 1 == len(incidents([_event(happening)], tmp_path))


def test_the_kill_of_another_excuses_nothing(tmp_path: Path) -> None:
    """Each process answers for itself."""
    other = Event(_AT, "tariff", Happening.ENDED, exit_code=-9, asked=True)

    assert 1 == len(incidents([other, _event(Happening.RESTARTED, second=2)], tmp_path))


@pytest.mark.parametrize(
    "line",
    [
        '{"level": "error", "event": "work.broke"}',
        '{"level": "critical", "event": "work.broke"}',
        "Traceback (most recent call last):",
        "  + Exception Group Traceback (most recent call last):",
    ],
)
def test_a_logged_error_is_an_incident(tmp_path: Path, line: str) -> None:
    """A line of ours at that level, or an exception that nobody caught, groups included."""
    (tmp_path / "intake-2.log").write_text(f'{{"level": "info", "event": "x"}}\n{line}\n', "utf-8")

    [incident] = incidents([], tmp_path)

    assert incident.startswith("« intake-2 » a journalisé une erreur")
    assert "work.broke" in incident or "trace" in incident


@pytest.mark.parametrize(
    "line",
    [
        '{"level": "warning", "event": "bell.not_rung"}',
        '{"level": "info", "event": "Traceback (most recent call last)"}',
        '["error"]',
        "7",
        "LOG:  database system is ready to accept connections",
        "",
    ],
)
def test_what_is_no_error_is_none(tmp_path: Path, line: str) -> None:
    """Warnings, other programs' lines, and JSON that is no log line."""
    (tmp_path / "intake.log").write_text(line, "utf-8")

    assert [] == incidents([], tmp_path)


def test_a_log_that_is_no_text_is_read_all_the_same(tmp_path: Path) -> None:
    """A broken byte hides no error behind it."""
    broken = b'\xff\xfe\n{"level": "error", "event": "x"}\n'
    (tmp_path / "redis.log").write_bytes(broken)

    assert ["« redis » a journalisé une erreur : x"] == incidents([], tmp_path)
