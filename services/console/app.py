"""The read-only page: figures at `/`, one application's timeline at `/dossiers/{reference}`.

It has no key ring and selects nothing that is sealed, so that it cannot show anything personal.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from importlib import resources
from typing import Any

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, PlainTextResponse, RedirectResponse
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException

from services.console.guard import Guard
from services.console.pages import render
from shared.watching.alerts import alerts
from shared.watching.figures import Snapshot
from shared.watching.freshness import Glass
from shared.watching.timeline import Timeline

_log = structlog.get_logger()
_READING = ["GET", "HEAD"]
_REFERENCE = re.compile(r"[A-Za-z0-9-]{1,40}\Z")
_REFRESH_S = 5
_NOT_FOUND = 404
_STYLE = resources.files("services.console") / "static" / "console.css"


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the page reads: every figure, and one application's timeline (None: there is none)."""

    snapshot: Callable[[], Snapshot]
    timeline: Callable[[str], Timeline | None]


def make_app(sources: Sources, *, host: str) -> FastAPI:
    """The page as an ASGI application.

    Args:
        sources: where it reads.
        host: the address that it listens on, which the `Host` header may name.
    """
    app = FastAPI(title="Berceau, veille", openapi_url=None, docs_url=None, redoc_url=None)
    app.add_middleware(Guard, host=host)
    app.add_exception_handler(SQLAlchemyError, _record_silent)
    app.add_exception_handler(HTTPException, _refused)
    _add_plain_routes(app)
    _add_pages(app, sources, Glass(sources.snapshot))
    return app


def _add_plain_routes(app: FastAPI) -> None:
    style = _STYLE.read_text(encoding="utf-8")

    @app.api_route("/healthz", methods=_READING)
    def healthz() -> dict[str, str]:
        """Whether this process answers; the record's health is on the page."""
        return {"status": "ok"}

    @app.api_route("/console.css", methods=_READING)
    def stylesheet() -> Response:
        return Response(style, media_type="text/css")


def _add_pages(app: FastAPI, sources: Sources, glass: Glass) -> None:
    @app.api_route("/", methods=_READING, response_class=HTMLResponse)
    def figures(pause: str = "") -> str:
        now, every = glass.look(), None if pause else _REFRESH_S
        return render("figures.html", now=now, alerts=alerts(now), refresh_s=every)

    @app.api_route("/dossiers", methods=_READING)
    def search(reference: str = "") -> Response:
        found = reference.strip().upper().replace(" ", "-")
        if not found:
            return RedirectResponse("/", status_code=303)
        if _REFERENCE.match(found) is None:
            return _unknown()
        return RedirectResponse(f"/dossiers/{found}", status_code=303)

    @app.api_route("/dossiers/{reference}", methods=_READING)
    def timeline(reference: str) -> Response:
        seen = sources.timeline(reference) if _REFERENCE.match(reference) else None
        return _unknown() if seen is None else HTMLResponse(render("timeline.html", seen=seen))


def _unknown() -> Response:
    return _message(
        _NOT_FOUND,
        "Aucun dossier n'a cette référence",
        "Une référence n'a que des lettres, des chiffres et des traits d'union : la recopier telle "
        "que le portail l'a reçue.",
    )


async def _record_silent(_request: Request, error: Exception) -> Response:
    _log.warning("console.record_silent", error=type(error).__name__)
    return _message(
        503,
        "PostgreSQL ne répond pas",
        "Rien n'avance sans lui, et rien n'est perdu : les services reprennent dès son retour. "
        "Vérifier le serveur, puis berceau doctor. Cette page réessaie seule.",
        refresh_s=_REFRESH_S,
    )


async def _refused(_request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    if status == _NOT_FOUND:
        return _message(_NOT_FOUND, "Cette page n'existe pas", "Revenir à la page de veille.")
    return PlainTextResponse("Demande refusée.\n", status)


def _message(status: int, title: str, text: str, *, refresh_s: int | None = None) -> Response:
    page: dict[str, Any] = {"title": title, "text": text, "refresh_s": refresh_s}
    return HTMLResponse(render("message.html", **page), status)
