"""The order in which the API refuses, and the words that it refuses with."""

import asyncio
from collections.abc import Callable
from datetime import date
from typing import Any

import httpx
import pytest

from services.simulator.api.config import ALL_SCOPES, Token

TOKENS = {
    "good": Token(),
    "expired": Token(expires=date(2026, 11, 22)),
    "last-day": Token(expires=date(2026, 11, 23)),
    "black": Token(blacklisted=True),
    "staging": Token(staging=True),
    "scopeless": Token(scopes=frozenset({"cnaf_quotient_familial"})),
}
Pairs = list[tuple[str, str]]


def codes(response: httpx.Response) -> list[str]:
    """The codes of an error answer."""
    return [each["code"] for each in response.json()["errors"]]


@pytest.mark.parametrize(
    ("token", "status", "code"),
    [
        (None, 401, "00101"),
        ("unknown", 401, "00101"),
        ("expired", 401, "00103"),
        ("black", 401, "00105"),
        ("staging", 401, "00109"),
        ("scopeless", 403, "00100"),
    ],
)
async def test_tokens(
    calling: Callable[..., Any], query: Pairs, token: str | None, status: int, code: str
) -> None:
    """Each way for a token to give no right has its own status and code."""
    response = await calling(tokens=TOKENS).ask(query, token=token)

    assert (status, [code]) == (response.status_code, codes(response))


async def test_a_token_is_good_on_its_last_day(calling: Callable[..., Any], query: Pairs) -> None:
    """The day of expiry itself is still covered."""
    response = await calling(tokens=TOKENS).ask(query, token="last-day")

    assert 200 == response.status_code


async def test_mended_one_by_one(calling: Callable[..., Any], query: Pairs) -> None:
    """A call that is wrong in every way is refused for the first of them, in the API's order."""
    caller = calling(tokens=TOKENS)
    await caller.http.post("/faults", json={"maintenance_seconds": 60, "down": True})
    nameless = [pair for pair in query if pair[0] != "nomNaissance"]
    bare = [pair for pair in nameless if pair[0] != "recipient"]
    v1 = "/v1/dss/participation_familiale_eaje/identite"

    told = [
        await caller.ask(bare, token="black", path=v1),
        await caller.ask(bare, token="expired", path=v1),
        await caller.ask(bare, token="scopeless", path=v1),
        await caller.ask(bare, path=v1),
        await caller.ask(bare),
        await caller.ask(nameless),
    ]
    await caller.http.post("/faults", json={"maintenance_seconds": 0})
    told += [await caller.ask(nameless), await caller.ask(query)]
    await caller.http.post("/faults", json={"down": False})
    told.append(await caller.ask(query))

    assert [
        (401, "00105"),
        (401, "00103"),
        (403, "00100"),
        (404, "00402"),
        (422, "00203"),
        (503, "36020"),
        (422, "00420"),
        (502, "36001"),
    ] == [(response.status_code, codes(response)[0]) for response in told[:-1]]
    assert 200 == told[-1].status_code
    assert 60 == told[5].json()["errors"][0]["meta"]["retry_in"]
    assert "La version v1 n'est pas supportée" in told[3].json()["errors"][0]["detail"]


async def test_quota_comes_before_the_token(calling: Callable[..., Any], query: Pairs) -> None:
    """Past the quota of its second, a token is told 429 with a time to come back."""
    caller = calling(tokens=TOKENS, rate_limit=2)

    told = [await caller.ask(query, token="scopeless") for _ in range(6)]

    refused = next(response for response in told if response.status_code == 429)
    assert ["00429"] == codes(refused)
    assert 1 == int(refused.headers["Retry-After"])
    assert "2" == refused.headers["RateLimit-Limit"]
    assert "0" == refused.headers["RateLimit-Remaining"]


async def test_a_duplicate_in_flight_is_a_conflict(
    calling: Callable[..., Any], query: Pairs
) -> None:
    """Of two same calls at once, one is answered and the other told 409; later both are."""
    caller = calling(latency_ms=50)

    pair = await asyncio.gather(caller.ask(query), caller.ask(query))
    later = await caller.ask(query)

    assert [200, 409] == sorted(response.status_code for response in pair)
    assert 200 == later.status_code


async def test_validators_are_accumulated(caller: Any) -> None:
    """One 422 lists every failing parameter, each error with its keys in the contract's order."""
    wrong = [("recipient", "13002526500013"), ("prenoms[]", "1"), ("sexeEtatCivil", "X")]

    response = await caller.ask(wrong)

    assert 422 == response.status_code
    assert ["00420", "00367", "00427", "00400"] == codes(response)
    for each in response.json()["errors"]:
        assert ["code", "title", "detail", "source", "meta"] == list(each)


@pytest.mark.parametrize(("missing", "code"), [("prenoms[]", 40011), ("sexeEtatCivil", 40014)])
async def test_the_counter_refuses_what_the_validators_let_pass(
    caller: Any,
    query: Pairs,
    missing: str,
    code: int,
) -> None:
    """First names and sex may be absent for the API, not for the counter behind it."""
    response = await caller.ask([pair for pair in query if pair[0] != missing])

    assert (422, ["36561"]) == (response.status_code, codes(response))
    assert code == response.json()["errors"][0]["meta"]["provider_error_code"]


async def test_introspection_lists_scopes(calling: Callable[..., Any]) -> None:
    """A token can be asked which scopes it has; a bad one gets 401."""
    http = calling(tokens=TOKENS).http

    good = await http.get("/api/introspect", headers={"Authorization": "Bearer good"})
    bad = await http.get("/api/introspect", headers={"Authorization": "Bearer bad"})

    assert sorted(ALL_SCOPES) == good.json()["scopes"]
    assert {"_id", "name", "scopes"} == set(good.json())
    assert 401 == bad.status_code
