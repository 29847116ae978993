"""The DGFiP's gateway as tests need it: grants tokens, answers, and remembers what it was asked."""

import asyncio
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

import httpx

from services.verifier.contract import freely
from services.verifier.provider.client import Patience
from services.verifier.tax.client import TaxClient
from services.verifier.tax.credentials import Credentials

SECRET = "invented-secret"
CREDENTIALS = Credentials.model_validate(
    {"client_id": "berceau", "client_secret": SECRET, "teleservice": "creches-arles"}
)
GATEWAY = "https://gateway.test/"


@dataclass
class Gateway:
    """Each token is a new one, named after its rank; what is `revoked` opens nothing."""

    expires_in: object = 3600
    token: httpx.Response | None = None  # instead of a grant
    situation: httpx.Response = field(default_factory=lambda: httpx.Response(200, json={}))
    by_number: dict[str, httpx.Response] = field(default_factory=dict)
    revoked: set[str] = field(default_factory=set)
    asked: list[httpx.Request] = field(default_factory=list)
    now: float = 1000.0

    def clock(self) -> float:
        return self.now

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        await asyncio.sleep(0)
        if request.url.path == "/token":
            return self._grant()
        opened = request.headers["authorization"].removeprefix("Bearer ") not in self.revoked
        return _copy(self._situation_of(request)) if opened else httpx.Response(401)

    def _situation_of(self, request: httpx.Request) -> httpx.Response:
        return self.by_number.get(request.url.path.split("/")[4], self.situation)

    def _grant(self) -> httpx.Response:
        if self.token is not None:
            return _copy(self.token)
        granted = {"access_token": f"t{len(self.grants)}", "token_type": "Bearer"}
        return httpx.Response(200, json=granted | {"expires_in": self.expires_in})

    @property
    def grants(self) -> list[dict[str, str]]:
        """The forms of the token requests."""
        posts = [one for one in self.asked if one.url.path == "/token"]
        return [dict(parse_qsl(one.content.decode())) for one in posts]

    @property
    def calls(self) -> list[httpx.Request]:
        """The requests for a situation."""
        return [one for one in self.asked if one.url.path != "/token"]

    def client(
        self,
        *,
        credentials: Credentials = CREDENTIALS,
        connections: int = 16,
        patience: Patience | None = None,
        permits: "Permits | None" = None,
    ) -> TaxClient:
        return TaxClient(
            httpx.AsyncClient(transport=httpx.MockTransport(self)),
            gateway=GATEWAY,
            credentials=credentials,
            connections=connections,
            patience=patience or Patience(),
            clock=self.clock,
            may_call_again=permits or freely,
        )


@dataclass
class Permits:
    """So many further calls may be made; how many were asked for."""

    left: int
    wanted: int = 0

    async def __call__(self) -> bool:
        self.wanted += 1
        self.left -= 1
        return self.left >= 0


def _copy(response: httpx.Response) -> httpx.Response:
    return httpx.Response(
        response.status_code, headers=dict(response.headers), content=response.content
    )
