"""`make bench`: the contestants in turns, then one line of JSON, or a few lines for a person.

    make bench ARGS="--quick --json"   one round, some ten seconds each
    make bench                         three rounds, and their medians

It ends with 1, and without a figure, when an application was lost, done twice or wrong.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.speed.contestants import Manner, bare_loop, celery, product
from benchmarks.speed.ground import LATENCY_MS, POPULATION, Ground, ground
from benchmarks.speed.judging import VoidError
from benchmarks.speed.machine import load, machine, versions
from benchmarks.speed.report import (
    BARE_LOOP,
    CELERY,
    CONTESTANTS,
    PRODUCT,
    Around,
    Round,
    report,
    words,
)
from benchmarks.speed.turns import Opened, drained, turn
from services.command.stack.account import unprivileged
from services.command.stack.errors import StackError
from services.command.stack.home import Home

LOOPS = 2  # as many as the product has processes that work on applications
_ROUNDS = 3
_TRIED = 300
_WARM = 100
_MANNERS = (Manner("prefork", 4), Manner("prefork", 12), Manner("threads", 16))
_MORE = (Manner("prefork", 8), Manner("threads", 32), Manner("prefork", 12, 4))


def main() -> int:
    """Measure, tell, and say whether it counts."""
    asked = _asked()
    home = Home(Path(tempfile.mkdtemp(prefix="berceau-speed-")))
    try:
        with ground(home) as stands:
            told = _measured(stands, rounds=1 if asked.quick else _ROUNDS, quick=asked.quick)
    except (VoidError, StackError) as void:
        _say(f"void: {void}")
        return 1
    finally:
        home.erase(unprivileged())
    for line in words(told):
        _say(line)
    if asked.json:
        print(json.dumps(told))
    return 0


def _asked() -> argparse.Namespace:
    options = argparse.ArgumentParser(prog="make bench", description=__doc__)
    options.add_argument("--quick", action="store_true", help="one round instead of three")
    options.add_argument("--json", action="store_true", help="end with one line of JSON")
    return options.parse_args()


def _measured(stands: Ground, *, rounds: int, quick: bool) -> dict[str, Any]:
    before = load()
    tried = _tried(stands, _MANNERS if quick else (*_MANNERS, *_MORE))
    manner = max(tried, key=tried.__getitem__)
    opened: dict[str, Opened] = {
        PRODUCT: partial(product, stands),
        CELERY: partial(celery, stands, manner),
        BARE_LOOP: partial(bare_loop, stands, LOOPS),
    }
    done = [_round(stands, opened, first=number) for number in range(rounds)]
    around = Around(
        state=_state(stands),
        celery=_chosen(manner, tried),
        bare_loops=LOOPS,
        load=[before, load()],
        machine=machine(),
        versions=versions(stands.plot.engine, stands.stack.redis_url),
    )
    return report(done, around)


def _round(stands: Ground, opened: Mapping[str, Opened], *, first: int) -> Round:
    """A turn of each, another one first each time."""
    order = [*CONTESTANTS[first:], *CONTESTANTS[:first]]
    turns = {}
    for name in order:
        turns[name] = turn(stands, opened[name])
        _say(f"{name}: {turns[name].per_s:.0f} applications a second")
    return turns


def _tried(stands: Ground, manners: Sequence[Manner]) -> dict[Manner, float]:
    """How fast Celery is in each manner, on a small drain."""
    rates = {}
    for manner in manners:
        with celery(stands, manner) as contestant:
            drained(stands, contestant, _WARM)
            rates[manner] = drained(stands, contestant, _TRIED).per_s
        _say(f"celery, {manner}: {rates[manner]:.0f} applications a second")
    return rates


def _chosen(manner: Manner, tried: Mapping[Manner, float]) -> dict[str, Any]:
    return {
        "chosen": str(manner),
        "tried_per_s": {str(each): round(rate, 1) for each, rate in tried.items()},
    }


def _state(stands: Ground) -> dict[str, int]:
    return {
        "calls_per_s_of_one_client": round(stands.calls_per_s),
        "latency_ms": LATENCY_MS,
        "families": len(stands.known),
        "population": POPULATION,
    }


def _say(line: str) -> None:
    """For a person, beside what a program reads."""
    sys.stderr.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main())
