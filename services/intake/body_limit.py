"""The body of a request, read as it streams in and never beyond its limits."""

import asyncio

from starlette.requests import Request

from services.intake.parts import Limits
from services.intake.problems import Problem, ProblemError, refusal
from services.intake.wordings import Kind

_CLOSE = {"Connection": "close"}  # what was not read must not be taken for the next request


async def read_body(request: Request, limits: Limits, *, most: int | None = None) -> bytes:
    """Read the body, whether or not `Content-Length` tells its length; `most` bytes if given.

    Raises:
        ProblemError: unsupported-media-type, body-too-large, body-too-slow.
    """
    _refuse_other_media(request)
    most = most or limits.body_bytes
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length[:20]) > most:
        raise ProblemError(Problem(Kind.BODY_TOO_LARGE, headers=_CLOSE))
    try:
        async with asyncio.timeout(limits.body_seconds):
            return await _collected(request, most)
    except TimeoutError:
        raise ProblemError(Problem(Kind.BODY_TOO_SLOW, headers=_CLOSE)) from None


async def _collected(request: Request, most: int) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            raise ProblemError(Problem(Kind.BODY_TOO_LARGE, headers=_CLOSE))
    return bytes(body)


def _refuse_other_media(request: Request) -> None:
    media, _, parameters = request.headers.get("content-type", "").lower().partition(";")
    charset = parameters.strip().removeprefix("charset=").strip('"')
    encoding = request.headers.get("content-encoding", "identity").lower()
    if media.strip() != "application/json" or charset not in {"", "utf-8"}:
        raise refusal(Kind.UNSUPPORTED_MEDIA_TYPE)
    if encoding != "identity":
        raise refusal(Kind.UNSUPPORTED_MEDIA_TYPE)
