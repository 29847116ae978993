"""Whose token it is: habilitations, JWT, editors with delegations, staging, addresses."""

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest

from services.simulator.api.config import ALL_SCOPES, Delegation, Token

RECIPIENT, OTHER = "13002526500013", "35600000000049"
QF = "/v3/dss/quotient_familial/identite"
EDITOR = Token(
    scopes=frozenset(),
    delegations=(
        Delegation("d-1", RECIPIENT),
        Delegation("d-2", OTHER, frozenset({"cnaf_adresse"})),
        Delegation("d-3", OTHER),
        Delegation("d-4", "21130000900019", active=False),
    ),
)
Pairs = list[tuple[str, str]]


def jwt(*, alg: str = "HS256", **claims: Any) -> str:
    """A token in the form of the real ones, signed by nobody."""
    parts = ({"alg": alg, "typ": "JWT"}, {"uid": "u", "jti": "j-1", "sub": "demo", **claims})
    told = [base64.urlsafe_b64encode(json.dumps(p).encode()).decode().rstrip("=") for p in parts]
    return ".".join((*told, "x" * 43))


def code(response: httpx.Response) -> tuple[int, str]:
    """The status, and the first code of an error."""
    errors = response.json().get("errors") or [{"code": ""}]
    return response.status_code, errors[0]["code"]


def told_for(query: Pairs, **changes: str | None) -> Pairs:
    """A query with other parameters; None takes one away."""
    kept = [pair for pair in query if pair[0] not in changes]
    return [*kept, *((name, value) for name, value in changes.items() if value is not None)]


@pytest.mark.parametrize(
    ("token", "expected"),
    [
        (jwt(scopes=sorted(ALL_SCOPES), exp=1_900_000_000), (200, "")),
        (jwt(scopes=sorted(ALL_SCOPES)), (200, "")),
        (jwt(scopes=sorted(ALL_SCOPES), exp=1_700_000_000), (401, "00103")),
        (jwt(scopes=["unknown"]), (403, "00100")),
        (jwt(scopes=sorted(ALL_SCOPES), sub="staging"), (401, "00109")),
        (jwt(scopes=sorted(ALL_SCOPES), alg="none"), (401, "00101")),
        ("a" * 20 + "." + "b" * 20 + "." + "c" * 43, (401, "00101")),
        ("no.jwt.here", (401, "00101")),
    ],
)
async def test_a_jwt_is_taken_at_its_word(
    calling: Callable[..., Any], query: Pairs, token: str, expected: tuple[int, str]
) -> None:
    """Its end, scopes and environment count; its signature does not."""
    caller = calling(tokens={}, any_jwt=True)

    assert expected == code(await caller.ask(query, token=token))


async def test_a_jwt_needs_to_be_asked_for(caller: Any, query: Pairs) -> None:
    """Unless the simulator is told so, only listed tokens count."""
    assert (401, "00101") == code(await caller.ask(query, token=jwt(scopes=sorted(ALL_SCOPES))))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, (200, "")),
        ({"recipient": OTHER}, (422, "00212")),
        ({"recipient": OTHER, "delegation_id": "d-2"}, (200, "")),
        ({"recipient": None, "delegation_id": "d-3"}, (200, "")),
        ({"delegation_id": "d-2"}, (403, "00213")),
        ({"recipient": "21130000900019"}, (403, "00213")),
        ({"recipient": None}, (422, "00203")),
    ],
)
async def test_an_editor_calls_on_a_delegation(
    calling: Callable[..., Any],
    query: Pairs,
    changes: dict[str, str | None],
    expected: tuple[int, str],
) -> None:
    """The recipient or the delegation's id chooses; none is 00213, several 00212."""
    caller = calling(tokens={"good": EDITOR}, qf_always_ready=True)

    assert expected == code(await caller.ask(told_for(query, **changes), path=QF))


async def test_a_delegation_gives_its_own_scopes(calling: Callable[..., Any], query: Pairs) -> None:
    """What the editor's token lacks, the delegation gives, and no more."""
    caller = calling(tokens={"good": EDITOR}, qf_always_ready=True)
    asked = told_for(query, recipient=OTHER, delegation_id="d-2")

    assert ["adresse"] == list((await caller.ask(asked, path=QF)).json()["data"])


async def test_staging_takes_its_own_tokens_and_masks_nothing(
    calling: Callable[..., Any], query: Pairs
) -> None:
    """There a production token is 00108, and one scope shows everything."""
    poor = Token(scopes=frozenset({"cnaf_adresse"}), staging=True)
    caller = calling(tokens={"good": poor, "production": Token()}, staging=True)

    assert 4 == len((await caller.ask(query, path=QF)).json()["data"])
    assert (401, "00108") == code(await caller.ask(query, token="production", path=QF))


async def test_a_token_may_be_tied_to_addresses(calling: Callable[..., Any], query: Pairs) -> None:
    """From elsewhere it is 00107, before anything is asked of it."""
    here, elsewhere = frozenset({"127.0.0.1"}), frozenset({"192.0.2.1"})
    bound = Token(addresses=elsewhere, scopes=frozenset())
    caller = calling(tokens={"good": bound, "here": replace(bound, addresses=here)})

    assert (403, "00107") == code(await caller.ask(query))
    assert (403, "00100") == code(await caller.ask(query, token="here"))


async def test_tokens_of_one_habilitation_share_its_limit(
    calling: Callable[..., Any], query: Pairs
) -> None:
    """Two tokens, two endpoints, one bucket; another habilitation has its own."""
    one = Token(habilitation="h-1")
    caller = calling(tokens={"a": one, "b": one, "c": Token()}, rate_limit=1_000)

    eaje = QF.replace("quotient_familial", "participation_familiale_eaje")
    told = [
        await caller.ask(query, token=token, path=path)
        for token, path in (("a", QF), ("b", eaje), ("c", QF))
    ]

    left = [int(each.headers["RateLimit-Remaining"]) for each in told]
    assert 999 == left[2]
    assert left[1] in {998, 999}  # 999 when a new second began between the two


async def test_the_address_has_a_limit_and_the_deaf_are_banned(
    calling: Callable[..., Any], query: Pairs
) -> None:
    """Past its minute an address is told 429, and past what is forgiven nothing at all."""
    caller = calling(address_limit=3, ban_after=2, rate_limit=1_000)

    told = [await caller.ask(query) for _ in range(8)]

    statuses = [each.status_code for each in told]
    assert [200] * 3 == statuses[:3]
    refused = next(each for each in told if each.status_code == 429)
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert 502 == statuses[-1]  # in-process, this stands for a closed connection
    counts = (await caller.http.get("/calls")).json()
    assert 1 == counts["banned"]
    assert "0" in counts["by_status"]
