"""The stops: when the State, or a breaker that it opened, held every call back.

That time is the State's, and not part of how long a recovery takes.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

_LOOK_S = 0.2
_STANDS = text("""
    SELECT EXISTS (
        SELECT FROM switches
        WHERE name LIKE 'breaker:%' OR name LIKE 'token:%'
           OR (name LIKE 'habilitation:%' AND (until IS NULL OR until > now()))
    )
""")

Span = tuple[datetime, datetime]


@dataclass(slots=True)
class Stops:
    """Looks a few times a second until cancelled; `spans` are when something was stopped (UTC)."""

    engine: Engine
    spans: list[Span] = field(default_factory=list)

    async def watch(self) -> None:
        while True:
            began = datetime.now(UTC)
            stands = await asyncio.to_thread(self._stands)
            await asyncio.sleep(_LOOK_S)
            if stands:
                self.spans.append((began, datetime.now(UTC)))

    def _stands(self) -> bool:
        try:
            with self.engine.connect() as connection:
                return bool(connection.execute(_STANDS).scalar_one())
        except SQLAlchemyError:
            return False


def within(spans: Sequence[Span], began: datetime, ended: datetime) -> float:
    """For how many seconds between two moments something was stopped; spans do not overlap."""
    shared = (min(ended, end) - max(began, begin) for begin, end in spans)
    return sum(max(0.0, one.total_seconds()) for one in shared)
