"""When to start a process again that has ended, and when to give up."""

from collections import deque
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Patience:
    """Pauses of `first` seconds, doubled up to `longest`; at most `limit` restarts in `window`."""

    first: float = 0.2
    longest: float = 5.0
    limit: int = 6
    window: float = 60.0


class Restarts:
    """The restarts of one process, on a monotonic clock in seconds."""

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        self._ends: deque[float] = deque(maxlen=patience.limit + 1)

    def next(self, now: float) -> float | None:
        """Note an end at `now`; return when to start again, or None to give up."""
        patience = self._patience
        self._ends.append(now)
        recent = sum(1 for end in self._ends if now - end < patience.window)
        if recent > patience.limit:
            return None
        pause = min(patience.first * 2.0 ** (recent - 1), patience.longest)
        return now + pause
