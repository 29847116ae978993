"""What anyone may fetch: the health of this process, and how the pages look."""

from importlib import resources

from fastapi import Response
from fastapi.responses import JSONResponse

from services.console.matrix import Reach, reads
from services.console.place import Place
from services.console.room import Room

_STATIC = resources.files("services.console") / "static"
_SHEETS = ("console.css", "work.css")  # the house, then what is worked with in it


def _open_routes(place: Place) -> None:
    style = "".join((_STATIC / name).read_text(encoding="utf-8") for name in _SHEETS)
    script = (_STATIC / "live.js").read_text(encoding="utf-8")

    @place.get("/healthz")
    def healthz() -> Response:
        """Whether this process answers; the record's health is on the overview."""
        return JSONResponse({"status": "ok"})

    @place.get("/console.css")
    def stylesheet() -> Response:
        return Response(style, media_type="text/css")

    @place.get("/live.js")
    def live() -> Response:
        return Response(script, media_type="text/javascript")


ROOM = Room(
    name="plain",
    rows=(
        reads("/healthz", None, Reach.NOTHING),
        reads("/console.css", None, Reach.NOTHING),
        reads("/live.js", None, Reach.NOTHING),
    ),
    open_routes=_open_routes,
)
