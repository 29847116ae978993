"""What Redis says to whoever watches, in one look: doorbells, permits, and what was found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from redis import Redis, RedisError

from shared.queue.bell import queue_of
from shared.queue.spent import spent, spent_key
from shared.states import Lane, Step
from shared.watching.figures import Finding
from shared.watching.findings import findings_key, read

_QUEUES = tuple((step, lane) for step in Step for lane in Lane)


@dataclass(frozen=True, slots=True)
class Doorbells:
    """How many wait in each queue (None: Redis does not answer), and the invariants' findings.

    `spent` are the permits that each habilitation took in the last minute; none without Redis.
    """

    waiting: dict[tuple[Step, Lane], int | None]
    findings: tuple[Finding, ...] = ()
    spent: Mapping[UUID, int] = field(default_factory=dict)


def look(client: Redis, namespace: str, habilitations: Sequence[UUID] = ()) -> Doorbells:
    """One look; that nobody answers is a figure too."""
    try:
        with client.pipeline(transaction=False) as pipe:
            for queue in _QUEUES:
                pipe.llen(f"{namespace}:{queue_of(*queue)}")
            for habilitation in habilitations:
                pipe.hgetall(spent_key(namespace, habilitation))
            pipe.time()
            pipe.hgetall(findings_key(namespace))
            *told, (now, _), found = _answers(pipe.execute())
    except RedisError:
        return Doorbells(dict.fromkeys(_QUEUES))
    waiting, counts = told[: len(_QUEUES)], told[len(_QUEUES) :]
    return Doorbells(
        dict(zip(_QUEUES, waiting, strict=True)),
        read(found),
        {of: spent(one, now) for of, one in zip(habilitations, counts, strict=True)},
    )


def _answers(answers: Any) -> list[Any]:  # noqa: ANN401  # as redis-py types them
    return list(answers)
