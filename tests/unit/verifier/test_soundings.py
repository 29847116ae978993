"""Asking API Particulier about itself: closed values, whatever it says."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from services.verifier.provider.answer import Failure
from services.verifier.provider.auth import by_habilitation
from services.verifier.provider.client import LARGEST_BODY, Exchange
from services.verifier.provider.soundings import (
    EAJE_PING,
    UNREADABLE,
    Counter,
    Health,
    NoSuchCounter,
    NotTold,
    Ping,
    Scopes,
    Soundings,
    TokenRefused,
)

_TOKEN = "invented.token.value"
_SCOPES = ["cnaf_quotient_familial", "cnaf_enfants"]
_EAJE = {"name": "PSU", "url": f"https://counter.test/api/{EAJE_PING}/ping"}
_WELL = {
    "status": "ok",
    "last_update": "2026-11-23T09:30:00.000Z",
    "last_ok_status": "2026-11-23T09:00:00Z",
}


class Platform:
    """API Particulier's own routes, and who came to which with what."""

    def __init__(self, routes: Mapping[str, httpx.Response | Exception]) -> None:
        self.requests: list[httpx.Request] = []
        self._routes = routes

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        said = self._routes.get(request.url.path, httpx.Response(404, json={}))
        if isinstance(said, Exception):
            raise said
        return said


def _soundings(platform: Platform) -> Soundings:
    http = httpx.AsyncClient(transport=httpx.MockTransport(platform))
    return Soundings(Exchange(http), "https://counter.test/")


def _answering(path: str, said: httpx.Response | Exception) -> Soundings:
    return _soundings(Platform({path: said}))


def _json(status: int, body: Any) -> httpx.Response:
    return httpx.Response(status, json=body)


async def test_the_scopes_of_a_token_are_told() -> None:
    """To who shows the token, in its header and nowhere else."""
    platform = Platform(
        {"/api/introspect": _json(200, {"_id": "0b7e", "name": "", "scopes": _SCOPES})}
    )

    told = await _soundings(platform).scopes(by_habilitation(_TOKEN))

    assert Scopes(scopes=tuple(_SCOPES)) == told
    [request] = platform.requests
    assert f"Bearer {_TOKEN}" == request.headers["authorization"]
    assert _TOKEN not in str(request.url)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (_json(401, {"errors": [{"code": "00103"}]}), TokenRefused(401)),
        (_json(403, {}), TokenRefused(403)),
        (_json(200, {"scopes": None}), NotTold(UNREADABLE)),
        (_json(200, {"scopes": [1]}), NotTold(UNREADABLE)),
        (_json(200, []), NotTold(UNREADABLE)),
        (httpx.Response(200, content=b"<html>"), NotTold(UNREADABLE)),
        (_json(429, {}), NotTold("http_429")),
        (httpx.Response(200, content=b" " * (LARGEST_BODY + 1)), NotTold(Failure.TOO_LARGE)),
        (httpx.ReadTimeout(""), NotTold(Failure.READ_TIMEOUT)),
    ],
    ids=str,
)
async def test_scopes_that_are_not_told(said: httpx.Response | Exception, told: object) -> None:
    """A token that is refused is one thing; a State that does not say is another."""
    assert told == await _answering("/api/introspect", said).scopes(by_habilitation(_TOKEN))


async def test_a_token_with_endless_scopes_is_cut() -> None:
    """The list is bounded."""
    said = _json(200, {"scopes": ["scope"] * 10_000})
    told = await _answering("/api/introspect", said).scopes(by_habilitation(_TOKEN))

    assert isinstance(told, Scopes)
    assert 200 == len(told.scopes)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (
            _json(200, _WELL),
            Ping(
                status=Health.OK,
                last_update=datetime(2026, 11, 23, 9, 30, tzinfo=UTC),
                last_ok_status=datetime(2026, 11, 23, 9, 0, tzinfo=UTC),
            ),
        ),
        (
            _json(200, {"status": "maintenance", "until": "2026-11-22T23:45:00+01:00"}),
            Ping(status=Health.MAINTENANCE, until=datetime(2026, 11, 22, 22, 45, tzinfo=UTC)),
        ),
        (_json(502, {"status": "bad_gateway"}), Ping(status=Health.BAD_GATEWAY)),
        (_json(200, {"status": "unknown", "last_update": 0}), Ping(status=Health.UNKNOWN)),
        (_json(404, {}), NoSuchCounter()),
        (_json(200, {"status": "splendid"}), NotTold(UNREADABLE)),
        (httpx.Response(502, content=b"<html>"), NotTold(UNREADABLE)),
        (_json(500, {}), NotTold("http_500")),
        (httpx.ConnectError(""), NotTold(Failure.UNREACHABLE)),
    ],
    ids=str,
)
async def test_the_health_of_a_counter(said: httpx.Response | Exception, told: object) -> None:
    """As the State says it, a counter that is not well included; else why it was not told."""
    assert told == await _answering(f"/api/{EAJE_PING}/ping", said).ping(EAJE_PING)


async def test_a_counter_cannot_be_another_path() -> None:
    """Its name is one segment, whatever is in it."""
    platform = Platform({})
    await _soundings(platform).ping("../introspect?a=b")

    assert b"/api/..%2Fintrospect%3Fa%3Db/ping" == platform.requests[0].url.raw_path


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (httpx.Response(200), Health.OK),
        (httpx.Response(503), NotTold("http_503")),
        (httpx.ConnectTimeout(""), NotTold(Failure.CONNECT_TIMEOUT)),
    ],
    ids=str,
)
async def test_the_platform_itself(said: httpx.Response | Exception, told: object) -> None:
    """It answers, or not."""
    assert told == await _answering("/api/ping", said).platform()


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (_json(200, [_EAJE]), (Counter(name=_EAJE["name"], url=_EAJE["url"]),)),
        (_json(200, []), ()),
        (_json(200, [{"name": None}]), NotTold(UNREADABLE)),
        (_json(200, {"pings": []}), NotTold(UNREADABLE)),
        (_json(503, []), NotTold("http_503")),
    ],
    ids=str,
)
async def test_the_list_of_counters(said: httpx.Response, told: object) -> None:
    """Names for people and addresses, or why not."""
    assert told == await _answering("/api/pings", said).counters()
