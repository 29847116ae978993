"""FranceConnect, at the callback: asked once, held sealed, told without a figure, or refused."""

import asyncio
import hashlib
import json
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from services.intake.draining import Drain
from services.intake.examples import CALLBACK
from services.intake.parts import Parts

if TYPE_CHECKING:
    from tests.integration.intake.conftest import Authority, FakeState, Portal

_TOKEN = CALLBACK["access_token"]
_HELD = "SELECT * FROM held_evidence"
_SECRETS = ("48123", "48 123", "Aminata", "AMINATA", "MARCHETTI", "1992", "TILLEULS", _TOKEN)

Rows = Callable[..., list[Any]]


def _refusing(status: int, code: str = "", **headers: str) -> Callable[[], httpx.Response]:
    error: dict[str, Any] = {
        "code": code,
        "title": "Refus",
        "detail": "Refus",
        "source": None,
        "meta": {},
    }
    return lambda: httpx.Response(status, json={"errors": [error]}, headers=headers)


async def test_what_is_certified_is_held(portal: "Portal", state: "FakeState", rows: Rows) -> None:
    """One call, with the token in its header and the recipient; a reference and a day to use it."""
    answer = await portal.call_back()
    [request] = state.asked
    [held] = rows(_HELD)
    told = answer.json()

    assert (201, "no-store") == (answer.status_code, answer.headers["cache-control"])
    assert "/v3/dss/participation_familiale_eaje/france_connect" == request.url.path
    assert [("recipient", "21130004800012")] == request.url.params.multi_items()
    assert f"Bearer {_TOKEN}" == request.headers["authorization"]
    assert ("Certified", told["source"]) == (held.outcome, held.source)
    assert told["source"].endswith("/france_connect")
    assert timedelta(hours=24) == held.expires_at - _recorded(held)
    assert datetime.fromisoformat(told["expires_at"]) == held.expires_at
    assert hashlib.sha256(told["evidence"].encode()).digest() == held.reference_hash


def _recorded(held: Any) -> datetime:
    """A day before it ends; within seconds of when it was fetched."""
    recorded: datetime = held.expires_at - timedelta(hours=24)
    assert timedelta(0) <= recorded - held.fetched_at < timedelta(seconds=10)
    return recorded


async def test_nothing_of_the_family_is_told_or_readable(
    portal: "Portal", rows: Rows, caplog: pytest.LogCaptureFixture, capsys: Any
) -> None:
    """No figure, no name and no token in the answer, the record, or a log line."""
    caplog.set_level(logging.DEBUG)
    answer = await portal.call_back()
    said = capsys.readouterr()
    [held] = rows(_HELD)
    seen = [answer.text, str(answer.headers), repr(held), caplog.text, said.out, said.err]

    assert 201 == answer.status_code
    assert [] == [secret for secret in _SECRETS for text in seen if secret in text]


async def test_the_same_token_is_asked_about_once(
    portal: "Portal", state: "FakeState", rows: Rows
) -> None:
    """A portal whose connection broke gets the same reference, and the State no other call."""
    first, again = await portal.call_back(), await portal.call_back()

    assert (201, 200) == (first.status_code, again.status_code)
    assert first.json() == again.json()
    assert (1, 1) == (len(state.asked), len(rows(_HELD)))


async def test_two_at_once_hold_one(portal: "Portal", state: "FakeState", rows: Rows) -> None:
    """Both are answered with the same reference, whichever the State answered first."""
    state.gate.clear()
    both = asyncio.gather(portal.call_back(), portal.call_back())
    await state.calls(2)
    state.gate.set()
    answers = await both

    assert {201} == {answer.status_code for answer in answers}
    assert 1 == len({answer.json()["evidence"] for answer in answers}) == len(rows(_HELD))


async def test_another_identity_or_portal_has_another_reference(
    portal: "Portal", authority: "Authority", state: "FakeState"
) -> None:
    """A reference is of one portal, one token and one identity."""
    usage = {**CALLBACK["identity"], "preferred_username": "MARCHETTI"}
    answers = [
        await portal.call_back(),
        await portal.call_back(identity=usage),
        await portal.call_back(access_token="another"),
        await portal.showing(authority.keys[1]).call_back(),
    ]

    assert [201] * 4 == [answer.status_code for answer in answers]
    assert 4 == len({answer.json()["evidence"] for answer in answers}) == len(state.asked)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (_refusing(401, "51502"), (422, "franceconnect-token-refused", None)),
        (_refusing(422, "36560"), (422, "no-evidence", "not_identified")),
        (_refusing(422, "51564"), (422, "no-evidence", "not_identified")),
        (_refusing(404, "35003"), (422, "no-evidence", "no_file")),
        (_refusing(422, "36561"), (422, "no-evidence", "input_refused")),
        (_refusing(403, "00100"), (502, "state-unavailable", "access_forbidden")),
        (_refusing(418), (502, "state-unavailable", "answer_unreadable")),
        (_refusing(502, "51001"), (502, "state-unavailable", "provider_unavailable")),
        (_refusing(503, "51020"), (503, "state-busy", None)),
        (_refusing(409, "00015"), (503, "state-busy", None)),
        (_refusing(429, "00429", **{"Retry-After": "17"}), (503, "state-busy", None)),
    ],
)
async def test_a_refusal_is_named_and_holds_nothing(
    portal: "Portal",
    state: "FakeState",
    rows: Rows,
    given: Callable[[], httpx.Response],
    expected: tuple[int, str, str | None],
) -> None:
    """Each in French, with what to do; nothing is kept of it."""
    state.answer = given
    answer = await portal.call_back()
    told = answer.json()

    assert expected == (answer.status_code, told["type"].split(":")[-1], told.get("reason"))
    assert "sans « evidence »" in told["detail"]
    assert _TOKEN not in answer.text
    assert [] == rows(_HELD)


async def test_no_child_under_seven_is_named(portal: "Portal", state: "FakeState") -> None:
    """The title tells it from a missing file."""
    error = {"code": "37003", "title": "Allocataire non éligible"}
    state.answer = lambda: httpx.Response(404, json={"errors": [error]})

    assert "no_child_under_seven" == (await portal.call_back()).json()["reason"]


async def test_an_answer_about_somebody_else_is_not_held(
    portal: "Portal", state: "FakeState", rows: Rows
) -> None:
    """The bearer must stand among the allocataires; who does is not told."""
    stranger = {**CALLBACK["identity"], "family_name": "DURAND", "birthdate": "1980-01-00"}
    answer = await portal.call_back(identity=stranger)

    assert (422, "inconsistent") == (answer.status_code, answer.json()["reason"])
    assert [] == [secret for secret in _SECRETS if secret in answer.text]
    assert ([], 1) == (rows(_HELD), len(state.asked))


async def test_a_rest_that_the_state_asks_for_is_everybodys(
    portal: "Portal", state: "FakeState", rows: Rows
) -> None:
    """After a 429 the habilitation rests as long as was said; FranceConnect's rest is not."""
    state.answer = _refusing(429, "00429", **{"Retry-After": "17"})
    answer = await portal.call_back()
    state.answer = _refusing(503, "51020", **{"Retry-After": "60"})
    await portal.call_back()
    [(habilitation, seconds, why)] = state.rests

    assert ("17", 17) == (answer.headers["retry-after"], answer.json()["retry_after"])
    assert [(habilitation,)] == rows("SELECT id FROM habilitations")
    assert (17, "Busy") == (round(seconds), why)


async def test_a_permit_is_waited_for(portal: "Portal", state: "FakeState") -> None:
    """A short wait is spent here; the call leaves once, with its permit."""
    state.waits = [0.1, 0.05]

    assert 201 == (await portal.call_back()).status_code
    assert ([], 1) == (state.waits, len(state.asked))


async def test_a_permit_that_comes_too_late_is_not_waited_for(
    portal: "Portal", state: "FakeState"
) -> None:
    """Beyond what the token lives, the portal is told at once when to come back."""
    state.waits = [61.2]
    answer = await portal.call_back()

    assert (503, "62") == (answer.status_code, answer.headers["retry-after"])
    assert [] == state.asked


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"scheme": "piscine"}, ("/scheme", "unknown_scheme")),
        ({"access_token": ""}, ("/access_token", "string_too_short")),
        ({"access_token": 12}, ("/access_token", "string_type")),
        (
            {"identity": {**CALLBACK["identity"], "sub": "b6048e95"}},
            ("/identity/sub", "extra_forbidden"),
        ),
        ({"identity": {**CALLBACK["identity"], "gender": "x"}}, ("/identity/gender", "enum")),
        (
            {"identity": {**CALLBACK["identity"], "birthdate": "1992-13-01"}},
            ("/identity/birthdate", "impossible_date"),
        ),
    ],
)
async def test_what_cannot_be_asked_is_not(
    portal: "Portal", state: "FakeState", changes: dict[str, Any], expected: tuple[str, str]
) -> None:
    """Each wrong field has its place, its code and a remedy in French; nobody is called."""
    answer = await portal.call_back(**changes)
    [fault] = answer.json()["errors"]

    assert (422, *expected) == (answer.status_code, fault["pointer"], fault["code"])
    assert "schéma" not in fault["detail"]
    assert [] == state.asked


async def test_a_scheme_on_taxes_has_no_such_call(
    portal: "Portal", state: "FakeState", change: Callable[..., None]
) -> None:
    """The DGFiP is not asked this way."""
    change("UPDATE schemes SET profile = 'tax'")
    answer = await portal.call_back()

    assert "scheme_without_franceconnect" == answer.json()["errors"][0]["code"]
    assert [] == state.asked


async def test_a_key_must_be_for_writing(
    portal: "Portal", state: "FakeState", change: Callable[..., None]
) -> None:
    """Without a key, or with one that only reads, nobody is called."""
    change("UPDATE portal_keys SET scopes = '{applications:read}'")
    refused = [await portal.call_back(), await portal.showing(None).call_back()]

    assert [403, 401] == [answer.status_code for answer in refused]
    assert [] == state.asked


async def test_a_callback_counts_against_the_portals_limit(
    portal: "Portal", change: Callable[..., None]
) -> None:
    """As any request does, even one whose answer is known."""
    change("UPDATE portals SET requests_per_minute = 2")
    answers = [await portal.call_back() for _ in range(3)]

    assert [201, 200, 429] == [answer.status_code for answer in answers]


async def test_callbacks_are_bounded_and_block_nobody(
    parts: Parts, portal: "Portal", state: "FakeState", client_of: Callable[..., Any]
) -> None:
    """One more than there are places is told to come back; an application passes meanwhile."""
    state.gate.clear()
    full = replace(parts, asking=state.asking(at_once=2))
    async with client_of(full) as client:
        portal = portal.on(client)
        waiting = [asyncio.create_task(portal.call_back(access_token=t)) for t in ("a", "b")]
        await state.calls(2)
        third, application = await portal.call_back(access_token="c"), await portal.post()
        state.gate.set()
        done = await asyncio.gather(*waiting)

    assert (503, "urn:berceau:problem:overloaded") == (third.status_code, third.json()["type"])
    assert ([201, 201], 202) == ([d.status_code for d in done], application.status_code)


async def test_a_callback_ends_at_its_deadline(
    parts: Parts, portal: "Portal", state: "FakeState", client_of: Callable[..., Any]
) -> None:
    """Whatever hangs, the portal is answered; the place is free again."""
    state.gate.clear()
    short = replace(parts, asking=state.asking(overall_s=0.3, call_s=20.0, at_once=1))
    async with client_of(short) as client:
        portal = portal.on(client)
        late = await portal.call_back()
        state.gate.set()
        after = await portal.call_back(access_token="another")

    assert (502, "5") == (late.status_code, late.headers["retry-after"])
    assert 201 == after.status_code


async def test_nobody_new_is_asked_about_while_stopping(
    parts: Parts, portal: "Portal", state: "FakeState"
) -> None:
    """Who was there finishes; who comes is told to come back, and nothing was called for them."""
    state.gate.clear()
    there = asyncio.create_task(portal.call_back())
    await state.calls(1)
    parts.asking.stop()
    refused = await portal.call_back(access_token="another")
    state.gate.set()

    assert (503, "urn:berceau:problem:unavailable") == (
        refused.status_code,
        refused.json()["type"],
    )
    assert (201, 1) == ((await there).status_code, len(state.asked))


async def test_who_is_there_is_answered_soon_after_the_order_to_stop(
    parts: Parts, portal: "Portal", state: "FakeState", client_of: Callable[..., Any]
) -> None:
    """A State that hangs does not hold back the end: the portal is sent to another instance."""
    state.gate.clear()
    stopping = replace(parts, asking=state.asking(stopping_s=0.1))
    drain = Drain(for_s=5, then=stopping.asking.stop)
    async with client_of(stopping) as client:
        there = asyncio.create_task(portal.on(client).call_back())
        await state.calls(1)
        drain.begin()
        async with asyncio.timeout(5):
            answer = await there

    assert (503, "urn:berceau:problem:unavailable") == (answer.status_code, answer.json()["type"])


async def test_the_quotient_is_asked_where_the_scheme_rests_on_it(
    portal: "Portal", state: "FakeState", change: Callable[..., None]
) -> None:
    """Another profile, another endpoint, of which the habilitation must know."""
    change("UPDATE schemes SET profile = 'qf'")
    change("UPDATE habilitations SET endpoints = '{qf}'")
    answer = await portal.call_back()

    assert "/v3/dss/quotient_familial/france_connect" == state.asked[0].url.path
    assert answer.json()["source"].endswith("quotient_familial/france_connect")


async def test_a_body_that_is_no_json_names_no_token(portal: "Portal") -> None:
    """Whatever is wrong with the body, the token is not repeated."""
    body = json.dumps({**CALLBACK, "identity": _TOKEN}).encode()
    path, headers = "/v1/franceconnect-evidence", {"content-type": "application/json"}
    sent = portal._headers | headers
    answers = [
        await portal.client.post(path, content=content, headers=sent)
        for content in (body, body[:-1], b"[]")
    ]

    assert [422, 400, 400] == [answer.status_code for answer in answers]
    assert [] == [answer for answer in answers if _TOKEN in answer.text]
