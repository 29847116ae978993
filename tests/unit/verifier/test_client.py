"""The call: what it sends, what it keeps of the answer, and what it never lets out."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from datetime import datetime

import httpx
import pytest

from services.verifier.provider.answer import Answered, Failure, Unanswered
from services.verifier.provider.client import (
    EAJE_PATH,
    LARGEST_BODY,
    EajeClient,
    Patience,
    open_http,
    silence_http_loggers,
)
from shared.application import Application
from shared.evidence import NoFile

_TOKEN = "invented.token.value"
_RECIPIENT = "21130004900015"


class _Counter:
    """A counter that remembers requests and gives one answer."""

    def __init__(self, response: httpx.Response) -> None:
        self.requests: list[httpx.Request] = []
        self._response = response

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return self._response


class _Chunks(httpx.AsyncByteStream):
    """A body that never ends, and counts what was read of it."""

    def __init__(self) -> None:
        self.sent = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            self.sent += 65536
            yield b" " * 65536


class _Slow:
    """A counter that answers when told to, and knows how many wait."""

    def __init__(self) -> None:
        self.waiting = 0
        self.most = 0
        self.busy = asyncio.Event()
        self.go = asyncio.Event()

    async def __call__(self, _request: httpx.Request) -> httpx.Response:
        self.waiting += 1
        self.most = max(self.most, self.waiting)
        if self.waiting > 1:
            self.busy.set()
        await self.go.wait()
        self.waiting -= 1
        return httpx.Response(200)


def _client(
    transport: httpx.MockTransport, *, connections: int = 4, patience: Patience | None = None
) -> EajeClient:
    return EajeClient(
        httpx.AsyncClient(transport=transport),
        base_url="https://counter.test/",
        token=_TOKEN,
        recipient=_RECIPIENT,
        connections=connections,
        patience=patience or Patience(),
    )


async def test_the_request_is_the_contract(application: Application) -> None:
    """One GET at the path of the contract, bearer token in its header, people in the query."""
    counter = _Counter(httpx.Response(200, content=b"{}"))

    await _client(httpx.MockTransport(counter)).ask(application.applicant)

    [request] = counter.requests
    assert (request.method, request.url.path) == ("GET", EAJE_PATH)
    assert request.headers["authorization"] == f"Bearer {_TOKEN}"
    assert request.url.params.get_list("prenoms[]") == ["Aminata", "Rose"]
    assert request.url.params["recipient"] == _RECIPIENT
    assert _TOKEN not in str(request.url)


async def test_the_answer_keeps_the_headers_of_interest(application: Application) -> None:
    """Status, body and four headers; nothing else of the answer goes further."""
    headers = {"X-Request-Id": "0b7e", "Retry-After": "3", "Set-Cookie": "a=b"}
    counter = _Counter(httpx.Response(429, headers=headers, content=b"{}"))

    answer = await _client(httpx.MockTransport(counter)).ask(application.applicant)

    assert answer == Answered(429, {"x-request-id": "0b7e", "retry-after": "3"}, b"{}")


async def test_verify_asks_and_translates(application: Application, now: datetime) -> None:
    """A 404 of the counter becomes an outcome, in one call."""
    counter = _Counter(httpx.Response(404, json={"errors": [{"code": "23003"}]}))

    outcome = await _client(httpx.MockTransport(counter)).verify(application, now)

    assert isinstance(outcome, NoFile)
    assert len(counter.requests) == 1


async def test_redirects_are_not_followed(application: Application) -> None:
    """A redirect could carry the token and the civil status elsewhere."""
    counter = _Counter(httpx.Response(302, headers={"Location": "https://elsewhere.test/"}))

    answer = await _client(httpx.MockTransport(counter)).ask(application.applicant)

    assert answer == Answered(302)
    assert len(counter.requests) == 1


async def test_an_endless_body_is_cut(application: Application) -> None:
    """A body beyond the bound is not read to its end."""
    stream = _Chunks()
    counter = _Counter(httpx.Response(200, stream=stream))

    answer = await _client(httpx.MockTransport(counter)).ask(application.applicant)

    assert answer == Unanswered(Failure.TOO_LARGE)
    assert stream.sent <= LARGEST_BODY + 65536


async def test_a_body_at_the_bound_is_whole(application: Application) -> None:
    """The bound itself is still an answer."""
    counter = _Counter(httpx.Response(200, content=b" " * LARGEST_BODY))

    answer = await _client(httpx.MockTransport(counter)).ask(application.applicant)

    assert isinstance(answer, Answered)
    assert len(answer.body) == LARGEST_BODY


async def test_calls_in_flight_are_bounded(application: Application) -> None:
    """No more calls than connections are in flight; the others wait and pass."""
    slow = _Slow()
    client = _client(httpx.MockTransport(slow), connections=2)
    calls = [asyncio.create_task(client.ask(application.applicant)) for _ in range(5)]
    await slow.busy.wait()
    slow.go.set()

    assert await asyncio.gather(*calls) == [Answered(200)] * 5
    assert slow.most == 2


async def test_a_full_pool_is_named_and_recovers(application: Application) -> None:
    """Who finds no slot in time is told so, and the slots are all given back."""
    slow = _Slow()
    client = _client(
        httpx.MockTransport(slow), connections=1, patience=Patience(slot=0.02, total=5.0)
    )
    first = asyncio.create_task(client.ask(application.applicant))

    await asyncio.sleep(0)
    assert await client.ask(application.applicant) == Unanswered(Failure.POOL_FULL)
    slow.go.set()
    assert await first == Answered(200)
    assert await client.ask(application.applicant) == Answered(200)


async def test_the_whole_call_has_a_deadline(application: Application) -> None:
    """However alive the connection, the call ends; its slot is free again."""
    slow = _Slow()
    client = _client(httpx.MockTransport(slow), connections=1, patience=Patience(total=0.02))

    assert await client.ask(application.applicant) == Unanswered(Failure.DEADLINE)
    slow.go.set()
    assert await client.ask(application.applicant) == Answered(200)


@pytest.fixture
def talkative() -> Iterator[None]:
    """The loggers of the HTTP libraries as they come; as they were, afterwards."""
    loggers = [logging.getLogger(name) for name in ("httpx", "httpcore", "aiohttp")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.NOTSET)
    yield
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)


@pytest.mark.usefixtures("talkative")
async def test_nothing_of_the_family_is_logged(
    application: Application, caplog: pytest.LogCaptureFixture
) -> None:
    """Even at DEBUG the HTTP libraries say nothing; without the gag they tell the whole URL."""
    caplog.set_level(logging.DEBUG)
    client = _client(httpx.MockTransport(_Counter(httpx.Response(200))))

    await client.ask(application.applicant)
    assert "Aminata" in caplog.text
    caplog.clear()
    silence_http_loggers()
    await client.ask(application.applicant)
    assert "" == caplog.text


@pytest.mark.usefixtures("talkative")
async def test_the_real_client_is_silent_from_the_start(
    application: Application, caplog: pytest.LogCaptureFixture
) -> None:
    """Nobody has to remember the gag: opening a client puts it on."""
    caplog.set_level(logging.INFO)
    transport = httpx.MockTransport(_Counter(httpx.Response(200)))

    async with open_http():
        await _client(transport).ask(application.applicant)

    assert "" == caplog.text


def test_the_body_and_the_token_stay_out_of_every_repr() -> None:
    """What lands in a traceback by accident says nothing."""
    client = _client(httpx.MockTransport(_Counter(httpx.Response(200))))

    assert "Aminata" not in repr(Answered(200, {}, b"Aminata"))
    assert _TOKEN not in repr(client)
