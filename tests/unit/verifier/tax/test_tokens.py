"""One token for all calls: fetched once, left before it ends, fetched anew when it is refused."""

import asyncio
from base64 import b64decode

import httpx
import pytest

from services.verifier.provider.answer import Answered, Failure, Unanswered
from services.verifier.provider.client import LARGEST_BODY, Patience
from services.verifier.tax.answers import Tokenless
from services.verifier.tax.credentials import Credentials, Presentation
from services.verifier.tax.tokens import AccessToken
from shared.taxation import TaxNumber
from tests.unit.verifier.tax.gateway import CREDENTIALS, SECRET, Gateway


async def test_many_calls_without_a_token_fetch_one(number: TaxNumber) -> None:
    """Who comes while a token is fetched waits for it."""
    gateway = Gateway()
    client = gateway.client()

    answers = await asyncio.gather(*(client.ask(number) for _ in range(64)))

    assert 1 == len(gateway.grants)
    assert 64 == len(gateway.calls) == len(answers)


async def test_many_calls_on_an_expired_token_fetch_one(number: TaxNumber) -> None:
    """At its end as at the start."""
    gateway = Gateway(expires_in=600)
    client = gateway.client()
    await client.ask(number)
    gateway.now += 600

    await asyncio.gather(*(client.ask(number) for _ in range(64)))

    assert 2 == len(gateway.grants)
    assert {"Bearer t2"} == {call.headers["authorization"] for call in gateway.calls[1:]}


async def test_many_calls_with_a_refused_token_fetch_one(number: TaxNumber) -> None:
    """A token that was revoked is replaced once, and each call is made again once."""
    gateway = Gateway()
    client = gateway.client()
    await client.ask(number)
    gateway.revoked = {"t1"}

    answers = await asyncio.gather(*(client.ask(number) for _ in range(16)))

    assert 2 == len(gateway.grants)
    assert {200} == {answer.status for answer in answers if isinstance(answer, Answered)}
    assert 1 + 2 * 16 == len(gateway.calls)


async def test_a_late_refusal_of_an_old_token_fetches_nothing() -> None:
    """Who learns last that a token is refused finds the one that replaced it."""
    gateway = Gateway()
    tokens = gateway.client()._tokens
    first = await tokens.fresh()
    assert isinstance(first, AccessToken)
    second = await tokens.instead_of(first)

    assert second == await tokens.instead_of(first)
    assert 2 == len(gateway.grants)


async def test_a_failed_fetch_is_shared_too(number: TaxNumber) -> None:
    """A gateway in trouble is not asked by each of those who wait."""
    gateway = Gateway(token=httpx.Response(503))
    client = gateway.client()

    answers = await asyncio.gather(*(client.ask(number) for _ in range(64)))

    assert [Tokenless(Answered(503))] * 64 == answers
    assert 1 == len(gateway.grants)


@pytest.mark.parametrize(
    ("expires_in", "kept", "left"),
    [
        (3600, 3569, 3571),
        ("3600", 3569, 3571),
        (100, 89, 91),
        (10, 8, 10),
        (None, 53, 55),
        ("soon", 53, 55),
        (10**9, 86_369, 86_371),
    ],
)
async def test_a_token_is_left_before_it_ends(
    expires_in: object, kept: float, left: float, number: TaxNumber
) -> None:
    """By a tenth of its life, and no more than 30 s; a life that is not told is short."""
    gateway = Gateway(expires_in=expires_in)
    client = gateway.client()
    await client.ask(number)
    gateway.now = 1000 + kept
    await client.ask(number)
    assert 1 == len(gateway.grants)

    gateway.now = 1000 + left
    await client.ask(number)

    assert 2 == len(gateway.grants)


@pytest.mark.parametrize("expires_in", [0, -3600])
async def test_a_token_already_over_serves_those_who_asked(
    expires_in: int, number: TaxNumber
) -> None:
    """No loop: one fetch, one call; the next call fetches again."""
    gateway = Gateway(expires_in=expires_in)
    client = gateway.client()

    await client.ask(number)
    await client.ask(number)

    assert (2, 2) == (len(gateway.grants), len(gateway.calls))


async def test_a_401_is_believed_the_second_time(number: TaxNumber) -> None:
    """One fetch and one more call, then the refusal is the answer."""
    gateway = Gateway(situation=httpx.Response(401))

    answer = await gateway.client().ask(number)

    assert isinstance(answer, Answered)
    assert 401 == answer.status
    assert (2, 2) == (len(gateway.grants), len(gateway.calls))


async def test_the_form_shows_who_asks_for_what() -> None:
    """Client credentials, the scope of the two last years, the secret in the form by default."""
    gateway = Gateway()

    await gateway.client().ask(TaxNumber.parse("3000111222333"))

    assert [
        {
            "grant_type": "client_credentials",
            "scope": "RessourceIRDerniere2",
            "client_id": "berceau",
            "client_secret": SECRET,
        }
    ] == gateway.grants


async def test_the_secret_may_go_as_basic_instead(number: TaxNumber) -> None:
    """Then it is in the header only."""
    gateway = Gateway()
    basic = CREDENTIALS.model_copy(update={"presentation": Presentation.BASIC})

    await gateway.client(credentials=basic).ask(number)

    shown = gateway.asked[0].headers["authorization"].removeprefix("Basic ")
    assert f"berceau:{SECRET}" == b64decode(shown).decode()
    assert {"grant_type", "scope"} == set(gateway.grants[0])


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b'{"access_token": null}',
        b'{"access_token": ""}',
        b'{"access_token": "a\\nb"}',
        b'{"access_token": "\xc3\xa9"}',
        b'{"access_token": 3}',
        b'{"access_token": "%s"}' % (b"t" * 9000),
        b'{"access_token": "t", "expires_in": 1e99999999999999999999}',
        b"<html>",
    ],
    ids=lambda body: body[:30],
)
async def test_what_is_no_token_is_not_sent(body: bytes, number: TaxNumber) -> None:
    """A grant that could not stand in a header is none, and nothing raises."""
    gateway = Gateway(token=httpx.Response(200, content=body))

    assert Tokenless(Answered(200, {}, body)) == await gateway.client().ask(number)
    assert [] == gateway.calls


async def test_an_endless_grant_is_cut(number: TaxNumber) -> None:
    """The token's body is bounded as any other."""
    gateway = Gateway(token=httpx.Response(200, content=b" " * (LARGEST_BODY + 1)))

    assert Tokenless(Unanswered(Failure.TOO_LARGE)) == await gateway.client().ask(number)


async def test_who_gives_up_does_not_stop_the_others(number: TaxNumber) -> None:
    """The fetch is everybody's: a call that is cancelled leaves it to the rest."""
    gateway = Gateway()
    client = gateway.client()
    first, second = (asyncio.create_task(client.ask(number)) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()

    assert isinstance(await second, Answered)
    assert 1 == len(gateway.grants)


async def test_a_token_that_never_comes_ends_with_the_call(number: TaxNumber) -> None:
    """Its deadline is the call's; closing leaves nothing on its way."""

    async def silence(_request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(60)
        raise AssertionError

    gateway = Gateway()
    client = gateway.client(patience=Patience(total=0.02))
    client._exchange._http = httpx.AsyncClient(transport=httpx.MockTransport(silence))

    answer = await client.ask(number)
    await client.close()

    assert answer in (Unanswered(Failure.DEADLINE), Tokenless(Unanswered(Failure.DEADLINE)))


def test_token_and_secret_stay_out_of_every_repr() -> None:
    """What lands in a traceback by accident opens nothing."""
    shown = repr(CREDENTIALS) + str(CREDENTIALS) + repr(AccessToken("t1-secret", 1.0))

    assert SECRET not in shown
    assert "t1-secret" not in shown
    assert "creches-arles" not in shown


@pytest.mark.parametrize(
    "secret",
    [
        "",
        "invented.token.value",
        "{}",
        '{"client_id":"a","client_secret":"b"}',
        '{"client_id":"a","client_secret":"","teleservice":"c"}',
        '{"client_id":"a","client_secret":"b","teleservice":"c\\nd"}',
        '{"client_id":"a","client_secret":"b","teleservice":"c","autre":"d"}',
        '{"client_id":"a","client_secret":"b","teleservice":"c","presentation":"post"}',
    ],
)
def test_what_are_no_credentials_are_none(secret: str) -> None:
    """Nothing is guessed, and nothing of the secret is told."""
    assert Credentials.read(secret) is None


def test_credentials_fit_on_the_line_of_a_token() -> None:
    """As a habilitation's token file holds them: one line, no space."""
    line = '{"client_id":"berceau","client_secret":"invented-secret","teleservice":"creches-arles"}'

    assert CREDENTIALS == Credentials.read(line)
