"""Four verifiers against the State's real limits: near them, never beyond, and each in its turn."""

import time
from typing import TYPE_CHECKING

import pytest

from shared.states import Lane

if TYPE_CHECKING:
    from tests.integration.quota.conftest import State

pytestmark = [pytest.mark.stack, pytest.mark.redis_server]

EGRESS_PACE = 15.0  # calls a second: the tightest limit, 1,000 a minute, less a tenth


def _share(state: "State", *, warm_s: float, for_s: float, queued: int) -> dict[str, float]:
    """Two towns with deep queues, now and then a family behind a screen; figures of the middle."""
    beaune, saintes = state.town("beaune"), state.town("saintes")
    for town in (beaune, saintes):
        state.enrol(town, queued, lane=Lane.BULK)
    state.start("scheduler")
    state.start("verifier", copies=4)
    state.until(lambda: state.calls()["total"] >= 1, within_s=120)
    time.sleep(warm_s)
    began, before = time.monotonic(), state.calls()["total"]
    first = [state.done_of(town) for town in (beaune, saintes)]
    while time.monotonic() < began + for_s:
        state.enrol(saintes, 1, lane=Lane.NOW)
        time.sleep(min(2.5, for_s / 4))
    took, calls = time.monotonic() - began, state.calls()["total"] - before
    done = [state.done_of(town) - n for town, n in zip((beaune, saintes), first, strict=True)]
    time.sleep(3)
    return {
        "pace": calls / took / EGRESS_PACE,
        "share": min(done) / max(done),
        "waited_s": state.longest_wait(),
        "in_a_second": state.tightest("1s"),
        "in_a_minute": state.tightest("60s"),
        "refused": state.calls()["by_status"].get("429", 0),
    }


def test_two_towns_share_the_way_out_for_a_few_seconds(state: "State") -> None:
    """Nobody is refused, nobody behind a screen waits, and each town has its half."""
    seen = _share(state, warm_s=1, for_s=5, queued=200)

    assert 0 == seen["refused"], seen
    assert seen["waited_s"] < 3, seen
    assert seen["share"] > 0.7, seen


@pytest.mark.prove
def test_two_towns_share_the_way_out_for_two_minutes(state: "State") -> None:
    """97 % of the pace, no refusal, halves within a tenth, less than 3 s for who waits."""
    seen = _share(state, warm_s=10, for_s=120, queued=5_000)
    print(seen)  # noqa: T201  # the figures of docs/reference/proofs.md

    assert 0 == seen["refused"], seen
    assert seen["in_a_minute"] <= 1_000, seen
    assert seen["pace"] >= 0.97, seen
    assert seen["share"] > 0.9, seen
    assert seen["waited_s"] < 3, seen
