"""Forgetting: what Redis cached of pauses and stops that a person has just ended."""

from collections.abc import Sequence
from uuid import UUID

from redis import Redis

from shared.queue.pace import Pace
from shared.queue.stops import Stops


def forget(
    client: Redis, *, namespace: str, habilitation: UUID | None, stops: Sequence[str]
) -> None:
    """Forget the pause of a habilitation, and stops by their names.

    Raises:
        redis.RedisError: Redis does not answer; calls then go on at the end of the former pause.
    """
    Stops(client, namespace=namespace).resume(*stops)
    if habilitation is not None:
        Pace(client, namespace=namespace).resume(habilitation)
