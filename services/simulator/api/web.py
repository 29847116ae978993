"""Web: from a request of starlette to a call, and from an answer to a response."""

from uuid import uuid4

from starlette.requests import Request
from starlette.responses import Response

from services.simulator.api.answers import Answer
from services.simulator.api.hang_up import HangUp


def bearer(request: Request) -> str:
    """The token of `Authorization: Bearer`; empty without one."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def address(request: Request) -> str:
    """Whence the call comes."""
    return request.client.host if request.client else ""


def respond(answer: Answer) -> Response:
    """The response of an answer, with a number of its own."""
    if answer.hang or answer.hang_up:
        return HangUp(at_once=answer.hang_up)
    headers = {"X-Request-Id": str(uuid4()), **answer.headers}
    return Response(answer.body, answer.status, headers, answer.media_type)
