"""What goes wrong under load: Redis forgets, the State is away. Nothing is lost, nobody storms."""

import time
from typing import TYPE_CHECKING

import pytest

from shared.states import Lane

if TYPE_CHECKING:
    from tests.integration.quota.conftest import State

pytestmark = [pytest.mark.stack, pytest.mark.redis_server]


_SPREAD = """
    SELECT extract(epoch FROM max(due_at) - min(due_at)) FROM applications WHERE attempts > 0
"""


def _under_load(state: "State", *, queued: int) -> None:
    state.enrol(state.town("beaune"), queued, lane=Lane.BULK)
    state.start("scheduler")
    state.start("verifier", copies=4)
    state.until(lambda: state.calls()["total"] >= 20, within_s=120)  # imports take time


def _settled(state: "State") -> int:
    return sum(n for status, n in state.standing().items() if status != "RECEIVED")


@pytest.mark.parametrize("flushes", [2, pytest.param(20, marks=pytest.mark.prove)])
def test_a_flush_in_the_middle_is_refused_nowhere(state: "State", flushes: int) -> None:
    """A limiter that was emptied starts without permits: no window sees more than its limit."""
    _under_load(state, queued=100 * flushes)
    for _ in range(flushes):
        state.redis.flushall()
        time.sleep(1.5)
    after = state.calls()["total"]
    state.until(lambda: state.calls()["total"] > after + 20, within_s=20)

    assert 0 == state.calls()["by_status"].get("429", 0)
    assert state.fullest_second() <= 20


@pytest.mark.parametrize(
    ("away_s", "queued"), [(6, 80), pytest.param(60, 900, marks=pytest.mark.prove)]
)
def test_an_outage_costs_probes_and_no_application(
    state: "State", away_s: float, queued: int
) -> None:
    """Few calls while it lasts, then the backlog at its pace, its wake-ups spread; none lost."""
    _under_load(state, queued=queued)
    state.throw(down=True)
    state.until(lambda: _stopped(state), within_s=10)
    time.sleep(1)  # what was in flight comes back
    before = state.calls()["total"]
    time.sleep(away_s)
    probes = state.calls()["total"] - before
    seen = {
        "probes": probes,
        "attempts": state.record.one("SELECT max(attempts) FROM applications"),
    }
    seen["spread_s"] = float(state.record.one(_SPREAD))
    state.throw(down=False)
    back = time.monotonic()
    state.until(lambda: not _stopped(state), within_s=35)
    seen["open_again_s"] = round(time.monotonic() - back, 1)
    state.until(lambda: _settled(state) == queued, within_s=queued / 10 + 60)
    print(seen, state.calls())  # noqa: T201  # the figures of docs/reference/proofs.md

    assert probes <= 2 * (away_s // 5 + 1), seen
    assert seen["spread_s"] > 1, seen
    assert {"VERIFIED": queued} == state.standing(), seen
    assert 0 == state.calls()["by_status"].get("429", 0), seen
    assert state.fullest_second() <= 20, seen


def _stopped(state: "State") -> bool:
    return bool(state.record.one("SELECT count(*) FROM switches WHERE name = 'breaker:eaje'"))
