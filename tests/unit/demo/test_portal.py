"""The demo's portal, on a transport that answers what the test says."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from services.command.demo.portal import Portal, Seen

_ENROLMENT = {"scheme": "creches"}
_URL = "http://intake/v1/applications"
_ACCEPTED = httpx.Response(202, json={"reference": "B-1"})
Answer = httpx.Response | httpx.TransportError


class Intake:
    """Answers in turn, the last one for ever; keeps what it was asked."""

    def __init__(self, *answers: Answer) -> None:
        self._answers: Iterator[Answer] = iter(answers)
        self._last: Answer = answers[-1]
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = next(self._answers, self._last)
        if isinstance(answer, httpx.TransportError):
            raise answer
        return httpx.Response(answer.status_code, content=answer.content)


async def _ask(intake: Intake, what: Callable[[Portal], Any]) -> Any:
    async with httpx.AsyncClient(transport=httpx.MockTransport(intake)) as http:
        return await what(Portal(http, intake_url="http://intake", key="secret", pause_s=0))


async def _submit(intake: Intake) -> str | None:
    reference: str | None = await _ask(intake, lambda p: p.submit(_ENROLMENT, key="run-7"))
    return reference


@pytest.mark.parametrize("status", [200, 202])
async def test_an_enrolment_is_handed_in_once(status: int) -> None:
    """With the portal's key, its own idempotency key and the enrolment as it is."""
    intake = Intake(httpx.Response(status, json={"reference": "B-1"}))

    assert "B-1" == await _submit(intake)

    [request] = intake.requests
    assert ("POST", _URL) == (request.method, str(request.url))
    assert "Bearer secret" == request.headers["Authorization"]
    assert "run-7" == request.headers["Idempotency-Key"]
    assert b'{"scheme":"creches"}' == request.content


@pytest.mark.parametrize(
    "hitch",
    [
        httpx.Response(429),
        httpx.Response(502),
        httpx.Response(503),
        httpx.Response(504),
        httpx.ConnectError("refused"),
        httpx.ReadTimeout("slow"),
        httpx.RemoteProtocolError("closed"),
    ],
)
async def test_a_hitch_is_tried_again_under_the_same_key(hitch: Answer) -> None:
    """So that an answer that was lost on its way makes no second application."""
    intake = Intake(hitch, hitch, _ACCEPTED)

    assert "B-1" == await _submit(intake)
    assert ["run-7"] * 3 == [request.headers["Idempotency-Key"] for request in intake.requests]


@pytest.mark.parametrize("status", [400, 401, 404, 409, 422, 500])
async def test_a_refusal_is_not_argued_with(status: int) -> None:
    """Asked once; no reference."""
    intake = Intake(httpx.Response(status))

    assert await _submit(intake) is None
    assert 1 == len(intake.requests)


async def test_patience_has_an_end() -> None:
    """Sixty tries, then nothing."""
    intake = Intake(httpx.ConnectError("refused"))

    assert await _submit(intake) is None
    assert 60 == len(intake.requests)


@pytest.mark.parametrize(
    ("content", "seen"),
    [
        ({"state": "DECIDED"}, Seen("DECIDED", None)),
        ({"state": "DECIDED", "reason": None}, Seen("DECIDED", None)),
        ({"state": "PARKED", "reason": {"code": "no_file"}}, Seen("PARKED", "no_file")),
    ],
)
async def test_a_state_is_read_with_its_reason(content: dict[str, Any], seen: Seen) -> None:
    """By the reference, with the portal's key."""
    intake = Intake(httpx.Response(200, json=content))

    assert seen == await _ask(intake, lambda p: p.state("B-1"))
    assert ("GET", f"{_URL}/B-1") == (intake.requests[0].method, str(intake.requests[0].url))


async def test_what_is_not_there_is_none() -> None:
    """Neither a state nor a decision."""
    assert await _ask(Intake(httpx.Response(404)), lambda p: p.state("B-1")) is None
    assert await _ask(Intake(httpx.Response(404)), lambda p: p.decision("B-1")) is None


async def test_a_decision_is_handed_on_whole() -> None:
    """As the public API gives it."""
    intake = Intake(httpx.Response(200, json={"hourly_cents": 206}))

    assert {"hourly_cents": 206} == await _ask(intake, lambda p: p.decision("B-1"))
    assert f"{_URL}/B-1/decision" == str(intake.requests[0].url)
