"""Delays: how long a call takes, drawn from a distribution that is told by its percentiles."""

import math
from dataclasses import dataclass
from enum import StrEnum
from statistics import NormalDist

from services.simulator.population.draws import Draws

_MS = 1_000
_LONGEST_MS = 120_000
_STEPS = 1_000_000
_Z99 = NormalDist().inv_cdf(0.99)


class Shape(StrEnum):
    """A distribution; its two figures are its bounds (uniform), or its percentiles 50 and 99."""

    CONSTANT = "constant"
    UNIFORM = "uniform"
    LOGNORMAL = "lognormal"
    PARETO = "pareto"


@dataclass(frozen=True, slots=True)
class Delay:
    """A distribution of milliseconds; no draw exceeds two minutes."""

    shape: Shape
    low: int
    high: int

    def seconds(self, draws: Draws) -> float:
        """One draw."""
        share = (draws.below(_STEPS) + 0.5) / _STEPS
        return min(self._at(share), _LONGEST_MS) / _MS

    def _at(self, share: float) -> float:
        """The delay below which a share of the calls stays."""
        match self.shape:
            case Shape.CONSTANT:
                return self.low
            case Shape.UNIFORM:
                return self.low + share * (self.high - self.low)
            case Shape.LOGNORMAL:
                spread = math.log(self.high / self.low) / _Z99
                return self.low * math.exp(NormalDist().inv_cdf(share) * spread)
            case Shape.PARETO:
                power = math.log(self.high / self.low) / math.log(50)
                return float(self.low * (0.5 / (1 - share)) ** power)


def delay(written: str) -> Delay:
    """Read `200`, `uniform:100:300`, `lognormal:p50=180:p99=2500` or `pareto:p50=180:p99=2500`.

    Raises:
        ValueError: when it is not written so, or out of bounds.
    """
    name, *figures = written.split(":")
    if not figures:
        return _bounded(written, Shape.CONSTANT, [written, written])
    if name == Shape.UNIFORM:
        return _bounded(written, Shape.UNIFORM, figures)
    if name not in {Shape.LOGNORMAL, Shape.PARETO}:
        raise ValueError(f"« {name} » : on attend uniform, lognormal ou pareto")
    named = dict(each.split("=", 1) for each in figures if "=" in each)
    if named.keys() != {"p50", "p99"} or "0" in named.values():
        raise ValueError(f"« {written} » : on attend {name}:p50=…:p99=…, en millisecondes")
    return _bounded(written, Shape(name), [named["p50"], named["p99"]])


def _bounded(written: str, shape: Shape, figures: list[str]) -> Delay:
    low, high = [int(each) if each.isdecimal() else -1 for each in (*figures, "", "")[:2]]
    if len(figures) > 2 or not 0 <= low <= high <= _LONGEST_MS:  # noqa: PLR2004
        raise ValueError(
            f"« {written} » : de 0 à {_LONGEST_MS} millisecondes, le plus petit d’abord"
        )
    return Delay(shape, low, high)
