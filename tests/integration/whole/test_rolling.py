"""Every service restarted under load, one process after the other: nobody notices."""

import asyncio
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from services.command.demo.incidents import incidents
from services.command.demo.verdict import Verdict
from services.command.running import Choices
from services.command.stack.events import Happening
from tests.integration.whole.balancing import Balancer, run_balanced

if TYPE_CHECKING:
    from tests.integration.whole.conftest import Start, Whole

pytestmark = pytest.mark.stack

COPIES = {"intake": 2, "verifier": 2, "tariff": 2, "scheduler": 2}
ROLLED = ("verifier", "intake", "tariff", "scheduler", "intake-2", "console")
_STARTED_TWICE = """
    SELECT count(*) FROM applications WHERE starts > (CASE WHEN claim IS NULL THEN 0 ELSE 1 END)
"""
_ALIVE = "SELECT count(*) FROM workers WHERE service = :service AND alive_until > now()"


@dataclass
class Watch:
    """Looks all along whether a stop ever counted as a start, or left a claim to be freed."""

    stack: "Whole"
    counted: int = 0
    over: threading.Event = field(default_factory=threading.Event)

    def look(self) -> None:
        while not self.over.wait(0.05):
            self.counted = max(self.counted, self.stack.one(_STARTED_TWICE))


@contextmanager
def _watching(stack: "Whole") -> Iterator[Watch]:
    watch = Watch(stack)
    thread = threading.Thread(target=watch.look)
    thread.start()
    try:
        yield watch
    finally:
        watch.over.set()
        thread.join()


def test_a_rolling_restart_of_every_service_loses_nothing(whole: "Start") -> None:
    """No 5xx, nothing lost or wrong, no start counted, no claim left, no error logged."""
    _roll_under_load(whole, families=600, per_second=9, rounds=1)


@pytest.mark.prove
def test_three_rolling_restarts_of_every_service_lose_nothing(whole: "Start") -> None:
    """The same, three times over, on a longer day."""
    _roll_under_load(whole, families=4_000, per_second=25, rounds=3)


def _roll_under_load(whole: "Start", *, families: int, per_second: float, rounds: int) -> None:
    choices = Choices(
        population=families,
        copies=COPIES,
        drain_s=0.6,
        stop_within_s=0.1,  # some of what is held is finished, some given back
        latency_ms=150,
        first_retry_s=0.05,
        console=True,
    )
    with whole(choices) as stack, _watching(stack) as watch:
        with _load(stack, families, per_second) as (load, over):
            for _ in range(rounds):
                _roll_all(stack)
            over.set()
        verdict, balancer = load.result()

        assert (0, 0) == (verdict.lost, verdict.wrong)
        assert families > len(verdict.cases) == sum(bool(c.reference) for c in verdict.cases)
        assert Counter() == Counter({k: n for k, n in balancer.seen.items() if k >= 500})
        assert 0 == balancer.unserved
        assert all(balancer.by_intake[url] for url in stack.stack.intake_urls)
        assert 0 == watch.counted
        assert 0 == stack.one("SELECT count(*) FROM applications WHERE claim IS NOT NULL")
        assert [] == incidents(stack.stack.supervisor.events, stack.stack.home.logs)
        assert [0] * rounds * _processes() == _exits(stack)


@contextmanager
def _load(
    stack: "Whole", families: int, per_second: float
) -> Iterator[tuple["Future[tuple[Verdict, Balancer]]", threading.Event]]:
    order = stack.order(families, settle_within_s=90 + families / per_second)
    urls, over = stack.stack.intake_urls, threading.Event()
    with ThreadPoolExecutor(1) as pool:
        load = run_balanced(order, urls, per_second=per_second, over=over.is_set)
        try:
            yield pool.submit(asyncio.run, load), over
        finally:
            over.set()


def _roll_all(stack: "Whole") -> None:
    for name in ROLLED:
        stack.stack.supervisor.roll(name)
        if name in {"verifier", "tariff"}:
            stack.until(lambda: stack.one(_ALIVE, service=name) == COPIES[name])  # noqa: B023


def _processes() -> int:
    return sum(COPIES.get(name, 1) if name != "intake" else 1 for name in ROLLED)


def _exits(stack: "Whole") -> list[int | None]:
    events = stack.stack.supervisor.events
    return [event.exit_code for event in events if event.happening is Happening.ENDED]
