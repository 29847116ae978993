"""The call: what it sends, how many it makes, and what it never lets out."""

import asyncio
import logging
from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

import httpx
import pytest

from services.verifier.provider.answer import REQUEST_ID, Answered, Failure, Unanswered
from services.verifier.provider.client import LARGEST_BODY, Patience, silence_http_loggers
from services.verifier.tax.client import MEDIA_TYPE, TaxClient
from shared.civil_status import CivilStatus
from shared.evidence import Busy, Certified, Forbidden, Inconsistent, InputRefused, NoFile
from shared.taxation import TaxNumber
from tests.unit.verifier.tax.gateway import CREDENTIALS, GATEWAY, SECRET, Gateway, Permits

_HERS = {"nmNaiDec1": "LO", "prnmDec1": "AMINATA", "rfr": 24180, "annRevenu": 2025}


def _told(**changed: object) -> httpx.Response:
    return httpx.Response(200, json=_HERS | changed)


async def test_the_request_is_the_contract(number: TaxNumber) -> None:
    """One GET at the path of the contract, by a correlation id that is new for each."""
    gateway = Gateway()
    client = gateway.client()

    answer = await client.ask(number)
    await client.ask(number)

    first, second = gateway.calls
    ids = [call.headers["x-correlation-id"] for call in (first, second)]
    assert "GET" == first.method
    assert str(first.url) == (
        "https://gateway.test/impotparticulier/1.0/spi/3000111222333"
        "/dernieresituation/ir/assiettes/deuxans"
    )
    assert "Bearer t1" == first.headers["authorization"]
    assert "creches-arles" == first.headers["id_teleservice"]
    assert MEDIA_TYPE == first.headers["accept"]
    assert [4, 4] == [UUID(sent).version for sent in ids]
    assert 2 == len(set(ids))
    assert isinstance(answer, Answered)
    assert ids[0] == answer.headers[REQUEST_ID]


async def test_verify_asks_and_translates(
    number: TaxNumber, applicant: CivilStatus, now: datetime
) -> None:
    """A situation of the applicant is certified, in one call, under its correlation id."""
    gateway = Gateway(situation=_told())

    outcome = await gateway.client().verify([number], applicant, now)

    assert isinstance(outcome, Certified)
    assert outcome.facts.kind == "tax"
    assert 2_418_000 == outcome.facts.income_of_reference_cents
    assert gateway.calls[0].headers["x-correlation-id"] == outcome.facts.provenance.request_id


async def test_any_content_type_is_read(
    number: TaxNumber, applicant: CivilStatus, now: datetime
) -> None:
    """The vendor's, plain JSON or none: the body decides."""
    for content_type in (MEDIA_TYPE, "application/json; charset=utf-8", "text/plain"):
        situation = _told()
        situation.headers["content-type"] = content_type

        outcome = await Gateway(situation=situation).client().verify([number], applicant, now)

        assert isinstance(outcome, Certified)


async def test_two_numbers_are_two_calls(
    number: TaxNumber,
    other_number: TaxNumber,
    applicant: CivilStatus,
    other: CivilStatus,
    now: datetime,
) -> None:
    """One after the other, with one token."""
    gateway = Gateway(situation=_told(nmNaiDec2="MARCHETTI", prnmDec2="LUC"))

    outcome = await gateway.client().verify([number, other_number], applicant, now, other=other)

    assert isinstance(outcome, Certified)
    assert outcome.facts.kind == "tax"
    assert 1 == outcome.facts.households
    assert [number.digits, other_number.digits] == [
        call.url.path.split("/")[4] for call in gateway.calls
    ]
    assert 1 == len(gateway.grants)


async def test_the_second_number_waits_for_the_first(
    number: TaxNumber, other_number: TaxNumber, applicant: CivilStatus, now: datetime
) -> None:
    """Calls are few: after a refusal the other household is not asked about."""
    gateway = Gateway(situation=httpx.Response(410, json={"erreur": {"code": 4101}}))

    outcome = await gateway.client().verify([number, other_number], applicant, now)

    assert isinstance(outcome, NoFile)
    assert 1 == len(gateway.calls)


async def test_a_number_given_twice_is_asked_once(
    number: TaxNumber, applicant: CivilStatus, now: datetime
) -> None:
    """The same household would not be added to itself."""
    gateway = Gateway(situation=_told())

    outcome = await gateway.client().verify([number, number], applicant, now)

    assert isinstance(outcome, Certified)
    assert 1 == len(gateway.calls)


@pytest.mark.parametrize("count", [0, 3])
async def test_without_a_number_nobody_is_asked(
    count: int, applicant: CivilStatus, now: datetime
) -> None:
    """None, or more than two: the field is told, and no call is made."""
    gateway = Gateway()
    numbers = [TaxNumber.parse(f"300011122233{place}") for place in range(count)]

    outcome = await gateway.client().verify(numbers, applicant, now)

    assert InputRefused(None, ("/tax_numbers",)) == outcome
    assert [] == gateway.asked


async def test_a_refused_client_is_forbidden(
    number: TaxNumber, applicant: CivilStatus, now: datetime
) -> None:
    """Nobody's data was asked for: the habilitation is what must be mended."""
    gateway = Gateway(token=httpx.Response(401, json={"error": "invalid_client"}))

    outcome = await gateway.client().verify([number], applicant, now)

    assert isinstance(outcome, Forbidden)
    assert [] == gateway.calls


async def test_redirects_are_not_followed(number: TaxNumber) -> None:
    """A redirect could carry the token and the number elsewhere."""
    gateway = Gateway(situation=httpx.Response(302, headers={"Location": "https://else.test/"}))

    await gateway.client().ask(number)

    assert {"gateway.test"} == {request.url.host for request in gateway.asked}


async def test_a_body_beyond_any_answer_is_cut(number: TaxNumber) -> None:
    """The bound is that of every provider."""
    gateway = Gateway(situation=httpx.Response(200, content=b" " * (LARGEST_BODY + 1)))

    assert Unanswered(Failure.TOO_LARGE) == await gateway.client().ask(number)


@pytest.mark.parametrize(
    ("error", "failure"),
    [
        (httpx.ReadTimeout("https://gateway.test/spi/3000111222333"), Failure.READ_TIMEOUT),
        (httpx.RemoteProtocolError("3000111222333"), Failure.MALFORMED),
        (ConnectionResetError("3000111222333"), Failure.RESET),
    ],
)
async def test_a_network_that_fails_has_a_name(
    error: Exception, failure: Failure, number: TaxNumber
) -> None:
    """And its message, which holds the URL, goes no further."""
    gateway = Gateway()

    async def breaks(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/token":
            return await gateway(request)
        raise error

    client = TaxClient(
        httpx.AsyncClient(transport=httpx.MockTransport(breaks)),
        gateway=GATEWAY,
        credentials=CREDENTIALS,
    )

    assert Unanswered(failure) == await client.ask(number)


async def test_calls_in_flight_are_bounded(number: TaxNumber) -> None:
    """No more calls than connections are in flight; who waits too long is told so."""
    waiting, most, go = 0, 0, asyncio.Event()
    gateway = Gateway()

    async def slow(request: httpx.Request) -> httpx.Response:
        nonlocal waiting, most
        if request.url.path == "/token":
            return await gateway(request)
        waiting += 1
        most = max(most, waiting)
        await go.wait()
        waiting -= 1
        return httpx.Response(204)

    client = TaxClient(
        httpx.AsyncClient(transport=httpx.MockTransport(slow)),
        gateway=GATEWAY,
        credentials=CREDENTIALS,
        connections=2,
        patience=Patience(slot=0.05, total=5.0),
    )
    calls = [asyncio.create_task(client.ask(number)) for _ in range(3)]
    await asyncio.sleep(0.2)
    go.set()

    answers = await asyncio.gather(*calls)

    assert 2 == most
    assert 1 == answers.count(Unanswered(Failure.POOL_FULL))


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
    number: TaxNumber, applicant: CivilStatus, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    """The number stands in the URL: without the gag httpx tells it, with it nobody does."""
    caplog.set_level(logging.DEBUG)
    client = Gateway(situation=_told()).client()
    await client.verify([number], applicant, now)
    assert number.digits in caplog.text
    caplog.clear()

    silence_http_loggers()
    await client.verify([number], applicant, now)

    assert "" == caplog.text


async def test_the_number_is_in_no_outcome_and_no_repr(
    number: TaxNumber, applicant: CivilStatus, now: datetime
) -> None:
    """Even when the answer names it; neither are token and secret."""
    client = Gateway(situation=_told(spiDec1=number.digits)).client()
    certified = await client.verify([number], applicant, now)
    stranger = Gateway(situation=_told(nmNaiDec1="BERTHIER", spiDec1=number.digits)).client()
    doubted = await stranger.verify([number], applicant, now)
    assert isinstance(certified, Certified)
    assert isinstance(doubted, Inconsistent)

    shown = f"{certified!r}{doubted!r}{client!r}{client._tokens!r}{number!r}{number}"

    assert number.digits not in shown + certified.facts.model_dump_json()
    assert "Bearer" not in shown
    assert SECRET not in shown


async def test_each_call_but_the_first_takes_a_permit(
    number: TaxNumber,
    other_number: TaxNumber,
    applicant: CivilStatus,
    other: CivilStatus,
    now: datetime,
) -> None:
    """A token, a second number, a call made again: as many permits as calls leave, less one."""
    gateway, permits = Gateway(situation=_told(nmNaiDec2="MARCHETTI", prnmDec2="LUC")), Permits(9)
    client = gateway.client(permits=permits)

    await client.verify([number], applicant, now)
    assert (1, 2) == (permits.wanted, len(gateway.asked))
    await client.verify([number, other_number], applicant, now, other=other)
    assert (2, 4) == (permits.wanted, len(gateway.asked))
    gateway.revoked.add("t1")
    await client.verify([number], applicant, now)
    assert (4, 7) == (permits.wanted, len(gateway.asked))


@pytest.mark.parametrize(("left", "calls"), [(0, 0), (1, 1), (2, 2)])
async def test_without_a_permit_nothing_leaves(
    number: TaxNumber,
    other_number: TaxNumber,
    applicant: CivilStatus,
    other: CivilStatus,
    now: datetime,
    *,
    left: int,
    calls: int,
) -> None:
    """Neither the token nor the second call: busy, for this family alone, and asked again."""
    gateway = Gateway(situation=_told(nmNaiDec2="MARCHETTI", prnmDec2="LUC"))
    client = gateway.client(permits=Permits(left))

    outcome = await client.verify([number, other_number], applicant, now, other=other)

    assert calls == len(gateway.calls)
    if calls < 2:
        assert Busy(None, None, whole_habilitation=False) == outcome
    else:
        assert isinstance(outcome, Certified)


async def test_a_token_refused_is_not_fetched_anew_without_a_permit(
    number: TaxNumber, applicant: CivilStatus, now: datetime
) -> None:
    """Nor believed to be refused for good: the family waits."""
    gateway = Gateway(situation=_told())
    client = gateway.client(permits=Permits(1))
    gateway.revoked.add("t1")

    outcome = await client.verify([number], applicant, now)

    assert Busy(None, None, whole_habilitation=False) == outcome
    assert (1, 1) == (len(gateway.grants), len(gateway.calls))
