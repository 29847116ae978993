"""The overview: alerts, queues, what was decided, workers, providers, the last hour and day."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from threading import Lock
from typing import Any, Self
from uuid import UUID

from fastapi import Response

from services.console import curves
from services.console.house import House
from services.console.live import EVERY_S, Part, Watch
from services.console.matrix import EVERYBODY, Reach, reads
from services.console.pages import render
from services.console.place import Place
from services.console.room import Entry, Room
from services.console.visit import Visiting
from shared.roles import Scope
from shared.watching.alerts import alerts
from shared.watching.glass import Glass
from shared.watching.overlooking import Sources, read_overview
from shared.watching.overview import Overview

_MOST_REACHES = 32
_WATCHED_S = 60.0  # who has not looked for so long watches no more


@dataclass(frozen=True, slots=True)
class Overviews:
    """Where the overview comes from, as a scope sees it."""

    read: Callable[[Scope], Overview]

    @classmethod
    def of(cls, house: House) -> Self:
        def read(scope: Scope) -> Overview:
            engine, window = house.seen_by(scope), house.ring_window
            return read_overview(
                Sources(engine, house.redis, house.namespace, window, house.calendar)
            )

        return cls(read)


class Glasses:
    """One glass for each set of authorities that people reach; the last `_MOST_REACHES`."""

    def __init__(
        self, overviews: Overviews, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._overviews, self._clock = overviews, clock
        self._mutex = Lock()
        self._kept: OrderedDict[frozenset[UUID] | None, Glass[Overview]] = OrderedDict()
        self._looked: dict[frozenset[UUID] | None, float] = {}

    def look(self, scope: Scope) -> Overview:
        """The overview of a scope: that of the role is the same, whoever looks."""
        glass, among = self._of(Scope(scope.role, scope.authorities))
        return glass.look(among)

    def _of(self, scope: Scope) -> tuple[Glass[Overview], int]:
        """The glass of a scope, and how many glasses are watched."""
        with self._mutex:
            glass = self._kept.setdefault(
                scope.authorities, Glass(partial(self._overviews.read, scope), clock=self._clock)
            )
            self._kept.move_to_end(scope.authorities)
            self._looked[scope.authorities] = now = self._clock()
            if len(self._kept) > _MOST_REACHES:
                gone, _ = self._kept.popitem(last=False)
                del self._looked[gone]
            return glass, sum(now - at <= _WATCHED_S for at in self._looked.values())


def _open_routes(place: Place) -> None:
    glasses, watch = Glasses(place.house.source(Overviews)), Watch()

    @place.get("/")
    def overview(visit: Visiting, pause: str = "") -> Response:
        every = None if pause else int(EVERY_S)
        return visit.page("overview.html", refresh_s=every, **_shown(glasses.look(visit.scope)))

    @place.get("/courbes")
    def figures_of_curves(visit: Visiting) -> Response:
        seen = glasses.look(visit.scope)
        return visit.page("curves.html", measures=curves.MEASURES, series=seen.series)

    @place.get("/evenements")
    def events(visit: Visiting) -> Response:
        scope = visit.scope

        def draw() -> Part:
            return Part(render("overview/part.html", **_shown(glasses.look(scope))))

        return watch.answer(visit, draw)


def _shown(seen: Overview) -> dict[str, Any]:
    return {
        "seen": seen,
        "now": seen.snapshot,
        "alerts": alerts(seen.snapshot),
        "pairs": curves.pairs(seen),
        "curve_of": partial(curves.of_queue, seen),
    }


ROOM = Room(
    name="overview",
    rows=(
        reads("/", EVERYBODY, Reach.OWN),
        reads("/courbes", EVERYBODY, Reach.OWN),
        reads("/evenements", EVERYBODY, Reach.OWN),
    ),
    entries=(Entry("Veille", "/", 10),),
    open_routes=_open_routes,
)
