"""The arithmetic of the measure of speed, and the names under which it is told."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from benchmarks.speed.report import Around, Drain, report, words

_START = datetime(2026, 11, 26, 12, tzinfo=UTC)
_PAGE = Path(__file__).parents[3] / "docs" / "reference" / "speed.md"
_AROUND = Around(
    state={"latency_ms": 20},
    celery={"chosen": "threads x 16, prefetch 1"},
    bare_loops=2,
    load=[0.1, 2.0],
    machine={"cores": 2},
    versions={"python": "3.11.7"},
)


def _drain(per_s: float, *, cpu_s: dict[str, float] | None = None) -> Drain:
    """A turn of ten seconds."""
    return Drain(int(per_s * 10) + 1, _START, _START + timedelta(seconds=10), cpu_s or {}, 1e7)


def _round(product: float, celery: float, bare_loop: float) -> dict[str, Drain]:
    return {
        "product": _drain(product),
        "celery": _drain(celery),
        "bare_loop": _drain(bare_loop),
    }


def _told(*rounds: dict[str, Drain]) -> dict[str, Any]:
    return report(rounds, _AROUND)


def test_the_first_settled_opens_the_window() -> None:
    """A hundred and one applications in ten seconds are ten a second."""
    assert 10.0 == Drain(101, _START, _START + timedelta(seconds=10)).per_s


def test_ratios_are_of_the_same_round() -> None:
    """A machine that is slower in one round is slower for all: the rounds' ratios keep theirs."""
    told = _told(_round(1000, 200, 2000), _round(100, 20, 200), _round(500, 50, 500))

    assert (500.0, 50.0, 500.0) == tuple(
        told[f"{name}_per_s"] for name in ("product", "celery", "bare_loop")
    )
    assert (5.0, 0.5) == (told["ratio_vs_celery"], told["ratio_vs_bare_loop"])


@pytest.mark.parametrize(
    ("celery", "bare_loop", "met"), [(200, 1600, True), (201, 1600, False), (200, 1700, False)]
)
def test_both_goals_are_needed(celery: float, bare_loop: float, met: bool) -> None:  # noqa: FBT001
    """Five times Celery and six tenths of a bare loop, in the same run."""
    assert met is _told(_round(1000, celery, bare_loop))["goals_met"]


def test_cpu_is_told_for_each_application_and_process() -> None:
    """Milliseconds, by process, and their sum."""
    one = _round(1, 1, 1) | {"product": _drain(0.9, cpu_s={"verifier": 0.02, "postgres": 0.005})}

    assert {"verifier": 2.0, "postgres": 0.5, "all": 2.5} == (
        _told(one)["cpu_ms_per_application"]["product"]
    )


def test_the_ratio_of_cpu_reads_as_that_of_speed() -> None:
    """Whoever needs four times our CPU gives four; nothing metered gives nothing."""
    ours, theirs = (_drain(0.9, cpu_s={"w": used}) for used in (0.01, 0.04))

    told = _told(_round(1, 1, 1) | {"product": ours, "celery": theirs})
    assert 4.0 == told["cpu_ratio_vs_celery"]
    assert None is _told(_round(1, 1, 1))["cpu_ratio_vs_celery"]


def test_how_busy_the_state_was_is_told() -> None:
    """The share of one core that whoever answers for the State used, during the window."""
    one = _round(1, 1, 1) | {"bare_loop": _drain(100, cpu_s={"state": 7.0})}

    assert 0.7 == _told(one)["rounds"][0]["bare_loop"]["state_busy"]


def test_all_that_was_drained_was_checked() -> None:
    """Three turns of a hundred and one."""
    assert 303 == _told(_round(10, 10, 10))["applications_checked"]


def test_the_page_names_each_key_of_the_json() -> None:
    """One line of JSON, whose keys are those of the reference page, in its order."""
    page = _PAGE.read_text("utf-8").partition("## The line of JSON")[2].partition("\n## ")[0]
    named = re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE)

    assert named == list(json.loads(json.dumps(_told(_round(10, 10, 10)))))


def test_a_person_reads_both_ratios_beside_their_goals() -> None:
    """The lines for a person say what is aimed at."""
    told = "\n".join(words(_told(_round(1000, 200, 2000))))

    assert "product / celery: 5.0 (goal 5.0)" in told
    assert "product / bare_loop: 0.5 (goal 0.6)" in told
