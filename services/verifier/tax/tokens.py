"""The access token of one habilitation (OAuth 2.0, client credentials), shared by all its calls."""

import asyncio
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic

from services.verifier.contract import MayCallAgain, freely
from services.verifier.provider.answer import Answer, Answered
from services.verifier.provider.client import Exchange
from services.verifier.tax.answers import Tokenless, Unpermitted
from services.verifier.tax.credentials import Credentials, Presentation
from services.verifier.tax.wire import WireGrant

TOKEN_PATH = "/token"  # noqa: S105 - a path
SCOPE = "RessourceIRDerniere2"
_OK = 200
_UNSAID_S = 60  # a life that is not told: short, and a 401 renews anyway
_LONGEST_S = 24 * 3600
_HEADROOM_S = 30.0
_HEADROOM_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class AccessToken:
    """What opens the gateway, and until when it is worth sending (seconds of a steady clock)."""

    value: str = field(repr=False)
    fresh_until: float


class AccessTokens:
    """Fetched by who comes first when there is none; those who come meanwhile wait for the same.

    A token is left 30 s before its end, or a tenth of its life if that is shorter.
    """

    def __init__(
        self,
        exchange: Exchange,
        *,
        gateway: str,
        credentials: Credentials,
        clock: Callable[[], float] = monotonic,
        may_call: MayCallAgain = freely,
    ) -> None:
        self._exchange = exchange
        self._url = gateway.rstrip("/") + TOKEN_PATH
        self._credentials = credentials
        self._clock = clock
        self._may_call = may_call
        self._held: AccessToken | None = None
        self._fetching: asyncio.Task[AccessToken | Tokenless] | None = None

    async def fresh(self) -> AccessToken | Tokenless:
        """A token that is still good for a while, or what the gateway said instead of one."""
        held = self._held
        if held is not None and self._clock() < held.fresh_until:
            return held
        if self._fetching is None or self._fetching.done():
            self._fetching = asyncio.create_task(self._fetch())
        return await asyncio.shield(self._fetching)

    async def instead_of(self, refused: AccessToken) -> AccessToken | Tokenless:
        """Another token than one that was refused; one fetch, however many were refused it."""
        if self._held is refused:
            self._held = None
        return await self.fresh()

    async def close(self) -> None:
        """Give up the fetch that may be on its way."""
        if self._fetching is not None:
            self._fetching.cancel()
            await asyncio.gather(self._fetching, return_exceptions=True)

    async def _fetch(self) -> AccessToken | Tokenless:
        if not await self._may_call():
            return Tokenless(Unpermitted())
        asked_at = self._clock()
        headers, form = _shown(self._credentials)
        answer = await self._exchange.post(self._url, form=form, headers=headers)
        token = _granted(answer, asked_at)
        if token is None:
            return Tokenless(answer)
        self._held = token
        return token


def _shown(credentials: Credentials) -> tuple[dict[str, str], dict[str, str]]:
    """The headers and the form of a token request, with the secret in one or the other."""
    headers = {"Accept": "application/json"}
    form = {"grant_type": "client_credentials", "scope": SCOPE}
    client, secret = credentials.client_id, credentials.client_secret.get_secret_value()
    if credentials.presentation is Presentation.FORM:
        return headers, form | {"client_id": client, "client_secret": secret}
    basic = b64encode(f"{client}:{secret}".encode()).decode()
    return headers | {"Authorization": f"Basic {basic}"}, form


def _granted(answer: Answer, asked_at: float) -> AccessToken | None:
    if not isinstance(answer, Answered) or answer.status != _OK:
        return None
    try:
        grant = WireGrant.read(answer.body)
    except ValueError:
        return None
    return AccessToken(grant.access_token, asked_at + _worth_sending(grant.expires_in))


def _worth_sending(expires_in: int | None) -> float:
    """For how many seconds a token that lives so long is sent."""
    life = min(max(_UNSAID_S if expires_in is None else expires_in, 0), _LONGEST_S)
    return life - min(_HEADROOM_S, life * _HEADROOM_SHARE)
