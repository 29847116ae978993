"""Gateway: the DGFiP's OAuth2 counter, its quota, and who is behind an access token.

What the real gateway says of a refusal is not published: its bodies here are shaped so that no
client can take them for those of the API behind (`erreur`).
"""

import base64
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from services.simulator.api.answers import Answer, as_json
from services.simulator.api.config import Client, Treasury
from services.simulator.api.limits import Limit

JSON = "application/json; charset=utf-8"
SCOPES = frozenset(
    {
        *("RessourceIR", "RessourceIRDerniere", "RessourceIRDerniere2", "RessourceIRMultiple"),
        *("RessourceIRFacture", "RessourceIFI", "sfip_donnees_fiscales_usagers"),
    }
)
_MINUTE_S = 60
_MOST_TOKENS = 10_000


@dataclass(frozen=True, slots=True)
class Issued:
    """An access token: whose, for what, until when."""

    client: str
    scopes: frozenset[str]
    end: float


class Gateway:
    """Gives access tokens, and lets calls pass."""

    def __init__(self, treasury: Treasury, clock: Callable[[], float] = time.monotonic) -> None:
        self._treasury, self._clock = treasury, clock
        self._limit = Limit(treasury.rate_limit, _MINUTE_S)
        self._issued: dict[str, Issued] = {}

    def token(self, form: Mapping[str, str], authorization: str) -> Answer:
        """`POST /token`, with the client's secret in the form or in the header (Basic)."""
        if form.get("grant_type") != "client_credentials":
            return _said(400, {"error": "unsupported_grant_type"})
        name, secret = _basic(authorization) or (
            form.get("client_id", ""),
            form.get("client_secret", ""),
        )
        client = self._treasury.clients.get(name)
        if client is None or not secrets.compare_digest(client.secret.encode(), secret.encode()):
            return _said(401, {"error": "invalid_client"})
        scopes = frozenset(form.get("scope", "").split())
        if not scopes or not scopes <= _granted(client):
            return _said(400, {"error": "invalid_scope"})
        return self._issue(name, scopes)

    def lets_pass(self, bearer: str, scope: str) -> Answer | None:
        """Why a call goes no further, if it does not."""
        issued = self._issued.get(bearer)
        if issued is None or issued.end <= self._clock():
            return _said(401, _fault(900901, "Invalid Credentials"))
        if not self._limit.take(issued.client):
            return self.quota()
        if scope not in issued.scopes:
            return _said(403, _fault(900910, "The access token does not allow this resource"))
        return None

    def quota(self) -> Answer:
        """429, and when to come back."""
        told = _said(429, _fault(900802, "Message throttled out"))
        return told.with_headers(self._limit.retry_after())

    def _issue(self, client: str, scopes: frozenset[str]) -> Answer:
        token, life = secrets.token_urlsafe(24), self._treasury.token_seconds
        if len(self._issued) >= _MOST_TOKENS:
            del self._issued[next(iter(self._issued))]
        self._issued[token] = Issued(client, scopes, self._clock() + life)
        return _said(
            200,
            {
                "access_token": token,
                "scope": " ".join(sorted(scopes)),
                "token_type": "Bearer",
                "expires_in": life,
            },
        )


def _granted(client: Client) -> frozenset[str]:
    return SCOPES if client.scopes is None else client.scopes


def _basic(authorization: str) -> tuple[str, str] | None:
    scheme, _, told = authorization.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, _, secret = base64.b64decode(told).decode().partition(":")
    except ValueError:
        return "", ""
    return name, secret


def _fault(code: int, message: str) -> dict[str, Any]:
    return {"fault": {"code": code, "message": message}}


def _said(status: int, content: Mapping[str, Any]) -> Answer:
    return Answer(status, as_json(content), media_type=JSON)
