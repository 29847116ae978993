"""Playing a case: orders are given, a scene is played, and the town's tables are read."""

import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from shared.crashing import Way
from shared.protocol.switching import breaker_switch, pause, resume
from tests.integration.crashes.cases import Case, Nudge, Row, Scene
from tests.integration.crashes.stack import Stack
from tests.integration.crashes.tables import Tables, in_order, tables_of, told_of
from tests.integration.crashes.town import Town, found_town

SETTLE_WITHIN_S = 60.0
_SIGNALLED_WITHIN_S = 60.0
Families = Sequence[Mapping[str, Any]]
End = tuple[Tables, dict[str, list[str]], bool]


def play_calmly(stack: Stack, scene: Scene, families: Families, code: str) -> End:
    """The scene, and nobody dies."""
    town = found_town(stack, code, families)
    with ExitStack() as ending:
        ending.callback(town.close)
        scene.play(town, lambda: town.settle(within_s=SETTLE_WITHIN_S))
    return _end(town)


def play(stack: Stack, case: Case, families: Families, code: str) -> End:
    """The scene, and somebody dies at a point: the test fails when nobody came by."""
    row = case.row
    town = found_town(stack, code, families)
    stack.clear_orders()
    with ExitStack() as ending:
        ending.callback(stack.clear_orders)
        ending.callback(town.close)
        ending.enter_context(_nudged(stack, town, row))
        for service, point, way in row.leads:
            stack.order(service, point, way)
        stack.order(row.service, row.point, case.way)
        if case.way is Way.HANG:
            ending.enter_context(_going_on(stack, row))
        row.scene.play(town, lambda: town.settle(within_s=SETTLE_WITHIN_S))
        stack.until(
            lambda: stack.taken(row.service, row.point), f"{row.service} passes {row.point}"
        )
    stack.await_commands()  # one that stood still goes on late
    town.settle(within_s=SETTLE_WITHIN_S)
    return _end(town)


def _end(town: Town) -> End:
    return tables_of(town), told_of(town), in_order(town)


@contextmanager
def _going_on(stack: Stack, row: Row) -> Iterator[None]:
    """Whoever stands still goes on after its life."""
    with _beside(lambda: stack.go_on(row.service, row.point)):
        yield


@contextmanager
def _beside(work: Callable[[], None]) -> Iterator[None]:
    """Do something while the block runs; what fails there fails here."""
    broken: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - raised below
            broken.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        thread.join()
    if broken:
        raise broken[0]


@contextmanager
def _nudged(stack: Stack, town: Town, row: Row) -> Iterator[None]:
    match row.nudge:
        case Nudge.NONE:
            yield
        case Nudge.STOP if row.service == "verifier":
            with _answering_late(stack), _beside(lambda: _signalled(stack, town, row)):
                yield
        case Nudge.STOP | Nudge.RESTART:
            with _beside(lambda: _signalled(stack, town, row)):
                yield
        case Nudge.PAUSED:
            name = f"authority:{town.founded.authority}"
            _pause(stack, name, 60)
            threading.Event().wait(1.2)  # until every worker has read it
            with _beside(lambda: _resume_once_taken(stack, row, name)):
                yield
        case Nudge.STOPPED_ENDPOINT:
            _pause(stack, breaker_switch("eaje"), 1.0)
            threading.Event().wait(0.5)  # until a scheduler has told Redis
            yield
        case Nudge.QUOTA:
            with _fault(stack, "status=429 endpoint=eaje first=1"):
                yield


def _pause(stack: Stack, name: str, seconds: float) -> None:
    until = datetime.now(UTC) + timedelta(seconds=seconds)
    pause(stack.engine, name, until=until, reason="Busy", by="test")


def _resume_once_taken(stack: Stack, row: Row, name: str) -> None:
    try:
        stack.until(lambda: stack.taken(row.service, row.point), f"{row.point} while paused")
    finally:
        resume(stack.engine, name)


def _signalled(stack: Stack, town: Town, row: Row) -> None:
    """Signal each process of the service that lives by now, until one has come to the point.

    Of those that are killed, only who was there before: the next that is born may be about to obey.
    """
    number = signal.SIGTERM if row.nudge is Nudge.STOP else signal.SIGKILL
    before, signalled = set(stack.pids(row.service)), set[int]()
    deadline = time.monotonic() + _SIGNALLED_WITHIN_S
    while not stack.taken(row.service, row.point):
        assert time.monotonic() < deadline, f"{row.service} never came to {row.point}"
        if row.service != "verifier" or row.nudge is Nudge.RESTART or town.one(_HELD):
            living = stack.living(row.service) - signalled
            for pid in living if row.nudge is Nudge.STOP else living & before:
                stack.send(pid, number)
                signalled.add(pid)
        time.sleep(0.05)


_HELD = "SELECT count(*) FROM applications WHERE authority_id = :authority AND claim IS NOT NULL"


@contextmanager
def _answering_late(stack: Stack) -> Iterator[None]:
    with _fault(stack, "latency=1500 endpoint=eaje"):
        yield


@contextmanager
def _fault(stack: Stack, rule: str) -> Iterator[None]:
    url = f"{stack.simulator_url}/faults"
    httpx.post(url, json={"rules": [rule]}, trust_env=False).raise_for_status()
    try:
        yield
    finally:
        httpx.delete(url, trust_env=False).raise_for_status()
