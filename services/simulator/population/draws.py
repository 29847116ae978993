"""Draws: pseudo-random choices that are the same on every Python version.

`random.Random.random()` seeded with an integer is the only method whose sequence Python promises to
keep; `choice`, `shuffle` and `randrange` have changed before. Everything here stands on it.
"""

import hashlib
from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from typing import TypeVar

Item = TypeVar("Item")
_PER_MILLE = 1000


class Draws:
    """A stream of choices, the same for the same seed and the same path of names and numbers."""

    def __init__(self, seed: int, *path: int | str) -> None:
        name = "/".join(str(part) for part in (seed, *path)).encode()
        self._random = Random(int.from_bytes(hashlib.sha256(name).digest()[:8], "big"))

    def below(self, bound: int) -> int:
        """An integer of 0 to `bound` - 1."""
        return int(self._random.random() * bound)

    def between(self, low: int, high: int) -> int:
        """An integer of `low` to `high`, both included."""
        return low + self.below(high - low + 1)

    def per_mille(self, share: int) -> bool:
        """True in `share` draws of a thousand."""
        return self.below(_PER_MILLE) < share

    def pick(self, items: Sequence[Item]) -> Item:
        """One of the items, all as likely."""
        return items[self.below(len(items))]

    def some(self, items: Sequence[Item], count: int) -> tuple[Item, ...]:
        """`count` different items, in a drawn order."""
        left = list(items)
        return tuple(left.pop(self.below(len(left))) for _ in range(count))

    def shuffled(self, items: Sequence[Item]) -> tuple[Item, ...]:
        """All the items, in a drawn order."""
        return self.some(items, len(items))

    def weighted(self, weights: Sequence[tuple[Item, int]]) -> Item:
        """One of the items, each as likely as its weight."""
        rank = self.below(sum(weight for _, weight in weights))
        for item, weight in weights:
            rank -= weight
            if rank < 0:
                return item
        raise AssertionError

    def day_before(self, day: date, *, least: int, most: int) -> date:
        """A day that lies `least` to `most` days before `day`."""
        return day - timedelta(days=self.between(least, most))
