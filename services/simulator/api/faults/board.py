"""Board: the faults of the service as they stand now, thrown at the start or while it runs."""

import math
import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from services.simulator.api.config import Config
from services.simulator.api.faults.rules import Effect, Rule, Target, rule
from services.simulator.population.draws import Draws

_HOUR_S = 3_600
_MS = 1_000
_MILLION = 1_000_000
_MOST_RULES = 100


def _readable(text: str) -> str:
    rule(text)
    return text


class Throw(BaseModel):
    """The body of `POST /faults`: what is left out stays as it is; `rules` replaces the rules."""

    model_config = ConfigDict(extra="forbid")

    latency_ms: int | None = Field(default=None, ge=0, le=60_000)
    jitter_ms: int | None = Field(default=None, ge=0, le=60_000)
    down: bool | None = None
    maintenance_seconds: int | None = Field(default=None, ge=0, le=_HOUR_S)
    rules: list[Annotated[str, AfterValidator(_readable)]] | None = Field(
        default=None, max_length=_MOST_RULES
    )


class Board:
    """How the service misbehaves. Which calls a rate strikes is decided by the seed."""

    def __init__(self, config: Config, clock: Callable[[], float] = time.monotonic) -> None:
        self._config, self._clock = config, clock
        self.clear()
        self.latency_ms, self.jitter_ms = config.latency_ms, config.jitter_ms
        self._set(config.faults)

    def clear(self) -> None:
        """No fault any more: `DELETE /faults`."""
        self.latency_ms = self.jitter_ms = 0
        self.down = False
        self._maintenance_end = 0.0
        self._set(())

    def throw(self, asked: Throw) -> None:
        """Change what is named."""
        for name in ("latency_ms", "jitter_ms", "down"):
            value = getattr(asked, name)
            if value is not None:
                setattr(self, name, value)
        if asked.maintenance_seconds is not None:
            self._maintenance_end = self._clock() + asked.maintenance_seconds
        if asked.rules is not None:
            self._set(asked.rules)

    def state(self) -> dict[str, Any]:
        """What stands, as `/faults` answers it."""
        return {
            "latency_ms": self.latency_ms,
            "jitter_ms": self.jitter_ms,
            "down": self.down,
            "maintenance_seconds": self.maintenance_left(),
            "rules": [each.text for each in self._rules],
        }

    def maintenance_left(self, target: Target | None = None) -> int:
        """Whole seconds of maintenance still to come, for this call; 0 outside."""
        left = max(0, math.ceil(self._maintenance_end - self._clock()))
        if target is None:
            return left
        told = self._struck(target, {Effect.MAINTENANCE})
        return max(left, *(self._left(each) for each in told), 0)

    def delay_s(self, target: Target) -> float:
        """Seconds that the provider takes over a call."""
        drawn = Draws(self._config.seed, "jitter", target.number)
        fixed = (self.latency_ms + (drawn.below(self.jitter_ms) if self.jitter_ms else 0)) / _MS
        return fixed + sum(
            each.delay.seconds(Draws(self._config.seed, "latency", rank, target.number))
            for rank, each in enumerate(self._struck(target, {Effect.LATENCY}))
            if each.delay is not None
        )

    def struck(self, target: Target) -> list[Rule]:
        """The rules that strike a call, but those of time; in the order in which they were set."""
        return self._struck(target, set(Effect) - {Effect.LATENCY, Effect.MAINTENANCE})

    def _set(self, texts: Sequence[str]) -> None:
        self._rules = [rule(text) for text in texts]
        self._set_at = self._clock()
        self._seen: Counter[int] = Counter()

    def _left(self, struck: Rule) -> int:
        """A maintenance that does not say how long it lasts is told as an hour."""
        age = self._clock() - self._set_at
        return struck.seconds_left(age, self._config.moment()) or _HOUR_S

    def _struck(self, target: Target, effects: set[Effect]) -> list[Rule]:
        return [
            each
            for rank, each in enumerate(self._rules)
            if each.effect in effects and self._strikes(rank, each, target)
        ]

    def _strikes(self, rank: int, each: Rule, target: Target) -> bool:
        age = self._clock() - self._set_at
        if not each.concerns(target) or not each.is_on(age, self._config.moment()):
            return False
        if Draws(self._config.seed, "rule", rank, target.number).below(_MILLION) >= each.rate:
            return False
        self._seen[rank] += 1
        return each.first is None or self._seen[rank] <= each.first
