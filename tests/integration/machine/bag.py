"""The bag: doorbells in memory in the place of Redis, to be lost, doubled and taken in any order.

And the pace, which Redis caches too: a flush forgets both, and no permit is given before a
scheduler has set the marker again.
"""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from shared.events import Doorbell
from shared.protocol.pauses import Turn
from shared.queue.bell import Bell
from shared.queue.pace import Pace, Permits
from shared.queue.stops import Stops
from shared.states import Lane, Step

WINDOW = 4


class Bag(Bell):
    """A bell whose messages lie in a bag, as they were sent."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []
        self.marker: datetime | None = None

    def room(self, step: Step, lane: Lane) -> int:
        waiting = [m for m in self.messages if (m["step"], m["lane"]) == (step, lane)]
        return max(0, WINDOW - len(waiting))

    def ring(self, doorbell: Doorbell) -> bool:
        self.messages.append(doorbell.model_dump(mode="json"))
        return True

    def born(self, now: datetime) -> datetime | None:
        self.marker = self.marker or now
        return self.marker

    def flush(self) -> None:
        """Everything is forgotten, the marker too."""
        self.messages.clear()
        self.marker = None

    def named(self) -> set[UUID]:
        """Every application that some message names."""
        return {UUID(id_) for message in self.messages for id_ in message["ids"]}


class Pacing(Pace):
    """As many permits as are wanted, but for what is paused, and before there is a marker."""

    def __init__(self, bag: Bag) -> None:
        self._bag = bag
        self.paused: dict[UUID, datetime] = {}

    def take(self, turn: Any, wanted: int) -> Permits:
        until = self.paused.get(_habilitation(turn))
        if self._bag.marker is None or (until is not None and until > datetime.now(UTC)):
            return Permits(0, float("inf"))
        return Permits(wanted, 0)

    def give_back(self, turn: Any, unused: int) -> None: ...

    def pause(self, habilitation: UUID, until: datetime) -> None:
        self.paused[habilitation] = until

    def age(self, by: timedelta) -> None:
        """Let time pass."""
        self.paused = {id_: until - by for id_, until in self.paused.items()}


class NoStops(Stops):
    """Nothing is stopped by a failure."""

    def __init__(self) -> None: ...

    def stop(self, name: str, at: datetime) -> None: ...


def _habilitation(turn: Turn) -> UUID:
    return turn.habilitation
