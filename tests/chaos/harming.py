"""Harming: what each way of striking needs: the scene, what was in its hands, how to undo it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import TextClause
from sqlalchemy.exc import SQLAlchemyError

from tests.chaos.plan import Fault, Kind
from tests.chaos.recovery import Harm
from tests.chaos.scene import Scene

Undo = Callable[[], Awaitable[None]]
Way = Callable[[Fault], Awaitable[Undo]]


async def nothing() -> None:
    """What a fault that heals by itself is undone by."""


@dataclass(slots=True)
class Notes:
    """What each harm had in its hands, asked around the proxies."""

    scene: Scene
    harms: list[Harm] = field(default_factory=list)

    async def write(self, kind: Kind, at: datetime, query: TextClause, **values: object) -> None:
        """Note a harm that struck a moment ago."""
        self.harms.append(Harm(kind, at, await self.held(query, **values)))

    async def held(self, query: TextClause, **values: object) -> Mapping[UUID, int]:
        """Ids, and the sequence of their journals; none while the record is away."""
        return await asyncio.to_thread(self._held, query, values)

    def _held(self, query: TextClause, values: Mapping[str, object]) -> Mapping[UUID, int]:
        try:
            with self.scene.engine.connect() as connection:
                rows = connection.execute(query, values).all()
        except SQLAlchemyError:
            return {}
        return {row.id: row.journal_sequence for row in rows}
