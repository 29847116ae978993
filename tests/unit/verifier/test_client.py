"""The call: what it sends, what it keeps of the answer, and what it never lets out."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from typing import Any

import httpx
import pytest

from services.verifier.provider.answer import Answer, Answered, Failure, Unanswered
from services.verifier.provider.asked import Asked
from services.verifier.provider.auth import Auth, by_delegation, by_france_connect, by_habilitation
from services.verifier.provider.client import (
    LARGEST_BODY,
    Patience,
    open_http,
    silence_http_loggers,
)
from services.verifier.provider.endpoint import EAJE, EAJE_WITH_PROOF, QF, Endpoint
from services.verifier.provider.particulier import ApiParticulier
from services.verifier.provider.query import query_for
from shared.application import Application
from shared.evidence import Month, NoFile
from tests.unit.verifier.particulier import (
    ALL_ENDPOINTS,
    RECIPIENT,
    TOKEN,
    Counter,
    api,
    client,
    named,
)


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


async def _ask(api: ApiParticulier, application: Application) -> Answer:
    return await api.ask(by_habilitation(TOKEN), query_for(application.applicant))


async def test_the_request_is_the_contract(application: Application) -> None:
    """One GET at the path of the contract, bearer token in its header, people in the query."""
    counter = Counter(httpx.Response(200, content=b"{}"))

    await _ask(api(httpx.MockTransport(counter)), application)

    [request] = counter.requests
    assert (request.method, request.url.path) == ("GET", EAJE.path)
    assert request.headers["authorization"] == f"Bearer {TOKEN}"
    assert request.url.params.get_list("prenoms[]") == ["Aminata", "Rose"]
    assert request.url.params["recipient"] == RECIPIENT
    assert TOKEN not in str(request.url)


async def test_the_answer_keeps_the_headers_of_interest(application: Application) -> None:
    """Status, body and six headers; nothing else of the answer goes further."""
    headers = {"X-Request-Id": "0b7e", "RateLimit-Remaining": "3", "Set-Cookie": "a=b"}
    counter = Counter(httpx.Response(429, headers=headers, content=b"{}"))

    answer = await _ask(api(httpx.MockTransport(counter)), application)

    assert answer == Answered(429, {"x-request-id": "0b7e", "ratelimit-remaining": "3"}, b"{}")


async def test_verify_asks_and_translates(application: Application, now: datetime) -> None:
    """A 404 of the counter becomes an outcome, in one call."""
    counter = Counter(httpx.Response(404, json={"errors": [{"code": "23003"}]}))

    outcome = await client(httpx.MockTransport(counter)).verify(application, now)

    assert isinstance(outcome, NoFile)
    assert len(counter.requests) == 1


async def test_redirects_are_not_followed(application: Application) -> None:
    """A redirect could carry the token and the civil status elsewhere."""
    counter = Counter(httpx.Response(302, headers={"Location": "https://elsewhere.test/"}))

    answer = await _ask(api(httpx.MockTransport(counter)), application)

    assert answer == Answered(302)
    assert len(counter.requests) == 1


async def test_an_endless_body_is_cut(application: Application) -> None:
    """A body beyond the bound is not read to its end."""
    stream = _Chunks()
    counter = Counter(httpx.Response(200, stream=stream))

    answer = await _ask(api(httpx.MockTransport(counter)), application)

    assert answer == Unanswered(Failure.TOO_LARGE)
    assert stream.sent <= LARGEST_BODY + 65536


async def test_a_body_at_the_bound_is_whole(application: Application) -> None:
    """The bound itself is still an answer."""
    counter = Counter(httpx.Response(200, content=b" " * LARGEST_BODY))

    answer = await _ask(api(httpx.MockTransport(counter)), application)

    assert isinstance(answer, Answered)
    assert len(answer.body) == LARGEST_BODY


async def test_calls_in_flight_are_bounded(application: Application) -> None:
    """No more calls than connections are in flight; the others wait and pass."""
    slow = _Slow()
    particulier = api(httpx.MockTransport(slow), connections=2)
    calls = [asyncio.create_task(_ask(particulier, application)) for _ in range(5)]
    await slow.busy.wait()
    slow.go.set()

    assert await asyncio.gather(*calls) == [Answered(200)] * 5
    assert slow.most == 2


async def test_a_full_pool_is_named_and_recovers(application: Application) -> None:
    """Who finds no slot in time is told so, and the slots are all given back."""
    slow = _Slow()
    particulier = api(
        httpx.MockTransport(slow), connections=1, patience=Patience(slot=0.02, total=5.0)
    )
    first = asyncio.create_task(_ask(particulier, application))

    await asyncio.sleep(0)
    assert await _ask(particulier, application) == Unanswered(Failure.POOL_FULL)
    slow.go.set()
    assert await first == Answered(200)
    assert await _ask(particulier, application) == Answered(200)


async def test_the_whole_call_has_a_deadline(application: Application) -> None:
    """However alive the connection, the call ends; its slot is free again."""
    slow = _Slow()
    particulier = api(httpx.MockTransport(slow), connections=1, patience=Patience(total=0.02))

    assert await _ask(particulier, application) == Unanswered(Failure.DEADLINE)
    slow.go.set()
    assert await _ask(particulier, application) == Answered(200)


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
    particulier = api(httpx.MockTransport(Counter(httpx.Response(200))))

    await _ask(particulier, application)
    assert "Aminata" in caplog.text
    caplog.clear()
    silence_http_loggers()
    await _ask(particulier, application)
    assert "" == caplog.text


@pytest.mark.usefixtures("talkative")
async def test_the_real_client_is_silent_from_the_start(
    application: Application, caplog: pytest.LogCaptureFixture
) -> None:
    """Nobody has to remember the gag: opening a client puts it on."""
    caplog.set_level(logging.INFO)
    transport = httpx.MockTransport(Counter(httpx.Response(200)))

    async with open_http():
        await _ask(api(transport), application)

    assert "" == caplog.text


def test_the_body_and_the_token_stay_out_of_every_repr(application: Application) -> None:
    """What lands in a traceback by accident says nothing."""
    transport = httpx.MockTransport(Counter(httpx.Response(200)))
    shown = [
        Answered(200, {}, b"Aminata"),
        Asked.about(application),
        by_habilitation(TOKEN),
        by_delegation(TOKEN, "d3"),
        by_france_connect(TOKEN),
        api(transport),
        client(transport),
    ]

    assert [] == [each for each in map(repr, shown) if TOKEN in each or "Aminata" in each]


async def test_a_month_is_asked_for_beside_the_civil_status(
    application: Application, now: datetime
) -> None:
    """Only when one is given: adding it makes another question of the same one."""
    counter = Counter(httpx.Response(200, content=b"{}"))
    asking = client(httpx.MockTransport(counter), QF)

    await asking.verify(application, now)
    await asking.verify(application, now, period=Month(year=2026, month=5))

    plain, dated = (request.url.params.multi_items() for request in counter.requests)
    assert plain == [("recipient", RECIPIENT), *query_for(application.applicant)]
    assert dated == [*plain, ("annee", "2026"), ("mois", "5")]


@pytest.mark.parametrize(
    ("auth", "beside"),
    [
        (by_habilitation(TOKEN), []),
        (by_delegation(TOKEN), []),
        (by_delegation(TOKEN, "0b7e-d3"), [("delegation_id", "0b7e-d3")]),
        (by_france_connect(TOKEN), []),
    ],
    ids=["habilitation", "editor", "editor of several", "FranceConnect"],
)
async def test_each_right_is_said_in_its_way(auth: Auth, beside: list[tuple[str, str]]) -> None:
    """A bearer token always, and a delegation beside the recipient; never anything else."""
    counter = Counter(httpx.Response(200))

    await api(httpx.MockTransport(counter)).ask(auth)

    [request] = counter.requests
    assert request.headers["authorization"] == f"Bearer {TOKEN}"
    assert request.url.params.multi_items() == [("recipient", RECIPIENT), *beside]


@pytest.mark.parametrize("endpoint", ALL_ENDPOINTS, ids=named)
async def test_a_proof_is_asked_for_where_it_is_wanted(endpoint: Endpoint[Any]) -> None:
    """By a header, and only by civil status at the EAJE endpoint."""
    counter = Counter(httpx.Response(200))

    await api(httpx.MockTransport(counter), endpoint).ask(by_habilitation(TOKEN))

    wanted = "proof-only" if endpoint is EAJE_WITH_PROOF else None
    assert wanted == counter.requests[0].headers.get("x-generate-proof")


@pytest.mark.parametrize("token", ["sésame", "two\r\nX-Line: 1", "\0", "t" * 20_000])
async def test_a_token_that_no_header_can_hold_never_leaves(token: str) -> None:
    """Neither an exception nor a second header."""
    counter = Counter(httpx.Response(200))

    answer = await api(httpx.MockTransport(counter)).ask(by_habilitation(token))

    assert (Unanswered(Failure.UNSENDABLE), []) == (answer, counter.requests)


@pytest.mark.parametrize("token", ["a.b.c", "not a JWT", "{}", "test-token"])
async def test_a_token_that_cannot_be_decoded_is_sent_as_it_is(token: str) -> None:
    """The counter judges tokens, not we."""
    counter = Counter(httpx.Response(401))

    await api(httpx.MockTransport(counter)).ask(by_habilitation(token))

    assert f"Bearer {token}" == counter.requests[0].headers["authorization"]


async def test_what_no_url_can_hold_is_a_failure_without_its_words() -> None:
    """A lone surrogate in a name raises nothing."""
    particulier = api(httpx.MockTransport(Counter(httpx.Response(200))))

    answer = await particulier.ask(by_habilitation(TOKEN), [("nomNaissance", "L\ud800")])

    assert Unanswered(Failure.TRANSPORT) == answer
