"""The responder gives the simulator's own answers, each made once."""

import asyncio

import httpx
import pytest

from benchmarks.speed.responder import Conversation, Tape

_HEAD = b"GET /v3/x?a=1 HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer t"


class _Wire(asyncio.Transport):
    """A connection that keeps what is written."""

    def __init__(self) -> None:
        self.written = b""

    def write(self, data: object) -> None:
        self.written += bytes(data)  # type: ignore[call-overload]

    def is_closing(self) -> bool:
        return False


class _App:
    """An application that counts its calls and answers with a status."""

    def __init__(self, status: int = 200) -> None:
        self.calls: list[httpx.Request] = []
        self._status = status

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.calls.append(request)
        return httpx.Response(self._status, json={"call": len(self.calls)})

    def client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.MockTransport(self), base_url="http://here")


async def test_a_question_is_asked_of_the_simulator_once() -> None:
    """The second answer is the first one's bytes, and the token went with the first."""
    app = _App()
    async with app.client() as client:
        tape = Tape(client)
        first = await tape.ask(_HEAD)

    assert first == tape.known(_HEAD)
    assert first.startswith(b"HTTP/1.1 200 OK\r\n")
    assert first.endswith(b'\r\n\r\n{"call":1}')
    assert ["Bearer t"] == [call.headers["authorization"] for call in app.calls]


@pytest.mark.parametrize("status", [409, 429, 500, 503])
async def test_what_would_be_answered_otherwise_next_time_is_not_kept(status: int) -> None:
    """A conflict, a refusal for haste and a breakdown are no answers about a family."""
    async with _App(status).client() as client:
        tape = Tape(client)
        await tape.ask(_HEAD)

    assert tape.known(_HEAD) is None


async def test_requests_are_answered_one_by_one_whatever_pieces_they_come_in() -> None:
    """Half a request waits for its end; two in one piece are two."""
    wire = _Wire()
    async with _App().client() as client:
        tape = Tape(client)
        answer = await tape.ask(_HEAD)
        conversation = Conversation(tape, latency_s=0)
        conversation.connection_made(wire)
        for piece in (_HEAD[:9], _HEAD[9:] + b"\r\n\r\n", 2 * (_HEAD + b"\r\n\r\n")):
            conversation.data_received(piece)
        await asyncio.sleep(0.05)

    assert 3 * answer == wire.written
