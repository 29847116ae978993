"""Findings: what the scheduler found of the invariants, kept in Redis for whoever watches.

They are figures of the last minutes, and Redis may lose them: the scheduler finds them again.
References only, of the first `MOST_NAMED` applications of each.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from redis import Redis

from shared.watching.figures import Finding, Invariant

MOST_NAMED = 20
KEPT_FOR = timedelta(minutes=30)


def findings_key(namespace: str) -> str:
    """The key of what was found."""
    return f"{namespace}:invariants"


def keep(client: Redis, namespace: str, findings: Iterable[Finding]) -> None:
    """Keep them for half an hour, in the place of those before.

    Raises:
        redis.RedisError: when Redis does not answer.
    """
    key = findings_key(namespace)
    with client.pipeline(transaction=True) as pipe:
        for one in findings:
            pipe.hset(key, one.invariant, _written(one))
        pipe.expire(key, KEPT_FOR)
        pipe.execute()


def kept(client: Redis, namespace: str) -> tuple[Finding, ...]:
    """What was kept, nothing where nothing was.

    Raises:
        redis.RedisError: when Redis does not answer.
    """
    found: Any = client.hgetall(findings_key(namespace))
    return read(found)


def read(found: Mapping[bytes, bytes]) -> tuple[Finding, ...]:
    """Findings out of what Redis holds; what this version does not know is passed over."""
    known = ((one, found.get(one.encode())) for one in Invariant)
    return tuple(_read(one, content) for one, content in known if content is not None)


def found(
    invariant: Invariant, references: Sequence[str], *, at: datetime, seen: int
) -> Finding:  # fmt: skip
    """A finding of these applications."""
    named = tuple(sorted(set(references)))
    return Finding(invariant, at, seen, len(named), named[:MOST_NAMED])


def _written(one: Finding) -> str:
    return json.dumps(
        {"at": one.at.isoformat(), "seen": one.seen, "broken": one.broken, "named": one.named}
    )


def _read(invariant: Invariant, content: bytes) -> Finding:
    said = json.loads(content)
    at = datetime.fromisoformat(said["at"])
    return Finding(invariant, at, said["seen"], said["broken"], tuple(said["named"]))
