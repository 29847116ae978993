"""The edges: keys, limits, what is not there, and what is down."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from services.intake.examples import APPLICATION
from services.intake.parts import Limits, Parts
from shared.portal_keys import mint_key
from shared.queue.bell import Bell
from shared.queue.broker import open_broker, open_redis
from shared.states import Lane, Step
from shared.store.engine import open_engine

if TYPE_CHECKING:
    from tests.integration.intake.conftest import Authority, Portal

ClientOf = Callable[[Parts], httpx.AsyncClient]


def _slug(answer: httpx.Response) -> str:
    assert "application/problem+json" == answer.headers["content-type"]
    return str(answer.json()["type"]).removeprefix("urn:berceau:problem:")


@pytest.mark.parametrize("key", [None, "", "berceau_short", mint_key()[0]])
async def test_a_wrong_key_is_refused(portal: "Portal", key: str | None) -> None:
    """No key, half a key or an unknown key: 401, and how to mend it."""
    answer = await portal.showing(key).post()

    assert (401, "unknown-key", "Bearer") == (
        answer.status_code,
        _slug(answer),
        answer.headers["www-authenticate"],
    )


@pytest.mark.parametrize(
    "ended",
    [
        "UPDATE portal_keys SET expires_at = now() + :ahead",
        "UPDATE portal_keys SET revoked_at = now() + :ahead",
    ],
)
async def test_a_past_key_is_refused(
    portal: "Portal", change: Callable[..., None], ended: str
) -> None:
    """A key that will expire opens still; once it has expired or is revoked, nothing."""
    change(ended, ahead=timedelta(hours=1))
    before = await portal.post()
    change(ended, ahead=timedelta(seconds=-1))
    after = await portal.get(before.headers["location"])

    assert (202, 401) == (before.status_code, after.status_code)


async def test_a_long_body_is_refused_while_it_streams(portal: "Portal") -> None:
    """Without `Content-Length` a body that never ends is left at its limit."""
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < 50_000_000:
            sent += 10_000
            yield b" " * 10_000

    answer = await portal.send(endless())

    assert (413, "body-too-large", "close") == (
        answer.status_code,
        _slug(answer),
        answer.headers["connection"],
    )


async def test_a_long_body_is_refused_by_its_length(portal: "Portal") -> None:
    """With `Content-Length` it is not read at all; at the limit it is."""
    answers = [await portal.send(b" " * size) for size in (65_537, 65_536)]

    assert [413, 400] == [a.status_code for a in answers]


async def test_a_long_batch_is_refused(portal: "Portal", parts: Parts) -> None:
    """It may be longer than one application, and not for ever."""
    headers = portal._headers | {"content-type": "application/json"}
    most = parts.limits.batch_bytes
    told = [
        _slug(await portal.client.post("/v1/applications:batch", content=body, headers=headers))
        for body in (b" " * most, b" " * (most + 1))
    ]

    assert ["malformed-json", "body-too-large"] == told


async def test_a_slow_body_is_left(
    parts: Parts, authority: "Authority", client_of: ClientOf
) -> None:
    """A body that does not come in time ends its request."""

    async def stalled() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.sleep(5)

    hasty = replace(parts, limits=Limits(body_seconds=0.05))
    headers = {"authorization": f"Bearer {authority.keys[0]}", "content-type": "application/json"}
    async with client_of(hasty) as client:
        answer = await client.post("/v1/applications", content=stalled(), headers=headers)

    assert (408, "body-too-slow") == (answer.status_code, _slug(answer))


@pytest.mark.parametrize(
    "headers",
    [
        {"content_type": "text/plain"},
        {"content_type": "application/json; charset=latin-1"},
        {"content_type": ""},
        {"content_encoding": "gzip"},
    ],
)
async def test_other_media_are_refused(portal: "Portal", headers: dict[str, str]) -> None:
    """Only plain JSON in UTF-8 is read."""
    answer = await portal.send(b"{}", **headers)

    assert (415, "unsupported-media-type") == (answer.status_code, _slug(answer))


async def test_a_malformed_idempotency_key_is_refused(portal: "Portal") -> None:
    """The key's form is checked by name."""
    answer = await portal.post(idempotency_key="a b")

    assert (400, "malformed-idempotency-key") == (answer.status_code, _slug(answer))


@pytest.mark.parametrize("path", ["/", "/v1", "/v1/applications/", "/docs", "/v2/applications"])
async def test_an_unknown_address_is_a_problem(portal: "Portal", path: str) -> None:
    """No page of anybody's framework: a problem."""
    answer = await portal.get(path)

    assert (404, "not-found") == (answer.status_code, _slug(answer))


async def test_another_method_is_a_problem(portal: "Portal") -> None:
    """405, with the methods that are allowed."""
    answer = await portal.client.delete("/v1/applications")

    assert (405, "method-not-allowed", "POST") == (
        answer.status_code,
        _slug(answer),
        answer.headers["allow"],
    )


async def test_redis_is_not_needed(
    parts: Parts, authority: "Authority", client_of: ClientOf, rows: Callable[..., Any]
) -> None:
    """On a Redis that is not there, an application is accepted at once and waits to be rung."""
    absent = Bell(open_broker(open_redis("redis://127.0.0.1:9"), namespace="t"), window=32)
    alone = replace(parts, bell=absent, redis_answers=lambda: False)
    async with client_of(alone) as client:
        given = {"Authorization": f"Bearer {authority.keys[0]}"}
        answer = await client.post("/v1/applications", json=dict(APPLICATION), headers=given)
        ready = await client.get("/readyz")

    assert (202, 200, "injoignable") == (
        answer.status_code,
        ready.status_code,
        ready.json()["redis"],
    )
    assert [("RECEIVED", None)] == rows("SELECT status, rung_at FROM applications")


async def test_a_database_out_of_reach_is_a_problem_that_passes(
    parts: Parts, authority: "Authority", client_of: ClientOf
) -> None:
    """503 and when to come back; not ready, yet up."""
    nowhere = open_engine("postgresql+psycopg://nobody@127.0.0.1:9/none", name="test")
    headers = {"authorization": f"Bearer {authority.keys[0]}"}
    async with client_of(replace(parts, engine=nowhere)) as client:
        answer = await client.get("/v1/applications/7K3F-9QXM-2WT3", headers=headers)
        ready, up = await client.get("/readyz"), await client.get("/healthz")

    assert (503, "unavailable", "5") == (
        answer.status_code,
        _slug(answer),
        answer.headers["retry-after"],
    )
    assert (503, "not-ready", 200) == (ready.status_code, _slug(ready), up.status_code)


async def test_another_revision_is_not_ready(
    portal: "Portal", change_as_owner: Callable[[str], None]
) -> None:
    """A database that is not at the wanted revision receives nobody's readiness."""
    ready = await portal.get("/readyz")
    change_as_owner("UPDATE alembic_version SET version_num = '0001'")
    behind = await portal.get("/readyz")

    assert (200, 503, "not-ready") == (ready.status_code, behind.status_code, _slug(behind))


class _BrokenBell:
    """A bell with a bug."""

    def room(self, _step: Step, _lane: Lane) -> int:
        raise KeyError("Zoé Marchetti")

    def ring(self, _doorbell: object) -> bool:
        raise AssertionError


async def test_a_bug_says_its_correlation_and_nothing_else(
    parts: Parts, authority: "Authority", client_of: ClientOf
) -> None:
    """500 as a problem: no message of the failure, and the trace to look for."""
    headers = {"authorization": f"Bearer {authority.keys[0]}", "content-type": "application/json"}
    async with client_of(replace(parts, bell=_BrokenBell())) as client:
        answer = await client.post("/v1/applications", content=b"{}", headers=headers)

    assert (500, "internal-error") == (answer.status_code, _slug(answer))
    assert answer.headers["traceparent"].split("-")[1] == answer.json()["correlation"]
    assert {"type", "title", "status", "detail", "correlation"} == set(answer.json())


async def test_too_many_at_once_are_told_to_come_back(
    parts: Parts, authority: "Authority", client_of: ClientOf
) -> None:
    """Beyond the places and the queue, 503 and when to come back; nobody waits for ever."""
    headers = {"authorization": f"Bearer {authority.keys[0]}"}
    async with client_of(replace(parts, limits=Limits(at_once=1))) as client:
        answers = await asyncio.gather(
            *(client.get("/v1/applications/nope", headers=headers) for _ in range(30))
        )
    slugs = Counter(_slug(answer) for answer in answers)

    assert {"unknown-application": 9, "overloaded": 21} == slugs
