"""Chaos: whatever dies, stops, empties, fills or breaks, nothing is lost, doubled or wrong."""

import re
from pathlib import Path

import pytest

from services.command.stack.account import unprivileged
from services.command.stack.home import Home
from tests.chaos.experiment import Order, run
from tests.chaos.finding import Finding

pytestmark = [pytest.mark.stack, pytest.mark.redis_server]

_SEEDS = range(1, 11)
_SOUND = {
    "refused": 0,
    "lost": 0,
    "duplicated": 0,
    "wrong": 0,
    "unexpected": 0,
    "events_untold": 0,
    "events_out_of_order": 0,
    "journal_faulty": 0,
    "ended_unasked": 0,
}


def _tried(folder: Path, order: Order) -> Finding:
    home = Home(folder / f"seed-{order.seed}")
    try:
        return run(order, home)
    finally:
        home.erase(unprivileged())


def _problems(finding: Finding) -> dict[str, object]:
    return {name: finding.figures[name] for name in _SOUND}


def test_a_short_seed_loses_nothing(tmp_path: Path) -> None:
    """Eleven seconds of faults on the real stack, then every promise is looked at."""
    finding = _tried(tmp_path, Order(seed=11, seconds=11, per_second=20))

    assert _SOUND == _problems(finding), finding.faults
    assert finding.sound
    assert finding.figures["accepted"] >= 200
    assert finding.figures["faults_in_all"] == 4
    assert _documented() == list(finding.figures)


@pytest.mark.prove
def test_ten_seeds_in_a_row_lose_nothing_and_recover_in_seconds(tmp_path: Path) -> None:
    """20,000 applications and 200 faults: as expected, once each, and soon."""
    findings = [_tried(tmp_path, Order(seed=seed, seconds=60)) for seed in _SEEDS]
    figures = [finding.figures for finding in findings]
    faults = [line for finding in findings for line in (*finding.faults, *finding.slow)]

    assert [_SOUND] * len(findings) == [_problems(finding) for finding in findings], faults
    assert all(finding.sound for finding in findings)
    assert sum(one["accepted"] for one in figures) >= 20_000
    assert sum(one["faults_in_all"] for one in figures) >= 200
    assert [] == _slow(findings), faults


def _documented() -> list[str]:
    """The keys of the JSON in the order of the page that explains them."""
    page = (Path(__file__).parents[3] / "docs/reference/chaos.md").read_text(encoding="utf-8")
    counted = page.split("## What is counted")[1]
    rows = [line.split("|")[1] for line in counted.splitlines() if line.startswith("| `")]
    return [key for row in rows for key in re.findall(r"`(\w+)`", row)]


def _slow(findings: list[Finding]) -> list[str]:
    """Which recoveries took longer than they may, other outages in their way or not."""
    limits = {"postgres_restarted": 30.0}
    return [
        f"{kind} {told}"
        for finding in findings
        for kind, told in finding.figures["recovery"].items()
        if told["never"] or (told["worst_s"] or 0) >= limits.get(kind, 15.0)
    ]
