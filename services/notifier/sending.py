"""Sending: one try of one delivery, to an address that was looked at, within bounds.

The connection is made to the address itself, so that a name cannot lead elsewhere between the look
and the call; TLS and the Host header still have the name. Nobody is followed, no proxy and no
environment are heeded, and of an answer only its status is used: at most 4 KiB of it are read, so
that the connection ends well.
"""

import asyncio
import ssl
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import httpx

from services.notifier.resolving import Lookup, addresses_of
from shared.tracing.parents import is_traceparent
from shared.webhooks.event import MEDIA_TYPE, Event
from shared.webhooks.outcomes import Delivered, Failed, Failure, Gone, Outcome
from shared.webhooks.signing import signed
from shared.webhooks.target import Address, Target

MOST_READ = 4_096  # bytes of an answer
DEADLINE_S = 15.0  # of a try, from the look-up to the answer
CONNECT_S = 5.0  # to one address
_OK, _REDIRECTS, _NO, _GONE = 200, 300, 400, 410


class Sender:
    """Sends events.

    Args:
        lookup: finds the addresses of a name.
        clock: the time that is signed (UTC).
        loopback: lets in webhooks of this machine.
        deadline_s: longest time of a try, in seconds.
        verify: what TLS certificates are held against.
    """

    def __init__(
        self,
        lookup: Lookup,
        *,
        clock: Callable[[], datetime],
        loopback: bool = False,
        deadline_s: float = DEADLINE_S,
        verify: ssl.SSLContext | None = None,
    ) -> None:
        self._lookup = lookup
        self._clock = clock
        self._loopback = loopback
        self._deadline_s = deadline_s
        self._http = httpx.AsyncClient(
            verify=verify or ssl.create_default_context(),
            trust_env=False,
            follow_redirects=False,
            timeout=httpx.Timeout(deadline_s, connect=min(CONNECT_S, deadline_s)),
            limits=httpx.Limits(max_keepalive_connections=0),
        )

    async def close(self) -> None:
        """Close what is open."""
        await self._http.aclose()

    async def send(
        self, event: Event, url: str, keys: Sequence[str], *, trace: str | None = None
    ) -> Outcome:
        """Try once; whatever happens is an outcome. `trace` is the traceparent to hand on."""
        try:
            target = Target.read(url, loopback=self._loopback)
        except ValueError:
            return Failed(Failure.TARGET_REFUSED)
        try:
            async with asyncio.timeout(self._deadline_s):
                return await self._try(_Letter(event, keys, trace), target)
        except TimeoutError:
            return Failed(Failure.TOO_SLOW)

    async def _try(self, letter: "_Letter", target: Target) -> Outcome:
        found = await addresses_of(target, self._lookup, loopback=self._loopback)
        if isinstance(found, Failed):
            return found
        outcome: Outcome = Failed(Failure.UNREACHABLE)
        for address in found:
            try:
                return await self._post(letter, target, address)
            except httpx.HTTPError as broken:
                outcome = Failed(_why(broken))
                if not isinstance(broken, httpx.ConnectError | httpx.ConnectTimeout):
                    break  # it may have been heard: no second time before its hour
        return outcome

    async def _post(self, letter: "_Letter", target: Target, address: Address) -> Outcome:
        body = letter.event.body()
        headers = signed(str(letter.event.id), body, keys=letter.keys, at=self._clock())
        async with self._http.stream(
            "POST",
            httpx.URL(target.url).copy_with(host=str(address)),
            content=body.encode(),
            headers={**_fixed(target), **headers, **letter.traced()},
            extensions={"sni_hostname": target.host} if target.secure else {},
        ) as answer:
            await _read_a_little(answer)
            return _outcome(answer.status_code)


@dataclass(frozen=True, slots=True, repr=False)
class _Letter:
    """What is sent, what signs it, and the trace that goes with it."""

    event: Event
    keys: Sequence[str]
    trace: str | None

    def traced(self) -> Mapping[str, str]:
        """What is no traceparent gets into no header."""
        known = self.trace if is_traceparent(self.trace) else None
        return {} if known is None else {"traceparent": known}


def _fixed(target: Target) -> Mapping[str, str]:
    return {
        "host": httpx.URL(target.url).netloc.decode("ascii"),
        "content-type": f"{MEDIA_TYPE}; charset=utf-8",
        "user-agent": "berceau-notifier",
        "accept-encoding": "identity",
    }


async def _read_a_little(answer: httpx.Response) -> None:
    read = 0
    async for part in answer.aiter_raw(MOST_READ):
        read += len(part)
        if read >= MOST_READ:
            return


def _outcome(status: int) -> Outcome:
    if status == _GONE:
        return Gone()
    if _OK <= status < _REDIRECTS:
        return Delivered(status)
    if _REDIRECTS <= status < _NO:
        return Failed(Failure.REDIRECTED, status)
    return Failed(Failure.ANSWERED, status)


def _why(broken: httpx.HTTPError) -> Failure:
    if isinstance(broken, httpx.TimeoutException):
        return Failure.TOO_SLOW
    if _is_about_a_certificate(broken):
        return Failure.CERTIFICATE_REFUSED
    return Failure.UNREACHABLE


def _is_about_a_certificate(broken: BaseException) -> bool:
    cause: BaseException | None = broken
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return True
        cause = cause.__cause__ or cause.__context__
    return False
