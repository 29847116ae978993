"""The page of the tariff language: its words are those of the code, and its examples load."""

import re
from pathlib import Path

import pytest

from services.tariff.language.local import KINDS
from services.tariff.language.measure import FIT
from services.tariff.language.policies import OF_PROFILE, SENTENCES, Policy
from services.tariff.language.reading import read_tariff
from services.tariff.language.words import (
    Bounds,
    MeasureKind,
    Method,
    Missing,
    Profile,
    Stage,
    Unit,
    When,
)
from shared.money import Rounding

_WORD = re.compile(r"`([a-z][a-z_-]*)`")
_LATER = {"care", "aeeh", "local_ceiling", "surcharge", "monthly_resources"}


@pytest.fixture(scope="module")
def page(root: Path) -> str:
    return (root / "docs" / "reference" / "tariff-language.md").read_text("utf-8")


def _rows(page: str, head: str) -> list[list[str]]:
    """The rows of the one table whose first column is named so."""
    begins = rf"^\| {re.escape(head)} \|.*\n\|[-|]+\|\n"
    [table] = re.findall(rf"{begins}((?:\|.*\n?)+)", page, re.MULTILINE)
    return [[cell.strip() for cell in row.strip("|").split(" | ")] for row in table.splitlines()]


def _firsts(page: str, head: str) -> list[str]:
    return [word for row in _rows(page, head) for word in _WORD.findall(row[0])]


@pytest.mark.parametrize(
    ("head", "words"),
    [
        ("profile", Profile),
        ("rounding mode", Rounding),
        ("rounding stage", Stage),
        ("kind | in euros", MeasureKind),
        ("unit", Unit),
        ("bounds", Bounds),
        ("policy", Policy),
    ],
)
def test_every_word_of_a_closed_set_has_its_row(page: str, head: str, words: type) -> None:
    """And no other word."""
    assert sorted(words) == sorted(_firsts(page, head))  # type: ignore[call-overload]


def test_a_profile_says_its_measures(page: str) -> None:
    """Those that its evidence gives."""
    said = {row[0].strip("`"): set(_WORD.findall(row[2])) for row in _rows(page, "profile")}

    assert {p: {kind for kind, fit in FIT.items() if p in fit} for p in Profile} == said


def test_a_policy_says_its_sentence_and_its_profiles(page: str) -> None:
    """Word for word, as an agent reads it."""
    expected = [
        [f"`{p}`", ", ".join(f"`{x}`" for x in Profile if p in OF_PROFILE[x]), SENTENCES[p]]
        for p in Policy
    ]

    assert expected == _rows(page, "policy")


def test_missing_data_and_surcharges_have_their_words(page: str) -> None:
    """Four words and a fixed price; two occasions."""
    told = " ".join(row[0] for row in _rows(page, "`missing_data`"))

    assert set(Missing) == set(_WORD.findall(told))
    assert all(f"`{when}`" in page for when in When)


def test_every_word_of_every_method_is_explained(page: str) -> None:
    """Each field of each model stands on the page."""
    fields = {
        field.alias or name for kind in KINDS.values() for name, field in kind.model_fields.items()
    }

    assert set() == {name for name in fields | _LATER if f"`{name}`" not in page}


def test_every_method_has_its_heading(page: str) -> None:
    """In the order of the code."""
    assert list(Method) == re.findall(r"^### `([a-z_]+)`$", page, re.MULTILINE)


def test_the_whole_example_loads(page: str) -> None:
    """As anybody would copy it."""
    examples = [text for text in re.findall(r"```yaml\n(.*?)```", page, re.DOTALL) if "id:" in text]

    assert ["garderie-du-soir"] == [read_tariff(text, file="page").id for text in examples]
