"""Quota: what a provider says is left of its window slows every worker, before any refusal.

`RateLimit-Remaining` counts the calls of everybody who shares the habilitation, other software
included. When few are left, no more than these leave before the window ends, from any process, and
a tenth of the limit is left to the calls that are on their way: on a machine that stalls, what was
permitted in one window arrives in the next.

A 429 to a habilitation that has calls left is the address's: everybody behind it waits then, for
whoever goes on through 429 upon 429 is banned for twelve hours, and all who share it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Protocol
from uuid import UUID

import httpx

from services.verifier.provider import comeback
from services.verifier.provider.answer import (
    RATE_LIMIT,
    RATE_LIMIT_REMAINING,
    RATE_LIMIT_RESET,
)
from shared.queue.limits import Bucket

FEW = 4  # a quarter of the limit
ON_THE_WAY = 10  # a tenth of it
LONGEST_WINDOW_S = 3_600.0
_TOO_MANY = 429


@dataclass(frozen=True, slots=True)
class Left:
    """So many calls may leave until the window ends, in so many seconds."""

    calls: int
    for_s: float


class Tells(Protocol):
    """Who passes on to every worker what is left, and what is empty."""

    def tell(self, habilitation: UUID, *, left: int, for_s: float) -> None: ...
    def drain(self, buckets: Sequence[Bucket], *, for_s: float) -> None: ...


def few_left(headers: httpx.Headers, now: datetime) -> Left | None:
    """What may leave, if the headers say that few are left; None when not, or when unreadable.

    The window's end is a moment of the provider's clock: it is compared with the answer's own
    date and with ours, and the nearer is believed, so that a clock that is wrong stops nobody.
    """
    limit, left, reset = (
        _whole(headers.get(name)) for name in (RATE_LIMIT, RATE_LIMIT_REMAINING, RATE_LIMIT_RESET)
    )
    if limit is None or left is None or reset is None or left * FEW > limit:
        return None
    for_s = min(reset - clock for clock in (now.timestamp(), *_dates(headers)))
    may_leave = max(0, left - limit // ON_THE_WAY)
    return Left(may_leave, min(for_s, LONGEST_WINDOW_S)) if for_s > 0 else None


def address_rests(response: httpx.Response, now: datetime) -> float | None:
    """For how many seconds our address may call nobody; None unless it is the address's 429."""
    left = _whole(response.headers.get(RATE_LIMIT_REMAINING))
    until = comeback.from_headers(response.headers, now)
    if response.status_code != _TOO_MANY or not left or until is None:
        return None
    return min((until - now).total_seconds(), LONGEST_WINDOW_S)


def watch(
    tells: Tells, http: httpx.AsyncClient, habilitation: UUID, shared: Sequence[Bucket]
) -> None:
    """Read the headers of every answer that comes on a habilitation's connections.

    `shared` are the buckets that it shares with all who call the same provider.
    """
    http.event_hooks["response"].append(heeding(tells, habilitation, shared))


def heeding(
    tells: Tells, habilitation: UUID, shared: Sequence[Bucket]
) -> Callable[[httpx.Response], Awaitable[None]]:
    """A hook for a habilitation's connections: it reads the headers of each answer."""

    async def heed(response: httpx.Response) -> None:
        now = datetime.now(UTC)
        left, rests_s = few_left(response.headers, now), address_rests(response, now)
        if left is not None:
            await asyncio.to_thread(tells.tell, habilitation, left=left.calls, for_s=left.for_s)
        if rests_s is not None:
            await asyncio.to_thread(tells.drain, shared, for_s=rests_s)

    return heed


def _whole(text: str | None) -> int | None:
    plain = (
        text is not None and text.isascii() and text.isdigit() and len(text) <= len("1767225600")
    )
    return int(text or "") if plain else None


def _dates(headers: httpx.Headers) -> list[float]:
    try:
        return [parsedate_to_datetime(headers["date"]).timestamp()]
    except (KeyError, ValueError, TypeError, IndexError, OverflowError):
        return []
