"""Asking with the access token of who has just come through FranceConnect."""

import json
import logging
from datetime import datetime
from typing import Any

import httpx
import pytest

from services.verifier.provider.asked import Asked
from services.verifier.provider.endpoint import Endpoint
from services.verifier.provider.particulier import ByFranceConnect
from shared.application import Application
from shared.evidence import Certified, InputRefused, Month
from tests.unit.verifier.particulier import BY_FRANCE_CONNECT, RECIPIENT, Counter, api

_ACCESS_TOKEN = "opaque-access-token"
_APPLICANT = {"nom_naissance": "LO", "prenoms": "AMINATA", "date_naissance": "1992-07-19"}
_ENDPOINTS = pytest.mark.parametrize("endpoint", BY_FRANCE_CONNECT.values(), ids=BY_FRANCE_CONNECT)


def _believed() -> httpx.Response:
    return httpx.Response(200, json={"data": {"allocataires": [_APPLICANT]}})


@_ENDPOINTS
async def test_the_token_is_the_whole_question(
    endpoint: Endpoint[Any], application: Application, now: datetime
) -> None:
    """In its header, with the recipient; no civil status, and no token of ours."""
    counter = Counter(_believed())
    asking = ByFranceConnect(api(httpx.MockTransport(counter), endpoint))

    outcome = await asking.verify(_ACCESS_TOKEN, Asked.about(application), now)

    [request] = counter.requests
    assert f"Bearer {_ACCESS_TOKEN}" == request.headers["authorization"]
    assert [("recipient", RECIPIENT)] == request.url.params.multi_items()
    assert isinstance(outcome, Certified)
    assert endpoint.source == outcome.facts.provenance.source


async def test_a_month_may_be_asked_for(application: Application, now: datetime) -> None:
    """At the endpoint of the quotient."""
    counter = Counter(_believed())
    asking = ByFranceConnect(api(httpx.MockTransport(counter), BY_FRANCE_CONNECT["qf"]))
    asked = Asked.about(application, period=Month(year=2026, month=5))

    await asking.verify(_ACCESS_TOKEN, asked, now)

    assert {"annee": "2026", "mois": "5", "recipient": RECIPIENT} == dict(
        counter.requests[0].url.params
    )


@_ENDPOINTS
async def test_nothing_keeps_the_token(
    endpoint: Endpoint[Any],
    application: Application,
    now: datetime,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Not who asks, not the outcome, not a log line: it was handed to one call."""
    caplog.set_level(logging.DEBUG)
    asking = ByFranceConnect(api(httpx.MockTransport(Counter(_believed())), endpoint))

    outcome = await asking.verify(_ACCESS_TOKEN, Asked.about(application), now)

    assert isinstance(outcome, Certified)
    held = [asking, outcome, asking.api.endpoint, vars(asking.api.exchange)]
    assert [] == [each for each in map(repr, held) if _ACCESS_TOKEN in each]
    assert _ACCESS_TOKEN not in caplog.text


@_ENDPOINTS
@pytest.mark.parametrize("code", ["51501", "51502", "51503", "51504", "50001", "00101"])
async def test_a_token_that_is_refused_is_nobodys_fault_but_its_bearers(
    endpoint: Endpoint[Any], application: Application, now: datetime, code: str
) -> None:
    """No habilitation stops for it; the code says why."""
    body = json.dumps({"errors": [{"code": code, "title": "Accès non autorisé"}]})
    counter = Counter(httpx.Response(401, content=body))
    asking = ByFranceConnect(api(httpx.MockTransport(counter), endpoint))

    outcome = await asking.verify(_ACCESS_TOKEN, Asked.about(application), now)

    assert isinstance(outcome, InputRefused)
    assert outcome.provenance is not None
    assert (("/france_connect/access_token",), code) == (outcome.fields, outcome.provenance.code)
