"""The page of exports: its columns and words are those of the code."""

import re
from pathlib import Path

import pytest

from services.command.export.sheet import HEADS, WORDS
from shared.exporting import ExportedDecision
from shared.protocol.exporting import PAGE


@pytest.fixture(scope="module")
def page(root: Path) -> str:
    return (root / "docs" / "reference" / "exports.md").read_text("utf-8")


def _rows(page: str, heading: str) -> list[tuple[str, ...]]:
    """The rows under a heading: two words in code, and a meaning."""
    section = page.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    return re.findall(r"^\| `([^`]+)` \| `([^`]+)` \| (.+) \|$", section, re.MULTILINE)


def test_every_column_has_its_row(page: str) -> None:
    """In the order of the code, with the meaning that OpenAPI gives."""
    fields = ExportedDecision.model_fields

    assert [(HEADS[name], name, field.description) for name, field in fields.items()] == _rows(
        page, "Columns"
    )


def test_every_word_has_its_row(page: str) -> None:
    """French in the CSV, ours in JSON."""
    assert {said: word.value for word, said in WORDS.items()} == {
        said: word for said, word, _ in _rows(page, "Words")
    }


def test_a_page_is_as_long_as_it_says(page: str) -> None:
    """For memory and for the API."""
    assert f"the memory of {PAGE} applications" in page
    assert f"A page reads {PAGE} applications" in page
