"""Seats: how many may follow a process live at once, whichever of its pages they look at."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

MOST_WATCHERS: Final = 64


class Seats:
    """The seats of one process, taken and left on its event loop."""

    def __init__(self, most: int = MOST_WATCHERS) -> None:
        self._free = most

    @contextmanager
    def taken(self) -> Iterator[bool]:
        """Take a seat for the block; False when none is free."""
        seated = self._free > 0
        self._free -= seated
        try:
            yield seated
        finally:
            self._free += seated
