"""Signing in at an identity provider, over HTTP; and each way of not being who one says."""

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from sqlalchemy import insert, text

from services.console.identity import federation
from services.console.identity.metadata import (
    LARGEST_ANSWER,
    Directory,
    ProviderAwayError,
    fetched,
)
from services.console.identity.provider import IdentityProvider
from shared.people import register
from shared.people.register import Person
from shared.roles import Role
from shared.store.people import SignInRequestRow
from tests.identity_provider import CLIENT_ID, CLIENT_SECRET, Provider, _key, identity_provider

if TYPE_CHECKING:
    from tests.console_record import Consoles, Page

pytestmark = pytest.mark.stack


class Seconds:
    """Seconds that pass when told to."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def provider() -> Iterator[Provider]:
    with identity_provider() as running:
        yield running


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def elsewhere(consoles: "Consoles", provider: Provider, seconds: Seconds) -> Iterator["Consoles"]:
    """A console that knows the provider."""
    known = IdentityProvider(provider.issuer, CLIENT_ID, CLIENT_SECRET, "ProConnect")
    with httpx.Client(timeout=5, trust_env=False) as client:
        consoles.changes["directory"] = Directory(known, client, clock=seconds)
        yield consoles


@pytest.fixture
def zoe(elsewhere: "Consoles") -> Person:
    """Somebody who was added by her professional address."""
    return elsewhere.add(Role.AGENT, login="zoe@ville.test")


async def _led(page: "Page", vers: str = "/compte") -> str:
    answer = await page.browser.get("/entrer/ailleurs", params={"vers": vers})
    page.browser.cookies.update(answer.cookies)
    return answer.headers["location"]


async def _come_back(page: "Page", provider: Provider, **changes: str) -> httpx.Response:
    back = provider.consent(await _led(page)) | changes
    return await page.browser.get("/entrer/retour", params=back)


async def test_whom_the_provider_knows_is_let_in(
    elsewhere: "Consoles", provider: Provider, zoe: Person
) -> None:
    """Back to where they were going, under a session; bound to what the provider calls them."""
    page = elsewhere.nobody()
    answer = await _come_back(page, provider)
    with elsewhere.at_the_door() as connection:
        bound = register.by_subject(connection, provider.issuer, provider.subject)

    assert (303, "/compte") == (answer.status_code, answer.headers["location"])
    assert zoe.name in (await page.browser.get("/compte")).text
    assert bound is not None
    assert zoe.id == bound.id


async def test_what_is_asked_is_proconnect_s(
    elsewhere: "Consoles", provider: Provider, zoe: Person
) -> None:
    """Every parameter that it wants, long enough, and no other than those that it announced."""
    usual = {"response_type", "client_id", "redirect_uri", "scope", "state", "nonce"}
    await _come_back(elsewhere.nobody(), provider)
    provider.takes_challenge = False
    elsewhere.changes["directory"]._known = None
    await _come_back(elsewhere.nobody(), provider)
    with_challenge, without = provider.asked

    assert zoe
    assert usual | {"code_challenge", "code_challenge_method"} == set(with_challenge)
    assert usual == set(without)
    assert federation.SCOPES == without["scope"]
    assert min(len(without["state"]), len(without["nonce"])) >= 32


async def test_a_change_of_address_keeps_the_access(
    elsewhere: "Consoles", provider: Provider, zoe: Person
) -> None:
    """The subject counts once it is known; the address does no more."""
    await _come_back(elsewhere.nobody(), provider)
    provider.email = "zoe.lo@ville.test"
    again = await _come_back(elsewhere.nobody(), provider)
    provider.subject, provider.email = "sub-other", zoe.login
    other = await _come_back(elsewhere.nobody(), provider)

    assert [303, 403] == [again.status_code, other.status_code]


async def test_who_was_not_added_is_a_stranger(elsewhere: "Consoles", provider: Provider) -> None:
    """The provider says who, never what they may: nobody is added by coming."""
    answer = await _come_back(elsewhere.nobody(), provider)

    assert 403 == answer.status_code
    assert "Aucun accès à ce nom" in answer.text
    assert "zoe@ville.test" not in answer.text


async def test_whose_access_is_closed_is_a_stranger(
    elsewhere: "Consoles", provider: Provider, zoe: Person
) -> None:
    """However well the provider knows them."""
    with elsewhere.at_the_door() as connection:
        register.disable(connection, zoe, now=elsewhere.clock(), by="test")

    assert 403 == (await _come_back(elsewhere.nobody(), provider)).status_code


@pytest.mark.parametrize(
    "lie",
    [
        {"id_token": {"nonce": "another"}},
        {"id_token": {"nonce": None}},
        {"id_token": {"exp": 1_000}},
        {"id_token": {"exp": None}},
        {"id_token": {"iat": 4_000_000_000}},
        {"id_token": {"aud": "somebody-else"}},
        {"id_token": {"aud": [CLIENT_ID, "somebody-else"]}},
        {"id_token": {"iss": "https://exemple.com"}},
        {"id_token": {"sub": None}},
        {"signs_with": "one"},
        {"signs_with": "unheard"},
        {"userinfo": {"sub": "sub-other"}},
        {"userinfo": {"aud": "somebody-else"}},
        {"userinfo": {"iss": "https://exemple.com"}},
        {"userinfo": {"sub": "sub-other"}, "plain_userinfo": True},
    ],
    ids=str,
)
async def test_what_is_not_proven_is_refused(
    lie: dict[str, Any], elsewhere: "Consoles", provider: Provider, zoe: Person
) -> None:
    """Nonce, end, beginning, audience, issuer, subject, signature: each alone is enough."""
    for name, value in lie.items():
        setattr(provider, name, _key(value) if name == "signs_with" else value)
    answer = await _come_back(elsewhere.nobody(), provider)

    assert zoe
    assert 403 == answer.status_code
    assert "n’a pas abouti" in answer.text
    assert '<a href="/entrer">Page d’entrée</a>' in answer.text
    assert "set-cookie" not in answer.headers


async def test_an_unverified_address_binds_nobody(
    elsewhere: "Consoles", provider: Provider, zoe: Person
) -> None:
    """Where the provider says that it has not checked it."""
    provider.userinfo = {"email_verified": False}

    assert zoe
    assert 403 == (await _come_back(elsewhere.nobody(), provider)).status_code


async def test_plain_userinfo_is_read_too(
    elsewhere: "Consoles", provider: Provider, zoe: Person
) -> None:
    """Other providers than ProConnect do not sign it; it comes from their own address."""
    provider.plain_userinfo = True

    assert zoe
    assert 303 == (await _come_back(elsewhere.nobody(), provider)).status_code


@pytest.mark.parametrize("state", ["", "x" * 43, "é"])
async def test_a_state_that_we_did_not_make_is_refused(
    state: str, elsewhere: "Consoles", provider: Provider, zoe: Person
) -> None:
    """Before the provider is asked anything."""
    answer = await _come_back(elsewhere.nobody(), provider, state=state)

    assert zoe
    assert 403 == answer.status_code
    assert 1 == len(provider.codes)


async def test_another_browser_s_return_is_refused(
    elsewhere: "Consoles", provider: Provider, zoe: Person
) -> None:
    """Somebody hands their own return to somebody else, to have them work under their name."""
    back = provider.consent(await _led(elsewhere.nobody()))
    victim = elsewhere.nobody()
    without = elsewhere.nobody()
    without.browser.cookies.clear()
    answers = [await page.browser.get("/entrer/retour", params=back) for page in (victim, without)]

    assert zoe
    assert [403, 403] == [answer.status_code for answer in answers]


async def test_a_return_serves_once(elsewhere: "Consoles", provider: Provider, zoe: Person) -> None:
    """Played again, with its code and its state, from the same browser."""
    page = elsewhere.nobody()
    back = provider.consent(await _led(page))
    answers = [await page.browser.get("/entrer/retour", params=back) for _ in range(2)]

    assert zoe
    assert [303, 403] == [answer.status_code for answer in answers]


async def test_a_code_that_was_used_is_refused(
    elsewhere: "Consoles", provider: Provider, zoe: Person
) -> None:
    """By the provider: under a state of our own it lets nobody in."""
    page = elsewhere.nobody()
    used = provider.consent(await _led(page))
    await page.browser.get("/entrer/retour", params=used)
    answer = await _come_back(elsewhere.nobody(), provider, code=used["code"])

    assert zoe
    assert 503 == answer.status_code


async def test_a_return_comes_in_time(
    elsewhere: "Consoles", provider: Provider, zoe: Person
) -> None:
    """Ten minutes; then one begins again."""
    page = elsewhere.nobody()
    back = provider.consent(await _led(page))
    elsewhere.clock.now += federation.REQUEST_LASTS + timedelta(seconds=1)
    answer = await page.browser.get("/entrer/retour", params=back)

    assert zoe
    assert 403 == answer.status_code


async def test_new_keys_are_fetched(
    elsewhere: "Consoles", provider: Provider, seconds: Seconds, zoe: Person
) -> None:
    """A provider changes its keys when it likes; once a minute at most we look again."""
    page = elsewhere.nobody()
    await _come_back(page, provider)
    provider.key = _key("two")
    soon = await _come_back(elsewhere.nobody(), provider)
    seconds.now += 61
    later = await _come_back(elsewhere.nobody(), provider)

    assert zoe
    assert [403, 303] == [soon.status_code, later.status_code]


async def test_so_many_may_be_away(elsewhere: "Consoles", provider: Provider, zoe: Person) -> None:
    """Beyond, nobody is sent there until some have come back or are forgotten."""
    now = elsewhere.clock()
    row = {"visit_hash": b"v", "nonce": "n", "verifier": "v", "back_to": "/"}
    rows = [
        {**row, "state_hash": number.to_bytes(4), "expires_at": now + timedelta(seconds=1)}
        for number in range(federation.MOST_REQUESTS)
    ]
    with elsewhere.at_the_door() as connection:
        connection.execute(insert(SignInRequestRow), rows)
    full = await elsewhere.nobody().browser.get("/entrer/ailleurs")
    elsewhere.clock.now += timedelta(seconds=2)
    answer = await _come_back(elsewhere.nobody(), provider)

    assert zoe
    assert [503, 303] == [full.status_code, answer.status_code]


async def test_a_provider_that_is_away_is_told(elsewhere: "Consoles", provider: Provider) -> None:
    """In a sentence, without its address; whoever has a password enters by it."""
    provider.issuer = "https://another.example"
    answer = await elsewhere.nobody().browser.get("/entrer/ailleurs")

    assert 503 == answer.status_code
    assert "ne répond pas" in answer.text


def test_a_provider_that_is_away_is_left_alone_for_a_moment(seconds: Seconds) -> None:
    """Who comes meanwhile is told at once, and does not wait for a call of their own."""
    asked = list[httpx.URL]()

    def silent(request: httpx.Request) -> httpx.Response:
        asked.append(request.url)
        raise httpx.ConnectTimeout("silent")

    known = IdentityProvider("https://silent.example", CLIENT_ID, CLIENT_SECRET, "ProConnect")
    counts = []
    with httpx.Client(transport=httpx.MockTransport(silent)) as client:
        directory = Directory(known, client, clock=seconds)
        for passed in (0.0, 0.0, 6.0):
            seconds.now += passed
            with pytest.raises(ProviderAwayError):
                directory.metadata()
            counts.append(len(asked))

    assert [1, 1, 2] == counts


def test_an_endless_answer_is_cut(provider: Provider) -> None:
    """It is not read into memory."""

    def endless(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=b"x" * (LARGEST_ANSWER + 1))

    with (
        httpx.Client(transport=httpx.MockTransport(endless)) as client,
        pytest.raises(ProviderAwayError, match="does not end"),
    ):
        fetched(client, httpx.Request("GET", provider.issuer))


async def test_one_signs_out_there_too(
    elsewhere: "Consoles", provider: Provider, zoe: Person
) -> None:
    """Out of here at once; a link leads to the provider's own way out, which leads back."""
    page = elsewhere.nobody()
    await _come_back(page, provider)
    shown = await page.browser.get("/compte")
    csrf = shown.text.partition('name="csrf" value="')[2].partition('"')[0]
    answer = await page.browser.post("/sortir", data={"csrf": csrf})
    url = answer.text.partition('class="button" href="')[2].partition('"')[0].replace("&amp;", "&")
    asked = parse_qs(urlsplit(url).query)
    with elsewhere.at_the_door() as connection:
        left = connection.execute(text("SELECT count(*) FROM web_sessions")).scalar_one()

    assert zoe
    assert url.startswith(f"{provider.issuer}/session/end?")
    assert {"id_token_hint", "post_logout_redirect_uri", "state"} == set(asked)
    assert ["http://127.0.0.1:8001/entrer"] == asked["post_logout_redirect_uri"]
    assert 0 == left


async def test_without_a_provider_there_is_no_such_page(consoles: "Consoles") -> None:
    """Nor a word of it on the sign-in page."""
    page = consoles.nobody().browser
    answers = [await page.get(path) for path in ("/entrer/ailleurs", "/entrer/retour")]

    assert [404, 404] == [answer.status_code for answer in answers]
    assert "ProConnect" not in (await page.get("/entrer")).text
