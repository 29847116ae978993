"""The open clients: one for each provider and right, found by an application's scheme."""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from time import monotonic
from uuid import UUID

import httpx
from sqlalchemy import Engine, select

from services.verifier.again import waiting
from services.verifier.asking import Guarded
from services.verifier.contract import Access, Provider
from services.verifier.habilitations import Right, Rights
from services.verifier.provider.client import Patience
from shared.queue.pace import Permits
from shared.states import Reason
from shared.store.parties import SchemeRow

_FRESH_FOR_S = 30.0
MOST_FORMER = 2
"""Clients that stay open behind the one that took their place: a right is read anew every half
minute, so that the last call of one that has had two successors, of a minute at most, is over."""


def _unwatched(http: httpx.AsyncClient, habilitation: UUID, profile: str) -> None: ...


def _unpaced(profile: str, right: Right) -> Permits:  # noqa: ARG001
    return Permits(1, 0)


class Profiles:
    """Which evidence each scheme rests on, read again every half minute."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._known: dict[UUID, str] = {}
        self._read_at = -_FRESH_FOR_S

    def of(self, scheme: UUID) -> str:
        """The profile of a scheme, at most half a minute old."""
        if not self.knows(scheme):
            self._read()
        return self._known[scheme]

    def knows(self, scheme: UUID) -> bool:
        """Whether `of` says it without reading the record."""
        return scheme in self._known and monotonic() - self._read_at <= _FRESH_FOR_S

    def _read(self) -> None:
        with self._engine.connect() as connection:
            rows = connection.execute(select(SchemeRow.id, SchemeRow.profile)).all()
        self._known = {row.id: row.profile for row in rows}
        self._read_at = monotonic()


@dataclass(slots=True)
class _Open:
    """The client of one provider and habilitation, and what closes it and those before it."""

    right: Right
    client: Guarded
    closers: deque[AsyncExitStack]  # the oldest first


class Clients:
    """One client for each provider and right; a new token or recipient opens a new client.

    Those that it takes the place of are closed once their calls are over.
    """

    def __init__(
        self,
        providers: Mapping[str, Provider],
        *,
        profiles: Profiles,
        rights: Rights,
        open_http: Callable[[str], AbstractAsyncContextManager[httpx.AsyncClient]],
        connections: int,
        patience: Patience,
        watch: Callable[[httpx.AsyncClient, UUID, str], None] = _unwatched,
        take_another: Callable[[str, Right], Permits] = _unpaced,
    ) -> None:
        self._providers = providers
        self._profiles = profiles
        self._rights = rights
        self._open_http = open_http
        self._connections = connections
        self._patience = patience
        self._watch = watch
        self._take_another = take_another
        self._open: dict[tuple[str, UUID], _Open] = {}
        self._opening = asyncio.Lock()

    async def of(self, scheme: UUID, habilitation: UUID) -> Guarded | Reason:
        """The client for a scheme and a habilitation, or the reason why nobody may be asked."""
        if self._profiles.knows(scheme) and self._rights.knows(habilitation):
            wanted = self._wanted(scheme, habilitation)
        else:  # the record is read, beside the loop
            wanted = await asyncio.to_thread(self._wanted, scheme, habilitation)
        if isinstance(wanted, Reason):
            return wanted
        profile, right = wanted
        return self._known(profile, right) or await self._renewed(profile, right)

    async def close(self) -> None:
        """Close every client and every connection."""
        for one in self._open.values():
            while one.closers:
                await one.closers.pop().aclose()

    def _known(self, profile: str, right: Right) -> Guarded | None:
        known = self._open.get((profile, right.allowance.habilitation))
        return known.client if known is not None and known.right == right else None

    async def _renewed(self, profile: str, right: Right) -> Guarded:
        """The client that somebody has just opened, or a new one."""
        async with self._opening:
            known = self._known(profile, right)
            return known or await self._open_anew(profile, right)

    async def _open_anew(self, profile: str, right: Right) -> Guarded:
        client, closer = await self._opened(profile, right)
        place = (profile, right.allowance.habilitation)
        closers = self._open[place].closers if place in self._open else deque()
        closers.append(closer)
        self._open[place] = _Open(right, client, closers)
        while len(closers) > 1 + MOST_FORMER:
            await closers.popleft().aclose()
        return client

    def _wanted(self, scheme: UUID, habilitation: UUID) -> tuple[str, Right] | Reason:
        profile = self._profiles.of(scheme)
        if profile not in self._providers:
            return Reason.PROVIDER_MISSING
        right = self._rights.of(habilitation)
        return right.cover.refusal(profile, datetime.now(UTC)) or (profile, right)

    async def _opened(self, profile: str, right: Right) -> tuple[Guarded, AsyncExitStack]:
        """Open a client; one that does not open in time leaves nothing open."""
        provider = self._providers[profile]
        async with AsyncExitStack() as opened, asyncio.timeout(self._patience.total):
            http = await opened.enter_async_context(self._open_http(profile))
            self._watch(http, right.allowance.habilitation, profile)
            access = self._access(profile, right, http)
            client = await opened.enter_async_context(provider.open(access))
            closer = opened.pop_all()
        guarded = Guarded(
            client,
            source=provider.source,
            deadline_s=self._patience.total,
            refusal=right.stop,
            profile=profile,
        )
        return guarded, closer

    def _access(self, profile: str, right: Right, http: httpx.AsyncClient) -> Access:
        take = partial(self._take_another, profile, right)
        return Access(
            token=right.token,
            recipient=right.recipient,
            http=http,
            connections=self._connections,
            patience=self._patience,
            delegation_id=right.delegation_id,
            may_call_again=waiting(take, longest_s=self._patience.total / 2),
        )
