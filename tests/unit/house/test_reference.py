"""The reference pages: what they say of states, figures and settings is what the code does."""

import inspect
import re
from collections.abc import Iterator
from dataclasses import fields
from datetime import timedelta
from pathlib import Path

import pytest

from shared.events import LARGEST_DOORBELL
from shared.protocol.tempo import QUARANTINE_AT, TIERS, Tempo
from shared.queue.broker import HEARTBEAT_TIMEOUT_MS, QUEUES
from shared.settings import Settings
from shared.states import MOVES, Reason, Status
from shared.working import saver
from shared.working.saver import Saver

_ANY = "any but an end"
_ENDS = {Status.CLOSED, Status.WITHDRAWN}


@pytest.fixture(scope="module")
def protocol(root: Path) -> str:
    return (root / "docs" / "reference" / "protocol.md").read_text("utf-8")


@pytest.fixture(scope="module")
def settings(root: Path) -> str:
    return (root / "docs" / "reference" / "settings.md").read_text("utf-8")


def _rows(page: str, *header: str) -> list[list[str]]:
    """The rows of the one table whose header begins with these words."""
    begins = re.escape(f"| {' | '.join(header)} |")
    [table] = re.findall(rf"^{begins}.*\n\|[-|]+\|\n((?:\|.*\n?)+)", page, re.MULTILINE)
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in table.splitlines()]


def _said(length: timedelta) -> str:
    seconds = length.total_seconds()
    return f"{seconds:.0f} s" if seconds >= 1 else f"{seconds * 1000:.0f} ms"


def test_every_state_has_its_row(protocol: str) -> None:
    """In the order of the code, each with its meaning and who acts."""
    rows = _rows(protocol, "state", "meaning", "who acts")

    assert list(Status) == [state for state, _, _ in rows]
    assert all(meaning and who for _, meaning, who in rows)


def _moves(page: str) -> Iterator[tuple[tuple[str, str], str]]:
    for frm, to, because in _rows(page, "from", "to", "because"):
        sources = set(Status) - _ENDS if frm == _ANY else {frm}
        yield from (((source, to), because) for source in sources)


def test_every_move_has_its_row(protocol: str) -> None:
    """From, to and because; no row more, none less."""
    assert dict(_moves(protocol)) == MOVES


def test_every_reason_has_its_row(protocol: str) -> None:
    """In the order of the code, standing in states that there are."""
    rows = _rows(protocol, "reason", "stands in", "meaning")

    assert [f"`{reason}`" for reason in Reason] == [reason for reason, _, _ in rows]
    assert set() == {state for _, where, _ in rows for state in where.split(", ")} - set(Status)


def test_the_figures_are_those_of_the_code(protocol: str) -> None:
    """Every field of the tempo, with production's value."""
    tempo = Tempo()

    assert [(f"`{field.name}`", _said(getattr(tempo, field.name))) for field in fields(tempo)] == [
        (name, value) for name, value, _ in _rows(protocol, "figure", "value", "meaning")
    ]


def test_the_tiers_are_those_of_the_code(protocol: str) -> None:
    """How often begun, how many in one claim, alone or not."""

    def starts(least: int, most: int) -> str:
        return f"{least}" if least == most else f"{least} to {most}"

    assert [
        [starts(t.least_starts, t.most_starts), f"{t.size}", "yes" if t.alone else "no"]
        for t in TIERS
    ] == _rows(protocol, "starts", "most in one claim")
    assert f"At {QUARANTINE_AT} starts it is QUARANTINED." in protocol


def test_the_bounds_in_the_text_are_those_of_the_code(protocol: str) -> None:
    """Queues, the largest doorbell, the silence of the dead, and how long a group waits."""
    linger_s = inspect.signature(Saver).parameters["linger_s"].default

    assert ", ".join(f"`{queue}`" for queue in QUEUES) in protocol
    assert f"names at most {LARGEST_DOORBELL} applications" in protocol
    assert f"leaves in groups: after {linger_s * 1000:.0f} ms" in protocol
    assert f"out of reach is tried {saver._TRIES} times" in protocol
    assert f"swept when silent for {HEARTBEAT_TIMEOUT_MS // 1000} s" in protocol


def test_every_setting_has_its_row(settings: str) -> None:
    """Its variable, its default and its meaning, in the order of the code."""

    def default(name: str) -> str:
        field = Settings.model_fields[name]
        if field.is_required():
            return "required"
        return "none" if field.default is None else f"`{field.default}`"

    assert [
        [f"`BERCEAU_{name.upper()}`", default(name), field.description]
        for name, field in Settings.model_fields.items()
    ] == _rows(settings, "variable", "default", "meaning")
