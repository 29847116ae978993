"""The application (the web one): routes, problems and the request log, on the parts it is given."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from services.intake.endpoints import build_router
from services.intake.openapi import describe
from services.intake.parts import Parts
from services.intake.problems import Problem, ProblemError, answer_of
from services.intake.request_log import RequestLog
from services.intake.wordings import Kind

_OF_STATUS = {404: Kind.NOT_FOUND, 405: Kind.METHOD_NOT_ALLOWED}


class Intake(FastAPI):
    """FastAPI, with a description that says all that intake may answer."""

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI 3.1 document, made once."""
        self.openapi_schema = self.openapi_schema or describe(self.routes)
        return self.openapi_schema


def build_app(parts: Parts) -> FastAPI:
    """Put intake together; tests and the real process call this same function."""

    @asynccontextmanager
    async def _connections(_app: FastAPI) -> AsyncIterator[None]:
        yield
        await parts.asking.close()

    app = Intake(lifespan=_connections, docs_url=None, redoc_url=None, redirect_slashes=False)
    app.include_router(build_router(parts))
    app.add_exception_handler(ProblemError, _say_problem)
    app.add_exception_handler(HTTPException, _say_routing)
    app.add_exception_handler(RequestValidationError, _say_not_found)
    app.add_middleware(RequestLog)
    return app


async def _say_problem(_request: Request, error: Exception) -> Response:
    assert isinstance(error, ProblemError)  # noqa: S101  # registered for this type
    return answer_of(error.problem)


async def _say_routing(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101  # registered for this type
    kind = _OF_STATUS.get(error.status_code, Kind.MALFORMED_JSON)
    return answer_of(Problem(kind, headers=error.headers or {}))


async def _say_not_found(_request: Request, _error: Exception) -> Response:
    return answer_of(Problem(Kind.NOT_FOUND))
