"""The call itself: one request, bounded in time, in size and in number, that never raises.

The query holds a civil status, so no URL leaves this module: not in a log, not in an exception.
"""

import asyncio
import logging
import re
import ssl
from base64 import b64encode
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

import httpx
from httpx_aiohttp import HttpxAiohttpClient

from services.verifier.provider.answer import (
    HEADERS_OF_INTEREST,
    Answer,
    Answered,
    Failure,
    Unanswered,
)
from services.verifier.provider.query import Parameters
from services.verifier.provider.transport_errors import TRANSPORT_ERRORS, failure_of
from shared.errors import SettingsError
from shared.tracing.spans import span

LARGEST_BODY = 1024 * 1024
_LOOPBACK = ("all://127.0.0.1", "all://[::1]", "all://localhost")
_CARRIED = re.compile(r"[ -~]{1,16384}\Z", re.ASCII)  # what a header can hold
_KEEP_ALIVE = 15.0
_SILENT = logging.CRITICAL + 1
_Sending = Callable[..., AbstractAsyncContextManager[httpx.Response]]


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait, in seconds.

    The provider itself waits 10 s for the funds and 10 s for their answer, so shorter reads would
    give up on good answers. `total` bounds the whole call, the wait for a connection included.
    """

    slot: float = 5.0
    connect: float = 5.0
    read: float = 20.0
    total: float = 25.0

    @classmethod
    def of(cls, deadline_s: float) -> Self:
        """The usual patience, within a deadline for the whole call."""
        return cls(read=min(cls().read, deadline_s), total=deadline_s)


DEFAULT_PATIENCE = Patience()


class Exchange:
    """Requests one after the other or side by side, at most `connections` at once.

    `http` is handed in, and closed by who opened it.
    """

    def __init__(
        self,
        http: httpx.AsyncClient,
        *,
        connections: int = 64,
        patience: Patience = DEFAULT_PATIENCE,
    ) -> None:
        self._http = http
        self._slots = asyncio.Semaphore(connections)
        self._patience = patience

    async def get(
        self, url: str, *, parameters: Parameters = (), headers: Mapping[str, str] | None = None
    ) -> Answer:
        """One GET, one answer; a failure is a name, never an exception."""
        query = httpx.QueryParams(tuple(parameters)) if parameters else None
        sending = partial(self._http.stream, "GET", url, params=query)
        return await self._followed("GET", url, sending, headers)

    async def post(
        self, url: str, *, form: Mapping[str, str], headers: Mapping[str, str] | None = None
    ) -> Answer:
        """One POST of a form, as `get`."""
        sending = partial(self._http.stream, "POST", url, data=form)
        return await self._followed("POST", url, sending, headers)

    async def _followed(
        self, method: str, url: str, sending: _Sending, headers: Mapping[str, str] | None
    ) -> Answer:
        """In a span, which says whom we called and never what for."""
        with span("provider.call", method=method, host=urlsplit(url).hostname) as begun:
            match answer := await self._bounded(sending, headers):
                case Answered(status=status):
                    begun.tell(http_status=status)
                case Unanswered(failure):
                    begun.tell(outcome=failure)
            return answer

    async def _bounded(self, sending: _Sending, headers: Mapping[str, str] | None) -> Answer:
        headers = dict(headers or {})
        if not all(map(_CARRIED.match, headers.values())):
            return Unanswered(Failure.UNSENDABLE)
        try:
            async with asyncio.timeout(self._patience.total):
                return await self._in_turn(partial(sending, headers=headers))
        except TimeoutError:
            return Unanswered(Failure.DEADLINE)

    async def _in_turn(self, sending: _Sending) -> Answer:
        """Wait for a slot: with the pool never full, its timeouts cannot pass for the network's."""
        try:
            async with asyncio.timeout(self._patience.slot):
                await self._slots.acquire()
        except TimeoutError:
            return Unanswered(Failure.POOL_FULL)
        try:
            return await _sent(sending)
        except TRANSPORT_ERRORS as error:
            return Unanswered(failure_of(error))
        except UnicodeError:
            return Unanswered(Failure.TRANSPORT)
        finally:
            self._slots.release()


async def _sent(sending: _Sending) -> Answer:
    async with sending(follow_redirects=False) as response:
        body = await bounded_body(response)
    if body is None:
        return Unanswered(Failure.TOO_LARGE)
    return Answered(response.status_code, _headers_of_interest(response.headers), body)


async def bounded_body(response: httpx.Response) -> bytes | None:
    """The body, or None as soon as it exceeds any plausible answer."""
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > LARGEST_BODY:
            return None
    return bytes(body)


def _headers_of_interest(headers: httpx.Headers) -> dict[str, str]:
    return {name: headers[name] for name in HEADERS_OF_INTEREST if name in headers}


def silence_http_loggers() -> None:
    """Keep URLs out of the log: httpx writes each one, query included, at INFO."""
    for name in ("httpx", "httpcore", "aiohttp"):
        logging.getLogger(name).setLevel(_SILENT)


def trusted(ca_file: Path | None = None) -> ssl.SSLContext:
    """Who is believed to be a provider: the usual authorities, and those of this file (PEM).

    Raises:
        SettingsError: the file holds no readable certificate.
    """
    trust = httpx.create_ssl_context()
    if ca_file is not None:
        try:
            trust.load_verify_locations(ca_file)
        except (OSError, ssl.SSLError) as unreadable:
            why = unreadable.strerror or "no certificate in PEM"
            raise SettingsError(f"BERCEAU_PROVIDER_CA_FILE: cannot be read ({why})") from None
    return trust


def presenting(trust: ssl.SSLContext, certificate: Path, key: Path | None) -> ssl.SSLContext:
    """Show this certificate (PEM) to who asks for one; its key may stand in the same file.

    Raises:
        SettingsError: no certificate with its key, or a key under a password.
    """
    try:
        trust.load_cert_chain(certificate, key, password=lambda: "")  # or it would ask a terminal
    except OSError as unreadable:
        missing = isinstance(unreadable, FileNotFoundError | PermissionError)
        why = unreadable.strerror if missing else "no certificate with its key, in PEM"
        raise SettingsError(f"BERCEAU_TAX_CERTIFICATE_FILE: cannot be read ({why})") from None
    return trust


@asynccontextmanager
async def open_http(
    *,
    connections: int = 64,
    patience: Patience = DEFAULT_PATIENCE,
    trust: ssl.SSLContext | None = None,
    proxy: str | None = None,
) -> AsyncIterator[httpx.AsyncClient]:
    """Real connections (aiohttp underneath: a tenth of the CPU of httpcore's), for any provider.

    TLS is verified, redirects are not followed; towards this machine no proxy is asked.

    Args:
        connections: the most at once.
        patience: how long each phase of a call may take.
        trust: who is believed, `trusted()` by default.
        proxy: http(s) URL of the outgoing proxy; without it, the environment's are honoured.
    """
    silence_http_loggers()
    async with HttpxAiohttpClient(
        headers={"User-Agent": f"berceau/{version('berceau')}", "Accept-Encoding": "identity"},
        timeout=httpx.Timeout(patience.read, connect=patience.connect, pool=None),
        limits=httpx.Limits(max_connections=connections, keepalive_expiry=_KEEP_ALIVE),
        mounts=dict.fromkeys(_LOOPBACK),
        verify=trust or trusted(),
        proxy=_way_out(proxy),
        trust_env=True,
    ) as http:
        yield http


def _way_out(url: str | None) -> httpx.Proxy | None:
    """The outgoing proxy; its password goes in the header of each tunnel, as aiohttp asks."""
    if url is None:
        return None
    proxy = httpx.Proxy(url)
    if proxy.auth is None:
        return proxy
    shown = b64encode(":".join(proxy.auth).encode()).decode()
    return httpx.Proxy(proxy.url, headers={"Proxy-Authorization": f"Basic {shown}"})
