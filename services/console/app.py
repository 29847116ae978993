"""The house as an ASGI application: its rooms, behind the guard; what goes wrong told as a page.

It has no key ring and selects nothing that is sealed, so that it cannot show anything personal.
"""

from urllib.parse import quote

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, PlainTextResponse, RedirectResponse
from sqlalchemy.exc import DataError, SQLAlchemyError
from starlette.exceptions import HTTPException

from services.console.guard import Guard
from services.console.house import House
from services.console.pages import render
from services.console.place import Place
from services.console.refusals import (
    OVERVIEW,
    Refusal,
    SignInFirst,
    Way,
    unknown_page,
    unreadable_request,
)
from services.console.room import Room, every_room

_log = structlog.get_logger()
_RETRY_S = 5
_NOT_FOUND = 404
_READING = ("GET", "HEAD")


def make_app(house: House, rooms: tuple[Room, ...] | None = None) -> FastAPI:
    """The console as an ASGI application.

    Args:
        house: what its rooms share.
        rooms: those of `services.console.rooms` unless said otherwise.
    """
    app = FastAPI(title="Berceau", openapi_url=None, docs_url=None, redoc_url=None)
    app.add_middleware(Guard, names=house.names)
    app.add_exception_handler(SQLAlchemyError, _record_silent)
    app.add_exception_handler(DataError, _unreadable)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(Refusal, _told)
    app.add_exception_handler(SignInFirst, _sign_in_first)
    rooms = every_room() if rooms is None else rooms
    for room in rooms:
        place = Place(app, house, rooms, room)
        room.open_routes(place)
        place.close()
    return app


async def _sign_in_first(request: Request, _error: Exception) -> Response:
    """The sign-in page, which leads back to what was to be read; an act is not done again."""
    if request.method not in _READING or request.url.path == "/":
        return RedirectResponse("/entrer", status_code=303)
    asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(f"/entrer?vers={quote(asked, safe='')}", status_code=303)


async def _told(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)  # noqa: S101  # what this handler is for
    return _message(request, error.status, error.title, error.text, way=error.way)


async def _record_silent(request: Request, error: Exception) -> Response:
    _log.warning("console.record_silent", error=type(error).__name__)
    return _message(
        request,
        503,
        "PostgreSQL ne répond pas",
        "Rien n'avance sans lui, et rien n'est perdu : les services reprennent dès son retour. "
        "Vérifier le serveur, puis berceau doctor.",
        retry_s=_RETRY_S if request.method in _READING else None,
    )


async def _unreadable(request: Request, _error: Exception) -> Response:
    """PostgreSQL answers, and cannot hold what was asked: a text with a NUL, a date of no year."""
    return await _told(request, unreadable_request())


async def _refused(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    if status == _NOT_FOUND:
        return await _told(request, unknown_page())
    return PlainTextResponse("Demande refusée.\n", status)


def _message(
    request: Request,
    status: int,
    title: str,
    text: str,
    *,
    way: Way = OVERVIEW,
    retry_s: int | None = None,
) -> Response:
    """A message in the house of whoever asks, as far as it is known who does."""
    visit = getattr(request.state, "visit", None)
    said = {"title": title, "text": text, "way": way, "retry_s": retry_s}
    return HTMLResponse(render("message.html", visit=visit, notice=None, **said), status)
