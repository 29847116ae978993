"""FranceConnect: opaque tokens of a minute, whose identity stands in for the civil status."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
QF = "/v3/dss/quotient_familial/france_connect"
EAJE = "/v3/dss/participation_familiale_eaje/france_connect"
RECIPIENT = [("recipient", "13002526500013")]
CLAIMS = {
    "scope": "openid identite_pivot cnaf_quotient_familial cnaf_adresse",
    "gender": "female",
    "family_name": "Brémachet",
    "given_name": "Zoé Rose",
    "birthdate": "1990-02-03",
    "birthplace": "13055",
    "birthcountry": "99100",
}


def code(response: httpx.Response) -> tuple[int, str]:
    """The status, and the first code of an error."""
    errors = response.json().get("errors") or [{"code": ""}]
    return response.status_code, errors[0]["code"]


async def token_of(caller: Any, number: int) -> str:
    """The token that the population tells for a family."""
    page = await caller.http.get("/population", params={"offset": number, "limit": 1})
    token: str = page.json()[0]["france_connect"]
    return token


@pytest.mark.parametrize("path", [QF, EAJE])
async def test_a_family_is_found_by_its_token(caller: Any, nominal: Any, path: str) -> None:
    """The token alone, with a recipient, answers as the civil status does."""
    by_token = await caller.ask(RECIPIENT, token=await token_of(caller, nominal.number), path=path)
    by_status = await caller.ask_about(nominal, path=path.replace("france_connect", "identite"))

    assert 200 == by_token.status_code
    assert by_status.json()["data"] == by_token.json()["data"]


async def test_every_family_can_be_asked_about(caller: Any) -> None:
    """No name of the population is refused by the validators when FranceConnect tells it."""
    page = (await caller.http.get("/population", params={"limit": 40})).json()

    told = [
        await caller.ask(RECIPIENT, token=each["france_connect"], path=QF) for each in page[:28]
    ]

    refused = {code(each)[1] for each in told if each.status_code == 422}
    assert refused <= {"35561"}


@pytest.mark.parametrize(
    ("token", "expected"),
    [
        (None, (401, "51504")),
        ("né-pas", (401, "51501")),
        ("unknown-token", (401, "51502")),
        ("bare", (401, "51501")),
        ("no-pivot", (401, "51503")),
        ("no-scope", (403, "00100")),
        ("no-name", (422, "51564")),
        ("no-birth", (422, "51564")),
        ("stranger", (422, "35560")),
    ],
)
async def test_refusals(
    calling: Callable[..., Any], token: str | None, expected: tuple[int, str]
) -> None:
    """Each way for a token or an identity to be of no use has its own code."""
    tokens = {
        "no-pivot": CLAIMS | {"scope": "openid cnaf_quotient_familial"},
        "no-scope": CLAIMS | {"scope": "openid identite_pivot"},
        "no-name": {key: value for key, value in CLAIMS.items() if key != "family_name"},
        "no-birth": CLAIMS | {"birthdate": ""},
        "stranger": CLAIMS,
    }
    headers = {} if token is None else {"Authorization": f"Bearer {token}".encode()}

    caller = calling(fc_tokens=tokens)
    response = await caller.http.get(QF, params=dict(RECIPIENT), headers=headers)

    assert expected == code(response)


async def test_the_pivot_says_which_scopes_it_has(calling: Callable[..., Any]) -> None:
    """51503 lists what the token holds."""
    caller = calling(fc_tokens={"no-pivot": CLAIMS | {"scope": "openid cnaf_adresse"}})

    response = await caller.ask(RECIPIENT, token="no-pivot", path=QF)

    assert "scopes suivants: cnaf_adresse openid." in response.json()["errors"][0]["detail"]


async def test_the_recipient_comes_after_the_token(caller: Any, nominal: Any) -> None:
    """Without a recipient a good token is told 00203."""
    told = await caller.ask([], token=await token_of(caller, nominal.number), path=QF)

    assert (422, "00203") == code(told)


@pytest.mark.parametrize(("life", "age", "status"), [(60, 59, 200), (60, 60, 401), (0, 9_999, 200)])
async def test_a_token_lives_a_minute(
    calling: Callable[..., Any], nominal: Any, life: int, age: int, status: int
) -> None:
    """After its life a token is unknown; 0 gives it no end."""
    moments: Iterator[datetime] = iter([NOW, NOW])  # the season, then the token's birth
    later = NOW + timedelta(seconds=age)
    reading = calling(now=lambda: NOW)
    token = await token_of(reading, nominal.number)
    caller = calling(fc_life_seconds=life, now=lambda: next(moments, later))

    assert status == (await caller.ask(RECIPIENT, token=token, path=QF)).status_code


async def test_introspection_is_limited_by_address(calling: Callable[..., Any]) -> None:
    """The thirty-first call of a minute is told 429, whatever its token."""
    caller = calling(rate_limit=1_000)

    told = [await caller.ask(RECIPIENT, token="unknown-token", path=QF) for _ in range(61)]

    assert 429 in {each.status_code for each in told}
    assert {401} == {each.status_code for each in told[:1]}
