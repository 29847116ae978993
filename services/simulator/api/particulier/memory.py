"""Memory: the hours for which the API remembers a good answer, as `X-Response-Cached` says."""

import math
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass

from services.simulator.api.answers import Answer

_HOUR_S = 3_600
_MOST = 20_000
FRESH = {"X-Response-Cached": "false", "X-Cache-Expires-in": ""}


@dataclass(frozen=True, slots=True)
class _Kept:
    answer: Answer
    end: float


class Memory:
    """Good answers by what was asked. Bounded: the oldest goes first."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, most: int = _MOST) -> None:
        self._clock, self._most = clock, most
        self._kept: dict[Hashable, _Kept] = {}

    def recall(self, key: Hashable) -> Answer | None:
        """The remembered answer, with its headers."""
        kept = self._kept.get(key)
        if kept is None or kept.end <= self._clock():
            return None
        left = math.ceil(kept.end - self._clock())
        cached = {"X-Response-Cached": "true", "X-Cache-Expires-in": str(left)}
        return kept.answer.with_headers(cached)

    def keep(self, key: Hashable, answer: Answer, length_s: int = _HOUR_S) -> None:
        """Remember a sound success; anything else is asked again."""
        if not answer.sound:
            return
        self._kept.pop(key, None)
        if len(self._kept) >= self._most:
            del self._kept[next(iter(self._kept))]
        self._kept[key] = _Kept(answer, self._clock() + length_s)
