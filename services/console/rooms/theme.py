"""The colours of the authority of whoever is signed in, as custom properties of the style sheet."""

from fastapi import Response

from services.console.matrix import Reach, reads
from services.console.place import Place
from services.console.room import Room


def _open_routes(place: Place) -> None:
    @place.get("/theme.css")
    def theme() -> Response:
        return Response("", media_type="text/css")


ROOM = Room(
    name="theme", rows=(reads("/theme.css", None, Reach.NOTHING),), open_routes=_open_routes
)
