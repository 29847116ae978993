"""The assembly of a worker process: the same parts for every step, put together once."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from dramatiq.brokers.redis import RedisBroker
from redis import Redis
from sqlalchemy import Engine

from shared.maintenance import NO_WINDOWS, Calendar
from shared.metering.instruments import IN_FLIGHT
from shared.protocol import claiming, saving
from shared.protocol.honest_bell import HonestBell
from shared.protocol.tempo import Tempo
from shared.queue.bell import Bell
from shared.queue.broker import open_broker, open_redis
from shared.states import Step
from shared.store.engine import open_engine
from shared.working.batches import Batches, Work
from shared.working.life import born
from shared.working.pacing import GivesPermits
from shared.working.process import WorkerProcess
from shared.working.room import Slots
from shared.working.saver import Saver
from shared.working.switchboard import Switchboard


@dataclass(frozen=True, slots=True)
class Edges:
    """The ways out of a process: to PostgreSQL, to Redis, to the queues."""

    engine: Engine
    client: Redis
    broker: RedisBroker
    bell: Bell


@dataclass(frozen=True, slots=True)
class Capacity:
    """How much one process does at once, how often it looks when idle, how long a stop may take."""

    in_flight: int
    threads: int
    poll_ms: int
    stop_within_s: float = 30.0


def open_edges(
    *, name: str, database_url: str, redis_url: str, namespace: str, window: int
) -> Edges:
    """Open every way out; nothing is reached before it is used."""
    client = open_redis(redis_url)
    broker = open_broker(client, namespace=namespace)
    return Edges(open_engine(database_url, name=name), client, broker, Bell(broker, window=window))


async def run_worker(
    edges: Edges,
    *,
    service: str,
    step: Step,
    pace: GivesPermits,
    work: Work,
    capacity: Capacity,
    tempo: Tempo | None = None,
    calendar: Calendar = NO_WINDOWS,
    close: Callable[[], Awaitable[None]] | None = None,
) -> None:
    """Answer doorbells for one step until SIGTERM, then close what the work had opened."""
    tempo, slots = tempo or Tempo(), Slots(capacity.in_flight)
    IN_FLIGHT.labels(step).set_function(lambda: slots.in_flight)
    life = await born(edges.engine, service=service, tempo=tempo)
    record = partial(saving.save, edges.engine, actor=f"service:{service}")
    bell = HonestBell(edges.bell, partial(claiming.unring, edges.engine))
    saver = Saver(record, bell, slots)
    batches = Batches(
        step=step,
        engine=edges.engine,
        pace=pace,
        work=work,
        slots=slots,
        saver=saver,
        life=life,
        tempo=tempo,
        switches=Switchboard(edges.engine, calendar),
    )
    process = WorkerProcess(
        step=step,
        broker=edges.broker,
        batches=batches,
        life=life,
        threads=capacity.threads,
        stop_within_s=capacity.stop_within_s,
    )
    try:
        await process.run(poll_ms=capacity.poll_ms, beside=saver.run)
    finally:
        if close is not None:
            await close()
        edges.engine.dispose()
