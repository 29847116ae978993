"""Asking API Particulier about itself: the scopes of a token, and whether its counters answer.

Pings need no token and count in no quota; they are hints, which the State computes from real
traffic, half an hour late (apistration `PingService`). Nothing here raises; every body is bounded.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated
from urllib.parse import quote

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, TypeAdapter

from services.verifier.provider.answer import Answer, Answered, Unanswered
from services.verifier.provider.auth import Auth
from services.verifier.provider.client import Exchange
from services.verifier.provider.lenient import text
from services.verifier.provider.wire import read_json

EAJE_PING = "cnaf_msa_participation_familiale_eaje"
QF_PING = "cnaf_msa_quotient_familial"
FRANCE_CONNECT_PING = "franceconnect"
UNREADABLE = "unreadable"
_MOST = 200  # scopes of a token, counters of a list
_AWARE: TypeAdapter[AwareDatetime] = TypeAdapter(AwareDatetime)
_OK, _UNAUTHORISED, _FORBIDDEN, _NOT_FOUND, _BAD_GATEWAY = 200, 401, 403, 404, 502


class Health(StrEnum):
    """What the State says of one of its counters."""

    OK = "ok"
    BAD_GATEWAY = "bad_gateway"
    MAINTENANCE = "maintenance"
    UNKNOWN = "unknown"


def _moment(value: object) -> object:
    try:
        return _AWARE.validate_python(value) if isinstance(value, str | datetime) else None
    except ValueError:
        return None


def _bounded(value: object) -> object:
    return value[:_MOST] if isinstance(value, list) else value


Moment = Annotated[AwareDatetime | None, BeforeValidator(_moment)]
Word = Annotated[str, BeforeValidator(text)]


class _Wire(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Ping(_Wire):
    """The health of a counter: as of when, when it was last well, until when it is maintained."""

    status: Health
    last_update: Moment = None
    last_ok_status: Moment = None
    until: Moment = None


class Scopes(_Wire):
    """What a token opens; a scope that it lacks removes its key from the answers."""

    scopes: Annotated[tuple[Word, ...], BeforeValidator(_bounded)]


class Counter(_Wire):
    """A counter that can be pinged, as the State's list names it."""

    name: Word
    url: Word


@dataclass(frozen=True, slots=True)
class TokenRefused:
    """The State does not take the token (401 or 403)."""

    status: int


@dataclass(frozen=True, slots=True)
class NoSuchCounter:
    """The State knows no counter of that name."""


@dataclass(frozen=True, slots=True)
class NotTold:
    """No answer, or none that can be read; `why` names it."""

    why: str


_COUNTERS: TypeAdapter[tuple[Counter, ...]] = TypeAdapter(
    Annotated[tuple[Counter, ...], BeforeValidator(_bounded)]
)


class Soundings:
    """API Particulier at `base_url`, asked about itself."""

    def __init__(self, exchange: Exchange, base_url: str) -> None:
        self._exchange = exchange
        self._api = base_url.rstrip("/") + "/api"

    async def scopes(self, auth: Auth) -> Scopes | TokenRefused | NotTold:
        """What a token opens: to be asked when it is entered."""
        return read_scopes(
            await self._exchange.get(f"{self._api}/introspect", headers=auth.headers)
        )

    async def platform(self) -> Health | NotTold:
        """Whether the platform itself answers."""
        answer = await self._exchange.get(f"{self._api}/ping")
        answers = isinstance(answer, Answered) and answer.status == _OK
        return Health.OK if answers else _not_told(answer)

    async def counters(self) -> tuple[Counter, ...] | NotTold:
        """The counters that can be pinged."""
        return read_counters(await self._exchange.get(f"{self._api}/pings"))

    async def ping(self, counter: str) -> Ping | NoSuchCounter | NotTold:
        """The health of one counter, by the name that stands in its URL."""
        return read_ping(await self._exchange.get(f"{self._api}/{quote(counter, safe='')}/ping"))


def read_scopes(answer: Answer) -> Scopes | TokenRefused | NotTold:
    """What `/api/introspect` said. Pure, total."""
    match answer:
        case Answered(status=status) if status in (_UNAUTHORISED, _FORBIDDEN):
            return TokenRefused(status)
        case Answered(status=status, body=body) if status == _OK:
            try:
                return Scopes.model_validate(read_json(body))
            except ValueError:
                return NotTold(UNREADABLE)
    return _not_told(answer)


def read_counters(answer: Answer) -> tuple[Counter, ...] | NotTold:
    """What `/api/pings` said. Pure, total."""
    if not isinstance(answer, Answered) or answer.status != _OK:
        return _not_told(answer)
    try:
        return _COUNTERS.validate_python(read_json(answer.body))
    except ValueError:
        return NotTold(UNREADABLE)


def read_ping(answer: Answer) -> Ping | NoSuchCounter | NotTold:
    """What `/api/<counter>/ping` said; a counter that is not well comes as a 502. Pure, total."""
    match answer:
        case Answered(status=status) if status == _NOT_FOUND:
            return NoSuchCounter()
        case Answered(status=status, body=body) if status in (_OK, _BAD_GATEWAY):
            try:
                return Ping.model_validate(read_json(body))
            except ValueError:
                return NotTold(UNREADABLE)
    return _not_told(answer)


def _not_told(answer: Answer) -> NotTold:
    match answer:
        case Unanswered(failure):
            return NotTold(failure)
        case Answered(status=status):
            return NotTold(f"http_{status}")
