"""Endpoint of exports: an authority's decisions, for the software of a nursery or of a régie."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import JSONResponse

from services.intake import exports
from services.intake.answers import as_json
from services.intake.desk import Desk
from services.intake.exports import ExportAnswer
from services.intake.parts import Parts
from services.intake.portals import Caller

_Structure = Annotated[
    str | None,
    Query(description="Code d'un établissement ; sans lui, tous ceux de la collectivité."),
]
_On = Annotated[
    str | None,
    Query(description="Jour où valent les décisions, AAAA-MM-JJ ; aujourd'hui sans lui."),
]
_After = Annotated[str | None, Query(description="« after » de la page précédente.")]


def add_exports(
    router: APIRouter, parts: Parts, desk: Desk, caller: Callable[[Request], Caller]
) -> None:
    """The address of exports."""

    @router.get("/v1/exports/decisions", response_model=ExportAnswer)
    async def show_exports(
        request: Request, structure: _Structure = None, on: _On = None, after: _After = None
    ) -> JSONResponse:
        """Lire les décisions d'une collectivité qui valent un jour."""
        wanted = exports.Wanted(caller(request), structure, on, after)
        answer = await desk.serve(exports.show, parts, wanted)
        return JSONResponse(as_json(answer), headers={"Cache-Control": "no-store"})
