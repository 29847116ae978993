"""A record whose portal has a webhook, a receiver behind it, and notifiers in between."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from services.command.records import webhooks
from services.command.records.book import Hand
from services.notifier.resolving import system_lookup
from services.notifier.sending import Sender
from services.notifier.work import Notifier
from shared.protocol import saving
from shared.protocol.delivering import mending
from shared.protocol.saving import Move
from shared.protocol.tempo import Tempo
from shared.states import Reason, Status, Step
from shared.working.life import Life
from tests.integration.notifier.receiver import Receiver, receiving

if TYPE_CHECKING:
    from tests.conftest import Database
    from tests.integration.conftest import Record

PORTAL = "arles-famille"
HAND = Hand("command:test", datetime(2026, 11, 23, tzinfo=UTC))
_BRISK = Tempo(heartbeat=timedelta(seconds=0.5), life=timedelta(seconds=1.5))


@dataclass
class Post:
    """A record, its portal's receiver and secret, and what happens to applications."""

    record: "Record"
    receiver: Receiver
    secret: str

    def change(self, ids: Sequence[UUID]) -> None:
        """One change of each that is due: verified, or decided, or given to a person."""
        for step, end in ((Step.VERIFY, Status.VERIFIED), (Step.PRICE, Status.DECIDED)):
            moves = [self._move(held, end) for held in self.record.claim(ids, step=step)]
            saving.save(self.record.engine, moves, actor="test")
            if moves:
                return

    def _move(self, held: Any, end: Status) -> Move:
        decided = self.record.decision() if end is Status.DECIDED else None
        due = datetime.now(UTC) if end is Status.VERIFIED else None
        return Move(
            application_id=held.id,
            claim=held.claim,
            was=held.status,
            now=end,
            due_at=due,
            decided=decided,
        )

    def to_review(self, ids: Sequence[UUID], reason: Reason) -> None:
        moves = [self.record.reviewed(held, reason=reason) for held in self.record.claim(ids)]
        saving.save(self.record.engine, moves, actor="test")

    def deliveries(self) -> list[tuple[str, int, str | None]]:
        """Status, tries and outcome of each, in the order of the changes."""
        query = "SELECT status, attempts, outcome FROM deliveries ORDER BY application_id, sequence"
        return [tuple(row) for row in self.record.rows(query)]

    def make_due(self) -> None:
        """Let the time of every wait have come."""
        with self.record.engine.begin() as connection:
            mending.hurry(connection, self.record.founded.portal)

    def notifier(self, *, deadline_s: float = 5.0) -> Notifier:
        """One more notifier, in this process."""
        sender = Sender(
            system_lookup,
            clock=lambda: datetime.now(UTC),
            loopback=True,
            deadline_s=deadline_s,
        )
        life = Life(self.record.engine, service="notifier", tempo=_BRISK)
        return Notifier(self.record.engine, self.record.ring, sender, life, chance=Random(1))

    @asynccontextmanager
    async def running(self, *notifiers: Notifier) -> AsyncIterator[None]:
        """These notifiers at work; at the end they stop as on an order."""
        stop = asyncio.Event()
        beats = [asyncio.create_task(one._life.run()) for one in notifiers]
        works = [asyncio.create_task(one.run(stop, stop_within_s=0.2)) for one in notifiers]
        try:
            yield
        finally:
            stop.set()
            await asyncio.gather(*works)
            for beat in beats:
                beat.cancel()
            for one in notifiers:
                await one._sender.close()

    async def until(self, done: Callable[[], bool], *, within_s: float = 20.0) -> None:
        """Wait for something to come true."""
        deadline = time.monotonic() + within_s
        while not await asyncio.to_thread(done):
            assert time.monotonic() < deadline, self.deliveries()
            await asyncio.sleep(0.05)

    def settled(self) -> bool:
        """Whether nothing waits any more."""
        return not self.record.one("SELECT count(*) FROM deliveries WHERE status = 'WAITING'")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as one:
        yield one


@pytest.fixture
def post(record: "Record", receiver: Receiver) -> Post:
    """Arles, whose portal is told at the receiver."""
    with record.engine.begin() as connection:
        done = webhooks.set_url(connection, HAND, record.ring, PORTAL, receiver.url, loopback=True)
    assert done.secret
    return Post(record, receiver, done.secret)


@pytest.fixture
def process(
    post: Post, migrated: "Database", tmp_path: Path
) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Starts real notifiers; those left are killed."""
    post.record.ring.write(tmp_path / "ring.json")
    env = {
        **os.environ,
        "BERCEAU_DATABASE_URL": migrated.service_url,
        "BERCEAU_REDIS_URL": "redis://127.0.0.1:1",  # it does without
        "BERCEAU_KEY_RING_FILE": str(tmp_path / "ring.json"),
        "BERCEAU_WEBHOOK_LOOPBACK": "true",
    }
    started: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        argv = [sys.executable, "-m", "services.notifier"]
        started.append(subprocess.Popen(argv, env=env, stderr=subprocess.PIPE))
        return started[-1]

    yield start
    for one in started:
        one.kill()
        one.communicate()
