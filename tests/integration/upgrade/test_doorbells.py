"""A doorbell of a version to come: let go with a word, and nobody stumbles."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest
from dramatiq import Message
from dramatiq.brokers.redis import RedisBroker
from structlog.testing import capture_logs

from shared.events import VERSION, Doorbell
from shared.queue.broker import open_broker, open_redis
from shared.states import Lane, Step
from shared.working.hearing import Hearing

pytestmark = pytest.mark.stack


def _put(broker: RedisBroker, bell: Doorbell, **more: Any) -> None:
    """Put a doorbell in Redis as a producer of another version would."""
    queue = f"{bell.step}.{bell.lane}"
    content = {**bell.model_dump(mode="json"), **more}
    broker.enqueue(
        Message(
            queue_name=queue, actor_name=queue, args=(), kwargs={"doorbell": content}, options={}
        )
    )


def _bell() -> Doorbell:
    return Doorbell(step=Step.VERIFY, lane=Lane.NOW, habilitation=UUID(int=1), ids=(uuid4(),))


async def test_a_doorbell_of_a_later_version_is_let_go(redis_url: str) -> None:
    """It is acknowledged, logged by its version alone; those before and after it are answered."""
    first, too_new, last = _bell(), _bell(), _bell()
    heard, over = list[Doorbell](), asyncio.Event()

    async def answer(bell: Doorbell) -> None:
        heard.append(bell)
        if bell == last:
            over.set()

    with open_redis(redis_url) as client:
        broker = open_broker(client, namespace="test")
        _put(broker, first)
        _put(broker, too_new, version=VERSION + 1, ids="another shape")
        _put(broker, last, haste="high")
        hearing = Hearing(broker, Step.VERIFY, threads=1, answer=answer)
        with capture_logs() as logs:
            hearing.start(poll_ms=20)
            await asyncio.wait_for(over.wait(), 10)
            await hearing.end()

        assert [first, last] == heard
        assert (0, 0) == (
            client.hlen("test:verify.now.msgs"),
            client.zcard("test:verify.now.XQ"),
        )
    assert [("hearing.doorbell_too_new", VERSION + 1)] == [
        (line["event"], line["version"]) for line in logs if line["log_level"] == "warning"
    ]
