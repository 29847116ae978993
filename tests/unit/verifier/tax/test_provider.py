"""The DGFiP's provider owes the verifier what every provider does."""

import json
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.verifier.contract import Access, Client
from services.verifier.provider.answer import Answered
from services.verifier.provider.client import Patience
from services.verifier.tax.provider import Tax
from shared import evidence
from shared.application import Application
from shared.civil_status import CivilStatus
from shared.evidence import Certified, Forbidden, Inconsistent, InputRefused, Outcome
from shared.taxation import TaxNumber
from tests.provider_conformance import FAMILY, NOW, Counter, ProviderConformance, ask
from tests.unit.verifier.tax.gateway import GATEWAY, Gateway

_SECRET = '{"client_id":"berceau","client_secret":"%s","teleservice":"creches-arles"}'


class _Granted(httpx.AsyncBaseTransport):
    """Grants a token itself; the rest goes where the verifier's connections go."""

    def __init__(self, onwards: httpx.AsyncClient) -> None:
        self._onwards = onwards

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/token":
            return httpx.Response(200, json={"access_token": "t1", "expires_in": 3600})
        return await self._onwards.send(request, stream=True)


@dataclass(frozen=True)
class _Numbered:
    """A client that is asked about the suite's family as if it had given these numbers."""

    client: Client
    numbers: tuple[TaxNumber, ...]

    async def verify(self, application: Application, now: datetime) -> Outcome:
        given = application.model_copy(update={"tax_numbers": self.numbers})
        return await self.client.verify(given, now)


@dataclass(frozen=True)
class _Enrolled:
    """`Tax`, with a gateway that grants tokens and credentials around the suite's token."""

    tax: Tax
    numbers: tuple[TaxNumber, ...] = (TaxNumber.parse("3000111222333"),)

    @property
    def source(self) -> str:
        return self.tax.source

    def open(self, access: Access) -> AbstractAsyncContextManager[Client]:
        return self._open(access)

    @asynccontextmanager
    async def _open(self, access: Access) -> AsyncIterator[Client]:
        async with httpx.AsyncClient(transport=_Granted(access.http)) as http:
            enrolled = replace(access, http=http, token=_SECRET % access.token)
            async with self.tax.open(enrolled) as client:
                yield _Numbered(client, self.numbers)


def _answered(status: int, **body: Any) -> Answered:
    return Answered(status, {}, json.dumps(body).encode())


def _household(birth_name: str) -> Answered:
    born = {"jour": "19", "mois": "07", "annee": "1992"}
    who = {"nmNaiDec1": birth_name, "prnmDec1": "AMINATA ROSE", "dateNaisDec1": born}
    return _answered(200, rfr=24180, nbPart=1.5, annRevenu=2025, aft="3 RUE X", **who)


class TestTax(ProviderConformance):
    provider = _Enrolled(Tax(GATEWAY, new_id=lambda: UUID(int=7, version=4)))
    certified = _household("LO")
    about_another = _household("BERTHIER")
    meanings = {  # noqa: RUF012  # never changed
        evidence.Inconsistent: _household("BERTHIER"),
        evidence.Forbidden: _answered(403, erreur={"code": 4031}),
        evidence.NoFile: _answered(410, erreur={"code": 4101}),
        evidence.NotIdentified: _answered(410, erreur={"code": 4102}),
        evidence.InputRefused: _answered(400, erreur={"code": 4001}),
        evidence.Busy: Answered(429),
        evidence.Unavailable: Answered(502),
        evidence.Unreadable: Answered(418),
    }


async def test_credentials_that_cannot_be_read_are_forbidden() -> None:
    """A habilitation whose secret is a token of another provider asks nobody."""
    counter = Counter(Answered(200))

    assert Forbidden(None) == await ask(Tax(GATEWAY), counter)
    assert [] == counter.requests


async def test_a_family_without_a_number_asks_nobody() -> None:
    """The field is told, so that a person asks for it."""
    counter = Counter(Answered(200))
    without = _Enrolled(Tax(GATEWAY), numbers=())

    assert InputRefused(None, ("/tax_numbers",)) == await ask(without, counter)
    assert [] == counter.requests


@pytest.mark.parametrize(("given", "outcome"), [(True, Certified), (False, Inconsistent)])
async def test_the_other_parent_of_the_application_is_expected(
    other: CivilStatus,
    number: TaxNumber,
    other_number: TaxNumber,
    *,
    given: bool,
    outcome: type[Outcome],
) -> None:
    """A second number must open the household of the other representative, and needs one."""
    hers = {"nmNaiDec1": "LO", "prnmDec1": "AMINATA", "annRevenu": 2025}
    his = {"nmNaiDec1": "MARCHETTI", "prnmDec1": "LUC", "annRevenu": 2025}
    gateway = Gateway(
        situation=httpx.Response(200, json=hers),
        by_number={other_number.digits: httpx.Response(200, json=his)},
    )
    http = httpx.AsyncClient(transport=httpx.MockTransport(gateway))
    access = Access(_SECRET % "invented", "21130004900015", http, 4, Patience())

    family = {
        "tax_numbers": (number, other_number),
        "other_representative": other if given else None,
    }

    async with Tax(GATEWAY).open(access) as client:
        told = await client.verify(FAMILY.model_copy(update=family), NOW)

    assert outcome is type(told)
