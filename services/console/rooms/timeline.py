"""One application: where it stands, and how it came there."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from fastapi import Response

from services.console.house import House
from services.console.matrix import EVERYBODY, Reach, reads
from services.console.place import Place
from services.console.refusals import Refusal
from services.console.room import Room
from services.console.visit import Visiting
from shared.roles import Scope
from shared.watching.timeline import Timeline, read_timeline

_REFERENCE = re.compile(r"[A-Za-z0-9-]{1,40}\Z")


@dataclass(frozen=True, slots=True)
class Timelines:
    """Where timelines come from; None when the scope sees no such application."""

    find: Callable[[Scope, str], Timeline | None]

    @classmethod
    def of(cls, house: House) -> Self:
        return cls(lambda scope, reference: read_timeline(house.seen_by(scope), reference))


def _open_routes(place: Place) -> None:
    timelines = place.house.source(Timelines)

    @place.get("/dossiers")
    def search(visit: Visiting, reference: str = "") -> Response:
        found = reference.strip().upper().replace(" ", "-")
        if not found:
            return visit.go("/")
        if _REFERENCE.match(found) is None:
            raise _unknown()
        return visit.go(f"/dossiers/{found}")

    @place.get("/dossiers/{reference}")
    def timeline(visit: Visiting, reference: str) -> Response:
        known = _REFERENCE.match(reference)
        seen = timelines.find(visit.scope, reference) if known else None
        if seen is None:
            raise _unknown()
        return visit.page("timeline.html", seen=seen)


def _unknown() -> Refusal:
    return Refusal(
        404,
        "Aucun dossier n'a cette référence",
        "Une référence n'a que des lettres, des chiffres et des traits d'union : la recopier telle "
        "que le portail l'a reçue.",
    )


ROOM = Room(
    name="timeline",
    rows=(
        reads("/dossiers", EVERYBODY, Reach.NOTHING),
        reads("/dossiers/{reference}", EVERYBODY, Reach.OWN),
    ),
    open_routes=_open_routes,
)
