"""What Redis says to whoever watches, in one look: doorbells that wait, and what was found."""

from dataclasses import dataclass
from typing import Any

from redis import Redis, RedisError

from shared.queue.bell import queue_of
from shared.states import Lane, Step
from shared.watching.figures import Finding
from shared.watching.findings import findings_key, read

_QUEUES = tuple((step, lane) for step in Step for lane in Lane)


@dataclass(frozen=True, slots=True)
class Doorbells:
    """How many wait in each queue (None: Redis does not answer), and the invariants' findings."""

    waiting: dict[tuple[Step, Lane], int | None]
    findings: tuple[Finding, ...] = ()


def look(client: Redis, namespace: str) -> Doorbells:
    """One look; that nobody answers is a figure too."""
    try:
        with client.pipeline(transaction=False) as pipe:
            for queue in _QUEUES:
                pipe.llen(f"{namespace}:{queue_of(*queue)}")
            pipe.hgetall(findings_key(namespace))
            *waiting, found = _answers(pipe.execute())
    except RedisError:
        return Doorbells(dict.fromkeys(_QUEUES))
    return Doorbells(dict(zip(_QUEUES, waiting, strict=True)), read(found))


def _answers(answers: Any) -> list[Any]:  # noqa: ANN401  # as redis-py types them
    return list(answers)
