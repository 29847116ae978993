"""A trial: one call to one endpoint, as the verifier makes it, and what came back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import uuid4

import httpx

from services.command.provider.identity import Identity
from services.verifier.provider.answer import (
    RATE_LIMIT,
    RATE_LIMIT_REMAINING,
    RATE_LIMIT_RESET,
    Answer,
    Answered,
)
from services.verifier.provider.asked import Asked
from services.verifier.provider.auth import by_delegation, by_habilitation
from services.verifier.provider.client import Exchange
from services.verifier.provider.endpoint import EAJE, QF
from services.verifier.provider.endpoint import Endpoint as Counter
from services.verifier.provider.particulier import ApiParticulier
from services.verifier.provider.shown import shown_facts
from services.verifier.provider.translation import translate
from services.verifier.tax.answers import TaxAnswer
from services.verifier.tax.client import MEDIA_TYPE, SITUATION_PATH, TaxClient
from services.verifier.tax.credentials import Credentials
from services.verifier.tax.translation import shown_facts as shown_tax_facts
from services.verifier.tax.translation import translate as translate_tax
from shared.evidence import EAJE_SOURCE, QF_SOURCE, Outcome
from shared.taxation import TAX_SOURCE, TaxNumber

_QUOTA = {"limit": RATE_LIMIT, "remaining": RATE_LIMIT_REMAINING, "reset": RATE_LIMIT_RESET}


class Endpoint(StrEnum):
    """What may be tried, by evidence profile."""

    EAJE = "eaje"
    QF = "qf"
    TAX = "tax"


_PARTICULIER: Mapping[Endpoint, Counter[Any]] = {Endpoint.EAJE: EAJE, Endpoint.QF: QF}
SOURCES = {Endpoint.EAJE: EAJE_SOURCE, Endpoint.QF: QF_SOURCE, Endpoint.TAX: TAX_SOURCE}


@dataclass(frozen=True, slots=True, repr=False)
class Way:
    """Where a call goes, by what right, for whom (a SIRET).

    `token` is a JWT, or what the DGFiP gave at enrolment (`tax.credentials`); whatever else it is,
    it is sent as it is.
    """

    base_url: str
    token: str
    recipient: str
    delegation_id: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Tried:
    """What one call brought.

    Attributes:
        outcome: what the verifier would make of it.
        facts: what was recognised, under the provider's names, believed or not.
        quota: `limit`, `remaining` and `reset` (Unix seconds), as far as they were told.
    """

    outcome: Outcome
    facts: Mapping[str, Any]
    quota: Mapping[str, int]


async def tried(endpoint: Endpoint, identity: Identity, way: Way, http: httpx.AsyncClient) -> Tried:
    """Make the call; whatever comes back, or does not, is told and never raised."""
    if endpoint is Endpoint.TAX:
        return await _tax(identity, way, http)
    counter = _PARTICULIER[endpoint]
    api = ApiParticulier(Exchange(http), counter, way.base_url, way.recipient)
    parameters = identity.parameters(with_month=endpoint is Endpoint.QF)
    answer = await api.ask(by_delegation(way.token, way.delegation_id), parameters)
    asked = Asked(identity, period=identity.period if endpoint is Endpoint.QF else None)
    outcome = translate(answer, counter, asked, datetime.now(UTC))
    return Tried(outcome, shown_facts(answer, counter), _quota(answer))


async def _tax(identity: Identity, way: Way, http: httpx.AsyncClient) -> Tried:
    answer = await _tax_answer(TaxNumber(identity.spi or ""), way, http)
    outcome = translate_tax([answer], identity, datetime.now(UTC))
    return Tried(outcome, shown_tax_facts(answer), _quota(answer))


async def _tax_answer(number: TaxNumber, way: Way, http: httpx.AsyncClient) -> TaxAnswer:
    """With credentials, by way of an access token; anything else is sent as one."""
    credentials = Credentials.read(way.token)
    if credentials is None:
        url = way.base_url.rstrip("/") + SITUATION_PATH.format(spi=number.digits)
        headers = {"Accept": MEDIA_TYPE, "X-Correlation-ID": str(uuid4())}
        right = by_habilitation(way.token).headers
        return await Exchange(http).get(url, headers={**headers, **right})
    client = TaxClient(http, gateway=way.base_url, credentials=credentials)
    try:
        return await client.ask(number)
    finally:
        await client.close()


def _quota(answer: Answer | TaxAnswer) -> dict[str, int]:
    headers = answer.headers if isinstance(answer, Answered) else {}
    told = {name: headers.get(header, "") for name, header in _QUOTA.items()}
    return {
        name: int(value)
        for name, value in told.items()
        if value.isascii() and value.isdigit() and len(value) <= len("1767225600")
    }
