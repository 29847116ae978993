"""Switches: faults of the whole service, thrown by tests while it runs."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from pydantic import BaseModel, ConfigDict, Field

from services.simulator.population.draws import Draws

_HOUR_S = 3_600
_MS = 1_000


class Throw(BaseModel):
    """The body of `POST /faults`: what is left out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    latency_ms: int | None = Field(default=None, ge=0, le=60_000)
    jitter_ms: int | None = Field(default=None, ge=0, le=60_000)
    down: bool | None = None
    maintenance_seconds: int | None = Field(default=None, ge=0, le=_HOUR_S)


@dataclass
class Switches:
    """How the whole service behaves now. The jitter of call number n comes from the seed."""

    seed: int
    latency_ms: int
    jitter_ms: int
    down: bool = False
    clock: Callable[[], float] = field(default=time.monotonic)
    _maintenance_end: float = 0.0

    def throw(self, asked: Throw) -> None:
        """Change what is named."""
        for name in ("latency_ms", "jitter_ms", "down"):
            value = getattr(asked, name)
            if value is not None:
                setattr(self, name, value)
        if asked.maintenance_seconds is not None:
            self._maintenance_end = self.clock() + asked.maintenance_seconds

    def state(self) -> dict[str, int | bool]:
        """The switches, as `POST /faults` answers them."""
        return {
            "latency_ms": self.latency_ms,
            "jitter_ms": self.jitter_ms,
            "down": self.down,
            "maintenance_seconds": self.maintenance_left(),
        }

    def maintenance_left(self) -> int:
        """Whole seconds of maintenance still to come; 0 outside."""
        return max(0, math.ceil(self._maintenance_end - self.clock()))

    def delay_s(self, call: int) -> float:
        """Seconds that the provider takes over call number `call`."""
        if not self.jitter_ms:
            return self.latency_ms / _MS
        return (self.latency_ms + Draws(self.seed, "jitter", call).below(self.jitter_ms)) / _MS
