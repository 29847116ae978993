"""API Particulier as these tests have it: a counter that gives one answer, and who asks it."""

from typing import Any

import httpx

from services.verifier.provider.auth import by_habilitation
from services.verifier.provider.client import Exchange, Patience
from services.verifier.provider.endpoint import (
    EAJE,
    EAJE_BY_FRANCE_CONNECT,
    EAJE_WITH_PROOF,
    QF,
    QF_BY_FRANCE_CONNECT,
    Endpoint,
)
from services.verifier.provider.particulier import ApiParticulier, ByCivilStatus

TOKEN = "invented.token.value"
RECIPIENT = "21130004900015"
BY_CIVIL_STATUS: dict[str, Endpoint[Any]] = {"eaje": EAJE, "qf": QF}
BY_FRANCE_CONNECT: dict[str, Endpoint[Any]] = {
    "eaje": EAJE_BY_FRANCE_CONNECT,
    "qf": QF_BY_FRANCE_CONNECT,
}
ENDPOINTS: tuple[Endpoint[Any], ...] = (EAJE, QF, EAJE_BY_FRANCE_CONNECT, QF_BY_FRANCE_CONNECT)
ALL_ENDPOINTS = (*ENDPOINTS, EAJE_WITH_PROOF)


class Counter:
    """Remembers requests, and gives one answer."""

    def __init__(self, response: httpx.Response) -> None:
        self.requests: list[httpx.Request] = []
        self._response = response

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return self._response


def api(
    transport: httpx.AsyncBaseTransport,
    endpoint: Endpoint[Any] = EAJE,
    *,
    connections: int = 4,
    patience: Patience | None = None,
) -> ApiParticulier:
    """One endpoint, behind a transport of the test's."""
    http = httpx.AsyncClient(transport=transport)
    exchange = Exchange(http, connections=connections, patience=patience or Patience())
    return ApiParticulier(exchange, endpoint, "https://counter.test/", RECIPIENT)


def client(transport: httpx.AsyncBaseTransport, endpoint: Endpoint[Any] = EAJE) -> ByCivilStatus:
    """Asks with the token of a habilitation."""
    return ByCivilStatus(api(transport, endpoint), by_habilitation(TOKEN))


def named(endpoint: Endpoint[Any]) -> str:
    """What a test calls an endpoint."""
    return endpoint.path.removeprefix("/v3/dss/")
