"""Endpoints of what is given to be read: letters, rules applied, rules in force."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from services.intake import letters, public_rules
from services.intake.desk import Desk
from services.intake.letters import MOST_CHILDREN
from services.intake.papers import PaperAnswer
from services.intake.parts import Parts
from services.intake.portals import Caller

_Version = Annotated[
    str | None, Query(description="Numéro d'une version ; sans lui, celle en vigueur.")
]
_Siblings = Annotated[
    tuple[str, ...],
    Query(
        alias="with",
        max_length=MOST_CHILDREN,
        description="Références des frères et sœurs à réunir dans la même lettre.",
    ),
]


def add_papers(
    router: APIRouter, parts: Parts, desk: Desk, caller: Callable[[Request], Caller]
) -> None:
    """The addresses of what is given to be read: HTML, PDF or JSON, as the reader prefers."""

    @router.get("/v1/applications/{reference}/decision/letter", response_model=PaperAnswer)
    async def show_letter(
        request: Request, reference: str, version: _Version = None, siblings: _Siblings = ()
    ) -> Response:
        """Lire la lettre d'une décision."""
        accept = request.headers.getlist("accept")
        wanted = letters.Wanted(caller(request), reference, version, accept, siblings)
        return await desk.serve(letters.write_letter, parts, wanted)

    @router.get("/v1/applications/{reference}/decision/rules", response_model=PaperAnswer)
    async def show_rules_applied(
        request: Request, reference: str, version: _Version = None
    ) -> Response:
        """Lire les règles telles qu'elles ont été appliquées à un dossier."""
        accept = request.headers.getlist("accept")
        wanted = letters.Wanted(caller(request), reference, version, accept)
        return await desk.serve(letters.write_rules, parts, wanted)

    @router.get("/v1/authorities/{code}/rules", response_model=PaperAnswer)
    async def show_rules_in_force(request: Request, code: str) -> Response:
        """Lire les règles en vigueur d'une collectivité ; sans clé."""
        accept = request.headers.getlist("accept")
        return await desk.serve(public_rules.show, parts, code, accept)
