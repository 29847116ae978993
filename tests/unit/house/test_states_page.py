"""The page of states and reasons: its sentences are those that people are told."""

import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from services.intake.sentences import STATE_SENTENCES
from shared.states import SEEN_BY_PORTALS, SENTENCES, Reason, Status
from shared.watching.words import REASONS, STATUSES


@pytest.fixture(scope="module")
def tables(root: Path) -> Sequence[list[list[str]]]:
    """The tables of the page, without their headers."""
    page = (root / "docs" / "reference" / "states.md").read_text("utf-8")
    found = re.findall(r"^\|[-|]+\|\n((?:\|.*\n?)+)", page, re.MULTILINE)
    return [[_cells(row) for row in table.splitlines()] for table in found]


def _cells(row: str) -> list[str]:
    return [cell.strip() for cell in row.strip("|").split("|")]


def test_every_state_is_told(tables: Sequence[list[list[str]]]) -> None:
    """On screens and to the family, in the order of the code."""
    assert [[state, STATUSES[state], STATE_SENTENCES[state]] for state in Status] == tables[0]


def test_every_reason_is_told(tables: Sequence[list[list[str]]]) -> None:
    """On screens, to the agent and to the family."""
    assert [
        [f"`{reason}`", REASONS[reason], SENTENCES[reason].agent, SENTENCES[reason].family]
        for reason in Reason
    ] == tables[1]


def test_what_a_portal_is_told_instead_is_told(tables: Sequence[list[list[str]]]) -> None:
    """The reasons that speak of a disability, and those that stand in for them."""
    assert [[f"`{was}`", f"`{told}`"] for was, told in SEEN_BY_PORTALS.items()] == tables[2]


def test_the_stand_in_says_the_same_to_the_family() -> None:
    """No difference in the sentence gives the secret away."""
    assert [] == [
        was
        for was, told in SEEN_BY_PORTALS.items()
        if SENTENCES[was].family != SENTENCES[told].family
    ]
