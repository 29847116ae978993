"""The overview: figures, alerts, queues, processes."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from threading import Lock
from typing import Self
from uuid import UUID

from fastapi import Response

from services.console.house import House
from services.console.matrix import EVERYBODY, Reach, reads
from services.console.place import Place
from services.console.room import Entry, Room
from services.console.visit import Visiting
from shared.roles import Scope
from shared.watching.alerts import alerts
from shared.watching.figures import Snapshot
from shared.watching.freshness import Glass
from shared.watching.reading import read_snapshot

_REFRESH_S = 5
_MOST_REACHES = 32


@dataclass(frozen=True, slots=True)
class Figures:
    """Where the figures come from, as a scope sees them."""

    snapshot: Callable[[Scope], Snapshot]

    @classmethod
    def of(cls, house: House) -> Self:
        def read(scope: Scope) -> Snapshot:
            namespace, window = house.namespace, house.ring_window
            engine = house.seen_by(scope)
            return read_snapshot(engine, house.redis, namespace=namespace, window=window)

        return cls(read)


class Glasses:
    """One glass for each set of authorities that people reach; the last `_MOST_REACHES`."""

    def __init__(self, figures: Figures, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._figures, self._clock = figures, clock
        self._mutex = Lock()
        self._kept: OrderedDict[frozenset[UUID] | None, Glass] = OrderedDict()

    def look(self, scope: Scope) -> Snapshot:
        """The figures of a scope: those of the role are the same, whoever looks."""
        return self._of(Scope(scope.role, scope.authorities)).look()

    def _of(self, scope: Scope) -> Glass:
        with self._mutex:
            glass = self._kept.setdefault(
                scope.authorities, Glass(partial(self._figures.snapshot, scope), clock=self._clock)
            )
            self._kept.move_to_end(scope.authorities)
            if len(self._kept) > _MOST_REACHES:
                self._kept.popitem(last=False)
            return glass


def _open_routes(place: Place) -> None:
    glasses = Glasses(place.house.source(Figures))

    @place.get("/")
    def figures(visit: Visiting, pause: str = "") -> Response:
        now, every = glasses.look(visit.scope), None if pause else _REFRESH_S
        return visit.page("figures.html", now=now, alerts=alerts(now), refresh_s=every)


ROOM = Room(
    name="overview",
    rows=(reads("/", EVERYBODY, Reach.OWN),),
    entries=(Entry("Veille", "/", 10),),
    open_routes=_open_routes,
)
