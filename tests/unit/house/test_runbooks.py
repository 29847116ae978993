"""The runbooks: each has its parts, and what it quotes is what the product says."""

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from services.intake.wordings import WORDINGS
from tests.integration.runbooks.mapping import OUT_OF_REACH, QUICK, STORIES

if TYPE_CHECKING:
    from tests.unit.house.conftest import Module

_PARTS = ["Symptôme", "Ce que cela veut dire", "Vérifier", "Agir", "Prévenir"]
_QUOTE = re.compile(r"^> (.+)$", re.MULTILINE)
_EVENT = re.compile(r"`([a-z]+\.[a-z_]+)`")
_REFUSAL = re.compile(r"\b([45]\d\d) \(?((?:`[a-z-]+`(?:, | ou )?)+)")
_LINES = 70


@pytest.fixture(scope="module")
def runbooks(root: Path) -> list[Path]:
    pages = sorted((root / "docs" / "runbooks").glob("*.md"))
    return [page for page in pages if page.name != "README.md"]


@pytest.fixture(scope="module")
def said(product: "list[Module]") -> str:
    """Every text that the product has, one after another."""
    constants = (node for module in product for node in ast.walk(module.tree))
    return "\n".join(
        node.value
        for node in constants
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def test_runbooks_have_their_parts(runbooks: list[Path]) -> None:
    """What one sees, what it means, how to check, what to do, whom to tell; on a page."""
    assert [] == [
        page.name
        for page in runbooks
        if re.findall(r"^## (.+)$", page.read_text("utf-8"), re.MULTILINE) != _PARTS
        or len(page.read_text("utf-8").splitlines()) > _LINES
    ]


def test_runbooks_are_listed(runbooks: list[Path], root: Path) -> None:
    """Whoever is called at night finds each by what is seen."""
    index = (root / "docs" / "runbooks" / "README.md").read_text("utf-8")

    assert sorted(re.findall(r"\]\(([a-z0-9-]+\.md)\)", index)) == [page.name for page in runbooks]


def test_quoted_sentences_are_those_of_the_product(runbooks: list[Path], said: str) -> None:
    """`> …` quotes a screen or a message: its words are in the code, where no value stands."""
    quoted = [
        (page.name, part.strip())
        for page in runbooks
        for quote in _QUOTE.findall(page.read_text("utf-8"))
        for part in quote.split("…")
    ]

    assert [] == [(name, part) for name, part in quoted if part not in said]


def test_named_events_are_logged(runbooks: list[Path], said: str) -> None:
    """A runbook that sends someone to the logs names what is in them."""
    named = [
        (page.name, event)
        for page in runbooks
        for event in _EVENT.findall(page.read_text("utf-8"))
        if not event.endswith(".md")
    ]

    assert [] == [(name, event) for name, event in named if event not in said.splitlines()]
    assert len(named) > 5


def test_named_refusals_are_those_of_intake(runbooks: list[Path]) -> None:
    """A status is named with the problems that have it."""
    statuses = {kind.value: f"{wording.status}" for kind, wording in WORDINGS.items()}
    named = [
        (problem, status)
        for page in runbooks
        for status, problems in _REFUSAL.findall(page.read_text("utf-8"))
        for problem in re.findall(r"`([a-z-]+)`", problems)
    ]

    assert [] == [(problem, status) for problem, status in named if statuses.get(problem) != status]
    assert len(named) > 5


def test_every_runbook_is_followed(runbooks: list[Path]) -> None:
    """Each page has one story that follows it on the real stack, and each story its page."""
    assert [page.stem for page in runbooks] == sorted(STORIES)
    assert len(STORIES) == len(set(STORIES.values()))


def test_what_is_followed_otherwise_names_a_page() -> None:
    """Those for `make check`, and those with a part that nobody met, are among the followed."""
    assert set() == (QUICK | set(OUT_OF_REACH)) - set(STORIES)
