"""One application: where it stands, how it came there, and what may be done to it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from fastapi import Response

from services.console.house import House
from services.console.matrix import EVERYBODY, Reach, Verb, reads
from services.console.place import Place
from services.console.refusals import REFERENCE, unknown_application
from services.console.room import Room
from services.console.visit import Visiting
from shared.protocol.operating import orders
from shared.protocol.operating.orders import FITS
from shared.roles import Scope
from shared.states import Status
from shared.watching.story import Beside, happenings, read_beside
from shared.watching.timeline import Timeline, read_timeline


@dataclass(frozen=True, slots=True)
class Timelines:
    """Where timelines come from; None when the scope sees no such application."""

    find: Callable[[Scope, str], tuple[Timeline, Beside] | None]

    @classmethod
    def of(cls, house: House) -> Self:
        def find(scope: Scope, reference: str) -> tuple[Timeline, Beside] | None:
            engine = house.seen_by(scope)
            seen = read_timeline(engine, reference)
            if seen is None:
                return None
            with engine.begin() as connection:
                beside = read_beside(connection, seen)
            return None if beside is None else (seen, beside)

        return cls(find)


def _open_routes(place: Place) -> None:
    timelines = place.house.source(Timelines)

    @place.get("/dossiers/{reference}")
    def timeline(visit: Visiting, reference: str) -> Response:
        known = REFERENCE.match(reference)
        found = timelines.find(visit.scope, reference) if known else None
        if found is None:
            raise unknown_application()
        seen, beside = found
        may = visit.may(Verb.POST, "/agir")
        return visit.page(
            "timeline.html",
            seen=seen,
            happenings=happenings(seen, beside),
            names=beside.names,
            acts=_acts(seen.status) if may else (),
        )


def _acts(status: str) -> tuple[orders.Verb, ...]:
    """What may do something to an application in this state."""
    if status not in set(Status):
        return ()
    return tuple(verb for verb in orders.Verb if Status(status) in FITS[verb])


ROOM = Room(
    name="timeline",
    rows=(reads("/dossiers/{reference}", EVERYBODY, Reach.OWN),),
    open_routes=_open_routes,
)
