"""Turns: a contestant plants, drains, is judged; what it used meanwhile is read off."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial

from benchmarks.speed.contestants import Contestant
from benchmarks.speed.families import cycled
from benchmarks.speed.ground import Ground
from benchmarks.speed.judging import judge
from benchmarks.speed.lasting import lasting
from benchmarks.speed.meter import Meter
from benchmarks.speed.report import STATE, Drain

Opened = Callable[[], AbstractContextManager[Contestant]]
LEAST_S = 10.0
_WARM = 600
_EVERYBODYS = {"postgres": "postgres", "redis": "redis", STATE: "responder"}
_LOOPS = 2_000_000


def turn(ground: Ground, opened: Opened, *, seconds: float = LEAST_S) -> Drain:
    """A turn of at least so many seconds: once to warm up and to know its rate, once to count.

    Raises:
        VoidError: an application was lost, done twice or wrong, or no turn lasted so long.
    """
    with opened() as contestant:
        return lasting(partial(drained, ground, contestant), _WARM, seconds)


def drained(ground: Ground, contestant: Contestant, how_many: int) -> Drain:
    """So many applications, drained and judged."""
    calibration = calibrate()
    planted, due = ground.plot.plant(cycled(ground.known, how_many))
    meter = _meter(ground, contestant)
    before = meter.read()
    contestant.drain(planted, due)
    after = meter.read()
    judge(ground.plot.engine, ground.plot.ring, planted, contestant.rests())
    first, last = contestant.window()
    used = {name: after[name] - before[name] for name in after}
    return Drain(how_many, first, last, used, calibration)


def _meter(ground: Ground, contestant: Contestant) -> Meter:
    shared = {n: partial(ground.stack.supervisor.pids, of) for n, of in _EVERYBODYS.items()}
    own = {name: partial(contestant.pids, name) for name in contestant.processes}
    return Meter({**own, **shared})


def calibrate() -> float:
    """Turns a second of a fixed loop of pure Python: how fast the machine is now."""
    began = time.perf_counter()
    sum(n * n for n in range(_LOOPS))
    return _LOOPS / (time.perf_counter() - began)
