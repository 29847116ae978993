"""The report: rates, ratios and where the CPU went, out of what was measured. Pure.

docs/reference/speed.md names each key of the JSON, held to it by a test.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from statistics import median
from typing import Any

PRODUCT, CELERY, BARE_LOOP = "product", "celery", "bare_loop"
CONTESTANTS = (PRODUCT, CELERY, BARE_LOOP)
STATE = "state"
GOALS = {CELERY: 5.0, BARE_LOOP: 0.6}
_ALL = "all"
_MS = 1_000


@dataclass(frozen=True, slots=True)
class Drain:
    """One contestant's turn: so many applications, from the first settled to the last (UTC).

    `cpu_s` are the CPU seconds of each process, by name; `calibration` tells how fast the machine
    was just before: turns a second of a fixed loop of pure Python.
    """

    applications: int
    first: datetime
    last: datetime
    cpu_s: Mapping[str, float] = field(default_factory=dict)
    calibration: float = 0.0

    @property
    def seconds(self) -> float:
        """From the first settled to the last."""
        return (self.last - self.first).total_seconds()

    @property
    def per_s(self) -> float:
        """Applications a second; the first one opens the window, and is not counted."""
        return (self.applications - 1) / self.seconds

    @property
    def cpu_ms(self) -> dict[str, float]:
        """Milliseconds of CPU for each application, by process."""
        return {name: used * _MS / self.applications for name, used in self.cpu_s.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What a figure is read with.

    `state`: whom everybody asks; `celery`: how it worked best, and what was tried; `load`: how many
    processes wanted a core, before and after.
    """

    state: Mapping[str, Any]
    celery: Mapping[str, Any]
    bare_loops: int
    load: Sequence[float]
    machine: Mapping[str, Any]
    versions: Mapping[str, str]


Round = Mapping[str, Drain]
"""The turns of one round, by contestant."""


def report(rounds: Sequence[Round], around: Around) -> dict[str, Any]:
    """What is told of a run; ratios are taken within each round, and their median is told.

    There is at least one round, each with a turn of every contestant.
    """
    ratios = {name: _ratio(rounds, name) for name in GOALS}
    cpu = {name: _cpu(rounds, name) for name in CONTESTANTS}
    return {
        **{f"{name}_per_s": round(_median_rate(rounds, name), 1) for name in CONTESTANTS},
        **{f"ratio_vs_{name}": round(ratio, 2) for name, ratio in ratios.items()},
        **{f"cpu_ratio_vs_{name}": _cpu_ratio(cpu, name) for name in GOALS},
        "goals": {f"ratio_vs_{name}": goal for name, goal in GOALS.items()},
        "goals_met": all(ratios[name] >= goal for name, goal in GOALS.items()),
        "rounds": [{name: _told(turn) for name, turn in one.items()} for one in rounds],
        "cpu_ms_per_application": cpu,
        "applications_checked": sum(turn.applications for one in rounds for turn in one.values()),
        **asdict(around),
    }


def words(told: Mapping[str, Any]) -> list[str]:
    """The same for a person, a line each."""
    cpu = told["cpu_ms_per_application"]
    return [
        *(f"{name:10} {told[f'{name}_per_s']:8.1f} a second" for name in CONTESTANTS),
        *(
            f"{PRODUCT} / {name}: {told[f'ratio_vs_{name}']} (goal {goal})"
            for name, goal in GOALS.items()
        ),
        *(f"the same, by CPU: {told[f'cpu_ratio_vs_{name}']} ({name})" for name in GOALS),
        *(f"CPU of {name}, ms an application: {_listed(cpu[name])}" for name in CONTESTANTS),
    ]


def _listed(figures: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {ms}" for name, ms in figures.items())


def _median_rate(rounds: Sequence[Round], name: str) -> float:
    return median(one[name].per_s for one in rounds)


def _ratio(rounds: Sequence[Round], other: str) -> float:
    return median(one[PRODUCT].per_s / one[other].per_s for one in rounds)


def _cpu_ratio(cpu: Mapping[str, Mapping[str, float]], other: str) -> float | None:
    """How many times the product's CPU another one needs; None where none was metered."""
    ours = cpu[PRODUCT][_ALL]
    return round(cpu[other][_ALL] / ours, 2) if ours else None


def _told(turn: Drain) -> dict[str, float]:
    return {
        "applications": turn.applications,
        "seconds": round(turn.seconds, 1),
        "per_s": round(turn.per_s, 1),
        "state_busy": round(turn.cpu_s.get(STATE, 0.0) / turn.seconds, 2),
        "calibration_loops_per_s": round(turn.calibration),
    }


def _cpu(rounds: Sequence[Round], name: str) -> dict[str, float]:
    turns = [one[name].cpu_ms for one in rounds]
    medians = {process: median(turn[process] for turn in turns) for process in turns[0]}
    return {
        **{process: round(ms, 3) for process, ms in medians.items()},
        _ALL: round(sum(medians.values()), 3),
    }
