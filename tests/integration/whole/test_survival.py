"""On the real stack, mid-run: what is killed or forgotten costs seconds, never an application."""

from typing import TYPE_CHECKING

import pytest

from services.command.running import Choices

if TYPE_CHECKING:
    from tests.integration.whole.conftest import Start, Whole

pytestmark = pytest.mark.stack

SLOW = Choices(population=200, copies={"verifier": 2}, pace=60, latency_ms=150, first_retry_s=0.05)


def test_a_killed_verifier_loses_nothing(whole: "Start") -> None:
    """kill -9 while it holds claims: all is decided, and rightly; its death is seen at once."""
    with whole(SLOW) as stack:
        with stack.under_way(200) as verdict:
            assert stack.kill_a_verifier_that_holds() >= 1
            stack.until(lambda: '"buried": 1' in _log_of(stack, "scheduler"))
        assert _lost_and_wrong(verdict.result()) == (0, 0)


@pytest.mark.prove
def test_without_ringing_the_same_kill_loses(whole: "Start") -> None:
    """The scheduler's ringing is what saves them: without it, they wait for ever."""
    with whole(SLOW) as stack:
        stack.silence_the_bells()
        with stack.under_way(60, settle_within_s=12) as verdict:
            assert stack.kill_a_verifier_that_holds() >= 1
        assert verdict.result().lost > 0


def test_a_flush_of_redis_loses_nothing(whole: "Start") -> None:
    """FLUSHALL while doorbells name at least 50 applications: they are rung again."""
    with whole(SLOW) as stack:
        with stack.under_way(200) as verdict:
            assert stack.flush_once_it_holds(50) >= 50
        assert _lost_and_wrong(verdict.result()) == (0, 0)


@pytest.mark.prove
def test_without_ringing_the_same_flush_loses(whole: "Start") -> None:
    """What Redis forgot is rung again by the scheduler, and by nobody else."""
    with whole(SLOW) as stack:
        with stack.under_way(120, settle_within_s=15) as verdict:
            assert stack.flush_once_it_holds(50) >= 50
            stack.silence_the_bells()
        assert verdict.result().lost > 0


def _log_of(stack: "Whole", service: str) -> str:
    return (stack.stack.home.folder("logs") / f"{service}.log").read_text("utf-8")


def _lost_and_wrong(verdict: object) -> tuple[int, int]:
    return verdict.lost, verdict.wrong  # type: ignore[attr-defined]
