"""The inspector: beside the clockwork, it walks over the record and tells what does not hold.

Several may run, each on a walk of its own that begins anywhere; what one found, the others look at
again, until it is mended.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import UUID

import structlog
from redis import Redis, RedisError
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from shared.metering.instruments import INSPECTED
from shared.watching import findings, invariants
from shared.watching.figures import Finding, Invariant
from shared.watching.invariants import Broken

LOOKS_EVERY_S = 60.0
_log = structlog.get_logger()


class Inspector:
    """Walks; a record or a Redis out of reach costs this look only.

    Args:
        engine: the record.
        client: Redis, which holds what was found.
        namespace: the prefix of its keys.
        begin: the id after which the walk begins.
    """

    def __init__(self, engine: Engine, client: Redis, *, namespace: str, begin: UUID) -> None:
        self._engine = engine
        self._client = client
        self._namespace = namespace
        self._after = begin

    def look(self) -> int:
        """Look at one page, and again at what was broken; returns how many invariants are."""
        try:
            known = findings.kept(self._client, self._namespace)
            found = self._looked(known)
            findings.keep(self._client, self._namespace, found)
        except (SQLAlchemyError, RedisError) as broken:
            _log.warning("scheduler.inspection_missed", error=type(broken).__name__)
            return 0
        for one in found:
            if one.broken:
                _log.error(
                    "scheduler.invariant_broken",
                    invariant=one.invariant,
                    broken=one.broken,
                    named=one.named,
                )
        return sum(one.broken > 0 for one in found)

    def _looked(self, known: Iterable[Finding]) -> list[Finding]:
        named = sorted({reference for one in known for reference in one.named})
        look = invariants.look_on(self._engine, self._after)
        again = invariants.look_at(self._engine, named)
        self._after = look.last or invariants.FIRST
        INSPECTED.inc(look.seen)
        return _findings({*look.broken, *again}, seen=look.seen)


def _findings(broken: Iterable[Broken], *, seen: int) -> list[Finding]:
    at, references = datetime.now(UTC), defaultdict[Invariant, list[str]](list)
    for one in broken:
        references[one.invariant].append(one.reference)
    return [findings.found(one, references[one], at=at, seen=seen) for one in Invariant]
