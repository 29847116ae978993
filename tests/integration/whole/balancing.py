"""A balancer in front of several intakes, as a client of the rolling restarts sees them."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager

import httpx
from httpx_aiohttp import HttpxAiohttpClient

from services.command.demo.families import Family, some_of
from services.command.demo.portal import Portal
from services.command.demo.run import Order, _Board
from services.command.demo.verdict import Verdict

_ASKS_EVERY_S = 0.2
_TRIES = 20


class Balancer(httpx.AsyncBaseTransport):
    """Sends each request to an intake that says it is ready; on a broken connection, to the next.

    A request that is sent again is the same to the byte, its idempotency key included.
    """

    def __init__(self, http: httpx.AsyncClient, intakes: Sequence[str]) -> None:
        self._http = http
        self._intakes = intakes
        self._ready = list(intakes)
        self._turn = 0
        self.seen: Counter[int] = Counter()
        self.by_intake: Counter[str] = Counter()
        self.sent_again = 0
        self.unserved = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        content = await request.aread()
        for _ in range(_TRIES):
            intake = self._next()
            try:
                answer = await self._http.request(
                    request.method,
                    intake + request.url.path,
                    content=content,
                    headers=_kept(request.headers),
                )
            except httpx.TransportError:
                self.sent_again += 1
                self._ready = [one for one in self._ready if one != intake]
                await asyncio.sleep(0.02)
            else:
                self.seen[answer.status_code] += 1
                self.by_intake[intake] += 1
                return httpx.Response(answer.status_code, content=answer.content)
        self.unserved += 1
        raise httpx.ConnectError("no intake serves")

    def _next(self) -> str:
        self._turn += 1
        among = self._ready or self._intakes
        return among[self._turn % len(among)]

    async def watch(self) -> None:
        """Ask every intake whether it is ready, five times a second, until cancelled."""
        while True:
            ready = await asyncio.gather(*(self._is_ready(intake) for intake in self._intakes))
            self._ready = [one for one, yes in zip(self._intakes, ready, strict=True) if yes]
            await asyncio.sleep(_ASKS_EVERY_S)

    async def _is_ready(self, intake: str) -> bool:
        try:
            answer = await self._http.get(f"{intake}/readyz", timeout=2)
        except httpx.TransportError:
            return False
        return answer.status_code == httpx.codes.OK


def _kept(headers: Mapping[str, str]) -> dict[str, str]:
    return {k: v for k, v in headers.items() if k.lower() not in {"host", "content-length"}}


async def run_balanced(
    order: Order,
    intakes: Sequence[str],
    *,
    per_second: float,
    over: Callable[[], bool],
    pause_s: float = 0.5,
) -> tuple[Verdict, Balancer]:
    """Hand in families at a steady pace until it is over; wait for each to settle; judge them.

    While no intake serves, the portal waits for `pause_s` and asks again, sixty times.
    """
    async with HttpxAiohttpClient(timeout=30.0, trust_env=False) as http:
        families = await some_of(http, order.simulator_url, order.applications)
        async with _balanced(http, intakes) as (client, balancer):
            key, url = order.portal_key, "http://intake"
            portal = Portal(client, intake_url=url, key=key, pause_s=pause_s)
            board = _Board(portal, order, lambda _submitted, _settled: None)
            sent: list[Family] = []
            source = _until(over, families, sent)
            submitting = asyncio.create_task(_hand_in(board, source, per_second))
            await board.settle_all(submitting)
            return Verdict(board.cases(sent), 0.0), balancer


@asynccontextmanager
async def _balanced(
    http: httpx.AsyncClient, intakes: Sequence[str]
) -> AsyncIterator[tuple[httpx.AsyncClient, Balancer]]:
    balancer = Balancer(http, intakes)
    watching = asyncio.create_task(balancer.watch())
    async with httpx.AsyncClient(transport=balancer, timeout=30.0) as client:
        yield client, balancer
    watching.cancel()
    await asyncio.wait([watching])


async def _hand_in(board: _Board, families: Iterable[Family], per_second: float) -> None:
    """Open loop: the next is sent in its turn, answered or not those before."""
    async with asyncio.TaskGroup() as sent:
        for number, family in enumerate(families):
            sent.create_task(board._submit(number, family))
            await asyncio.sleep(1 / per_second)


def _until(
    over: Callable[[], bool], families: Sequence[Family], sent: list[Family]
) -> Iterator[Family]:
    """The families up to the moment when it is over, kept in `sent` as they go."""
    for family in families:
        if over():
            return
        sent.append(family)
        yield family
