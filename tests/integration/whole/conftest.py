"""The whole stack, as `make demo` runs it, with a run of families beside the test."""

import asyncio
import json
import os
import secrets
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import redis
from sqlalchemy import Engine, text

from services.command.demo.run import Order, run
from services.command.demo.verdict import Verdict
from services.command.running import Choices, Running, running
from services.command.stack.account import unprivileged
from services.command.stack.home import Home
from shared.protocol.switching import pause
from shared.queue.bell import queue_of
from shared.states import Lane, Step
from shared.store.engine import open_engine


@dataclass
class Whole:
    """A running stack, and what tests do to it."""

    stack: Running
    engine: Engine
    redis: "redis.Redis"
    killed: list[int] = field(default_factory=list)

    def order(self, applications: int, *, settle_within_s: float) -> Order:
        return Order(
            applications=applications,
            intake_url=self.stack.intake_url,
            simulator_url=self.stack.simulator_url,
            portal_key=self.stack.portal_key,
            settle_within_s=settle_within_s,
            run_key=secrets.token_hex(4),
        )

    @contextmanager
    def under_way(
        self, applications: int, *, settle_within_s: float = 90
    ) -> Iterator["Future[Verdict]"]:
        """Families are handed in while the block runs; then everything is waited for."""
        order = self.order(applications, settle_within_s=settle_within_s)
        with ThreadPoolExecutor(1) as pool:
            yield pool.submit(lambda: asyncio.run(run(order)))

    def one(self, query: str, **values: Any) -> Any:
        """The first column of the first row; None when there is none."""
        with self.engine.connect() as connection:
            return connection.execute(text(query), values).scalar()

    def kill_a_verifier_that_holds(self) -> int:
        """kill -9 one that holds at least one claim; how many it held."""
        pid = self.until(lambda: self.one(_A_HOLDER, killed=self.killed))
        os.kill(pid, signal.SIGKILL)
        self.killed.append(pid)
        held: int = self.one(_HELD_BY, pid=pid)
        return held

    def flush_once_it_holds(self, ids: int) -> int:
        """FLUSHALL as soon as doorbells name so many applications; how many it removed."""
        held = self.until(lambda: held if (held := self.ids_in_redis()) >= ids else None)
        self.redis.flushall()
        return int(held)

    def ids_in_redis(self) -> int:
        """How many applications the waiting doorbells name."""
        return sum(len(self.named_in_redis(step)) for step in Step)

    def named_in_redis(self, step: Step) -> list[str]:
        """The ids that the doorbells of a step name, as often as they do."""
        messages: list[Any] = []
        for lane in Lane:
            messages += self.redis.hvals(f"berceau:{queue_of(step, lane)}.msgs")
        return [id_ for message in messages for id_ in _ids_of(message)]

    def column(self, query: str, **values: Any) -> list[Any]:
        """The first column of every row."""
        with self.engine.connect() as connection:
            return list(connection.execute(text(query), values).scalars())

    def silence_the_bells(self) -> None:
        """Switch the scheduler's ringing off, as ops can."""
        pause(self.engine, "ringing", until=None, reason="essai", by="test")

    @staticmethod
    def until(look: Callable[[], Any], *, within_s: float = 30) -> Any:
        """What `look` gives once it gives something."""
        deadline = time.monotonic() + within_s
        while not (seen := look()):
            assert time.monotonic() < deadline, "it never happened"
            time.sleep(0.01)
        return seen


_A_HOLDER = """
    SELECT w.pid FROM applications a JOIN workers w ON w.id = a.claimed_by
    WHERE w.service = 'verifier' AND w.alive_until > now() AND w.pid <> ALL(:killed)
    GROUP BY w.pid HAVING count(*) > 3 LIMIT 1
"""
_HELD_BY = """
    SELECT count(*) FROM applications a JOIN workers w ON w.id = a.claimed_by WHERE w.pid = :pid
"""


def _ids_of(message: bytes) -> Sequence[str]:
    ids: Sequence[str] = json.loads(message)["kwargs"]["doorbell"]["ids"]
    return ids


Start = Callable[[Choices], Any]


@pytest.fixture
def whole(tmp_path: Path) -> Iterator[Start]:
    """Starts a stack of the test's choice in a home of its own."""
    home = Home(tmp_path / "home")

    @contextmanager
    def start(choices: Choices) -> Iterator[Whole]:
        with running(home, choices) as stack:
            engine = open_engine(stack.database_url, name="test", connections=4)
            client = redis.Redis.from_url(stack.redis_url)
            yield Whole(stack, engine, client)
            client.close()
            engine.dispose()

    yield start
    home.erase(unprivileged())
