"""The report: its sentences, and the picture of a real run in the documentation."""

import io
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from services.command.demo.oracle import Expected
from services.command.demo.report import Content, draw, picture, render
from services.command.demo.verdict import STATES, Case, Verdict
from shared.states import SENTENCES, Reason

_DOCS = Path(__file__).resolve().parents[3] / "docs"
_DECISION: dict[str, Any] = {
    "reference": "B-7",
    "hourly_cents": 206,
    "monthly_cents": 28_428,
    "valid_from": "2026-09-01",
    "tariff": {"id": "psu", "version": "2026-01-01", "digest": "sha256:0123456789abcdef"},
    "explanation": ["Votre foyer compte 2 enfants à charge."],
    "operations": [
        {"step": "counted_resources", "inputs": {"monthly_resources": "4000"}, "result": "4000"},
        {"step": "rate", "inputs": {"care_type": "collectif"}, "result": "0.0516"},
    ],
}
_TIGHT = str.maketrans({"\u00a0": " ", "\u202f": " "})


def _content(decision: dict[str, Any] | None = None, **figures: Any) -> Content:
    shown = {"submitted": 200, "seconds": 12.3, "lost": 0, "wrong": 0} | figures
    return Content([("DECIDED", None, 180), ("PARKED", "no_file", 20)], shown, decision)


def _text(content: Content) -> str:
    console = Console(file=io.StringIO(), width=200, height=25)
    with console.capture() as captured:
        console.print(render(content))
    return captured.get().translate(_TIGHT)


@pytest.mark.parametrize(
    ("figures", "sentence"),
    [
        ({}, "200 demandes en 12,3 s : 0 perdue, 0 fausse."),
        ({"lost": 1, "wrong": 1}, "200 demandes en 12,3 s : 1 perdue, 1 fausse."),
        ({"lost": 2, "wrong": 3}, "200 demandes en 12,3 s : 2 perdues, 3 fausses."),
        ({"submitted": 1, "seconds": 3.0}, "1 demande en 3,0 s : 0 perdue, 0 fausse."),
        ({"submitted": 0}, "0 demande en 12,3 s : 0 perdue, 0 fausse."),
        ({"submitted": 20_000}, "20 000 demandes en 12,3 s : 0 perdue, 0 fausse."),
    ],
)
def test_the_figures_agree_in_number(figures: dict[str, Any], sentence: str) -> None:
    """In French, none and one are singular, and a decimal follows a comma."""
    assert sentence in _text(_content(**figures))


def test_each_outcome_is_told_as_the_family_reads_it() -> None:
    """By its French name, with the sentence of its reason."""
    text = " ".join(_text(_content()).split())

    assert "Décidé" in text
    assert "En attente" in text
    assert SENTENCES[Reason.NO_FILE].family[:40] in text


@pytest.mark.parametrize("state", [name.upper() for name in STATES])
def test_whatever_the_state_it_is_shown(state: str) -> None:
    """Even one that no demo should come to."""
    assert "7" in _text(Content([(state, None, 7)], _content().figures, None))


@pytest.mark.parametrize(
    ("monthly", "price"),
    [(28_428, "2,06 € de l'heure, soit 284,28 € par mois"), (None, "2,06 € de l'heure")],
)
def test_one_decision_is_shown_whole(monthly: int | None, price: str) -> None:
    """Its price, its explanation, its reference and its scale."""
    text = _text(_content(_DECISION | {"monthly_cents": monthly}))

    for part in (price, "Votre foyer compte", "Décision B-7", "barème psu 2026-01-01"):
        assert part in text


@pytest.mark.parametrize(
    ("place", "change"),
    [(0, {"result": "3500"}), (1, {"inputs": {"care_type": "familial_parental"}})],
)
def test_the_decision_shown_is_an_ordinary_one(place: int, change: dict[str, Any]) -> None:
    """Collective care that no bound made explains the scale best; else the first there is."""
    operations = list(_DECISION["operations"])
    operations[place] = operations[place] | change
    unusual = _DECISION | {"operations": operations}
    expected = Expected("DECIDED", None, 206, 28_428)
    cases = [Case(expected, "B", "DECIDED", None, one) for one in (unusual, _DECISION)]

    assert _DECISION == Content.of(Verdict(cases, 1.0)).decision
    assert unusual == Content.of(Verdict(cases[:1], 1.0)).decision
    assert Content.of(Verdict([], 1.0)).decision is None


def test_the_picture_fetches_nothing() -> None:
    """Whoever looks at it is not told to a stranger's server."""
    assert "url(http" not in picture(_content(_DECISION))


def test_the_picture_is_drawn_again_from_what_is_kept_beside_it(tmp_path: Path) -> None:
    """The JSON holds all that the picture shows."""
    content = _content(_DECISION)
    draw(content, tmp_path / "demo.svg")

    kept = Content.read(tmp_path / "demo.json")
    assert picture(kept) == (tmp_path / "demo.svg").read_text("utf-8")
    assert picture(kept) == picture(content)


def test_the_picture_does_not_depend_on_the_terminal(tmp_path: Path) -> None:
    """A narrow, dumb or colourless one draws the same."""
    draw(_content(_DECISION), tmp_path / "demo.svg")
    program = (
        "import sys; from pathlib import Path; from services.command.demo.report import *; "
        "sys.stdout.write(picture(Content.read(Path(sys.argv[1]))))"
    )
    drawn = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "demo.json")],
        env=os.environ | {"TERM": "dumb", "NO_COLOR": "1", "COLUMNS": "40", "PYTHONUTF8": "1"},
        capture_output=True,
        check=True,
    )

    assert (tmp_path / "demo.svg").read_bytes() == drawn.stdout


def test_the_documented_picture_is_that_of_a_good_run() -> None:
    """`docs/demo.svg` is drawn from `docs/demo.json`, in which nothing is lost or wrong."""
    content = Content.read(_DOCS / "demo.json")

    assert picture(content) == (_DOCS / "demo.svg").read_text("utf-8")
    assert (0, 0) == (content.figures["lost"], content.figures["wrong"])
    assert 200 == content.figures["submitted"]
    assert content.decision is not None


def test_the_documented_run_shows_every_outcome_of_the_demo() -> None:
    """Counts add up to what was handed in."""
    content = Content.read(_DOCS / "demo.json")

    assert content.figures["submitted"] == sum(count for _, _, count in content.outcomes)
    assert {"DECIDED", "PROPOSED", "TO_REVIEW", "PARKED"} == {s for s, _, _ in content.outcomes}
