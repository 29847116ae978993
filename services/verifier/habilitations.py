"""The rights to call: pace, token and client of each habilitation, read again every half minute."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass
from time import monotonic
from uuid import UUID

from sqlalchemy import Engine, select

from services.verifier.provider.client import EajeClient, Patience, open_client
from shared.queue.pace import Allowance, Pace, Permits
from shared.sealing import KeyRing
from shared.store.parties import HabilitationRow

_FRESH_FOR_S = 30.0


@dataclass(frozen=True, slots=True, repr=False)
class Right:
    """One habilitation, opened."""

    allowance: Allowance
    token: str
    recipient: str


class Rights:
    """The habilitations of the record, with their tokens opened in memory only."""

    def __init__(self, engine: Engine, ring: KeyRing) -> None:
        self._engine = engine
        self._ring = ring
        self._known: dict[UUID, tuple[float, Right]] = {}

    def of(self, habilitation: UUID) -> Right:
        """The right of a habilitation, at most half a minute old."""
        known = self._known.get(habilitation)
        if known is None or monotonic() - known[0] > _FRESH_FOR_S:
            known = monotonic(), self._read(habilitation)
            self._known[habilitation] = known
        return known[1]

    def _read(self, habilitation: UUID) -> Right:
        with self._engine.connect() as connection:
            row = connection.execute(
                select(HabilitationRow.__table__).where(HabilitationRow.id == habilitation)
            ).one()
        return Right(
            allowance=Allowance(habilitation, row.pace, row.burst),
            token=self._ring.open_secret(row.sealed_token),
            recipient=row.recipient,
        )


class ProviderPace:
    """Permits to call, by habilitation."""

    def __init__(self, pace: Pace, rights: Rights) -> None:
        self._pace = pace
        self._rights = rights

    def take(self, habilitation: UUID, wanted: int) -> Permits:
        return self._pace.take(self._rights.of(habilitation).allowance, wanted)

    def give_back(self, habilitation: UUID, unused: int) -> None:
        self._pace.give_back(self._rights.of(habilitation).allowance, unused)


class Clients:
    """One client per right; a new token or recipient opens a new client."""

    def __init__(
        self, rights: Rights, *, base_url: str, connections: int, deadline_s: float
    ) -> None:
        self._rights = rights
        self._base_url = base_url
        self._connections = connections
        self._patience = Patience(read=min(Patience().read, deadline_s), total=deadline_s)
        self._open: dict[Right, EajeClient] = {}
        self._stack = AsyncExitStack()
        self._opening = asyncio.Lock()

    async def of(self, habilitation: UUID) -> EajeClient:
        """The client of a habilitation."""
        right = await asyncio.to_thread(self._rights.of, habilitation)
        async with self._opening:
            if right not in self._open:
                self._open[right] = await self._stack.enter_async_context(
                    open_client(
                        base_url=self._base_url,
                        token=right.token,
                        recipient=right.recipient,
                        connections=self._connections,
                        patience=self._patience,
                    )
                )
        return self._open[right]

    async def close(self) -> None:
        """Close every connection."""
        await self._stack.aclose()
