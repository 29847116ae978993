"""The contestants: each is started, drains what is planted, and says where all came to rest."""

import json
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol
from uuid import UUID

from sqlalchemy import text

from benchmarks.speed.celery_peer import QUEUE, chained, peer
from benchmarks.speed.ground import ROOT, Ground
from benchmarks.speed.judging import Rest
from services.command.stack.errors import StackError
from services.command.stack.program import Program

_LOOK_S = 0.2
_LONGEST_S = 300.0
_RESTS = text("SELECT id, status, reason FROM applications")
_OPEN = text("SELECT count(*) FROM applications WHERE status IN ('RECEIVED', 'VERIFIED')")
_MOVED = text("SELECT min(moved_at), max(moved_at) FROM applications WHERE moved_at > received_at")
_WRITTEN = text("SELECT min(recorded_at), max(recorded_at) FROM verifications")


class Contestant(Protocol):
    """One way of draining the table."""

    @property
    def processes(self) -> tuple[str, ...]:
        """The names of its own processes, by which their CPU is told."""

    def pids(self, name: str) -> Iterable[int]:
        """The processes of one name."""

    def drain(self, ids: Iterable[UUID], due: datetime) -> None:
        """Drain what is planted and due from a moment on."""

    def rests(self) -> Mapping[UUID, Rest]:
        """Where each application came to rest."""

    def window(self) -> tuple[datetime, datetime]:
        """When the first settled, and the last (UTC)."""


class _InTheTable:
    """Who moves applications: the table says when all is done, and where it came to rest."""

    processes: tuple[str, ...] = ()

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    def pids(self, name: str) -> Iterable[int]:
        return self._ground.stack.supervisor.pids(name)

    def rests(self) -> Mapping[UUID, Rest]:
        with self._ground.plot.engine.connect() as connection:
            rows = connection.execute(_RESTS).all()
        return {row.id: Rest(row.status, row.reason) for row in rows}

    def window(self) -> tuple[datetime, datetime]:
        with self._ground.plot.engine.connect() as connection:
            first, last = connection.execute(_MOVED).one()
        return first, last

    def _until_drained(self) -> None:
        deadline = time.monotonic() + _LONGEST_S
        with self._ground.plot.engine.connect() as connection:
            while connection.execute(_OPEN).scalar_one():
                connection.rollback()
                if time.monotonic() > deadline:
                    raise StackError("le banc n’est pas vidé en cinq minutes")
                time.sleep(_LOOK_S)


class Product(_InTheTable):
    """Berceau: one process of each service, as it ships."""

    processes = ("verifier", "tariff", "scheduler", "notifier")

    def drain(self, ids: Iterable[UUID], due: datetime) -> None:  # noqa: ARG002
        wait_until(due)
        self._until_drained()


@contextmanager
def product(ground: Ground) -> Iterator[Product]:
    """The product at work, until the end of the block."""
    env, names = ground.environment, Product.processes
    programs = [
        Program(name=name, argv=[sys.executable, "-m", f"services.{name}"], env=env, grace=35)
        for name in names
    ]
    ground.start(*programs)
    try:
        yield Product(ground)
    finally:
        for name in names:
            ground.stack.supervisor.stop(name)


@dataclass(frozen=True, slots=True)
class Manner:
    """How Celery works: its kind of pool, how many at once, how many messages each fetches."""

    pool: str
    concurrency: int
    prefetch: int = 1

    def __str__(self) -> str:
        return f"{self.pool} x {self.concurrency}, prefetch {self.prefetch}"


class CeleryPeer(_InTheTable):
    """Celery, as `benchmarks.speed.celery_peer` has it."""

    processes = ("celery",)

    def __init__(self, ground: Ground) -> None:
        super().__init__(ground)
        self._app = peer(ground.place.broker_url)

    def drain(self, ids: Iterable[UUID], due: datetime) -> None:
        """Send every chain first, then let the worker hear them."""
        self._app.control.cancel_consumer(QUEUE, reply=True)
        for id_ in ids:
            chained(self._app, id_)
        wait_until(due)
        self._app.control.add_consumer(QUEUE, reply=True)
        self._until_drained()

    def wait_ready(self) -> None:
        """Until the worker answers."""
        deadline = time.monotonic() + 60
        while not self._app.control.ping(timeout=0.5):
            if time.monotonic() > deadline:
                raise StackError("Celery ne démarre pas")


@contextmanager
def celery(ground: Ground, manner: Manner) -> Iterator[CeleryPeer]:
    """A worker of Celery, until the end of the block."""
    threads = manner.concurrency if manner.pool == "threads" else 1
    env = {
        **ground.stack.env,
        **ground.place.environment(),
        "SPEED_THREADS": str(threads),
        "SPEED_PREFETCH": str(manner.prefetch),
    }
    argv = [
        *(sys.executable, "-m", "celery", "-A", "benchmarks.speed.celery_worker", "worker"),
        *("--pool", manner.pool, "--concurrency", str(manner.concurrency)),
        *("--loglevel", "WARNING", "--without-gossip", "--without-mingle", "--without-heartbeat"),
    ]
    ground.start(Program(name="celery", argv=argv, env=env, cwd=ROOT))
    try:
        contestant = CeleryPeer(ground)
        contestant.wait_ready()
        yield contestant
    finally:
        ground.stack.supervisor.stop("celery")


class BareLoop:
    """Bare loops, each with its share of the table."""

    processes = ("bare_loop",)

    def __init__(self, ground: Ground, loops: list["subprocess.Popen[str]"]) -> None:
        self._ground = ground
        self._loops = loops
        self._rests: dict[UUID, Rest] = {}

    def pids(self, name: str) -> Iterable[int]:  # noqa: ARG002 - it has one name
        return [loop.pid for loop in self._loops]

    def drain(self, ids: Iterable[UUID], due: datetime) -> None:  # noqa: ARG002
        wait_until(due)
        for loop in self._loops:
            _write(loop, "go\n")
        told = [json.loads(_line(loop)) for loop in self._loops]
        self._rests = {UUID(id_): Rest(*rest) for share in told for id_, rest in share.items()}

    def rests(self) -> Mapping[UUID, Rest]:
        return self._rests

    def window(self) -> tuple[datetime, datetime]:
        with self._ground.plot.engine.connect() as connection:
            first, last = connection.execute(_WRITTEN).one()
        return first, last


@contextmanager
def bare_loop(ground: Ground, loops: int) -> Iterator[BareLoop]:
    """So many bare loops, until the end of the block."""
    env = {**ground.stack.env, **ground.place.environment()}
    argv = [sys.executable, "-m", "benchmarks.speed.bare_loop"]
    started = [
        subprocess.Popen(
            [*argv, str(share), str(loops)],
            env=env,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for share in range(loops)
    ]
    try:
        for loop in started:
            _line(loop)
        yield BareLoop(ground, started)
    finally:
        for loop in started:
            _write(loop, "end\n")
        for loop in started:
            loop.wait(timeout=30)


def wait_until(moment: datetime) -> None:
    """Sleep until a moment (UTC)."""
    time.sleep(max(0.0, (moment - datetime.now(UTC)).total_seconds()))


def _write(loop: "subprocess.Popen[str]", words: str) -> None:
    assert loop.stdin is not None  # noqa: S101 - a pipe
    loop.stdin.write(words)
    loop.stdin.flush()


def _line(loop: "subprocess.Popen[str]") -> str:
    assert loop.stdout is not None  # noqa: S101 - a pipe
    line = loop.stdout.readline()
    if not line:
        raise StackError("une boucle nue s’est arrêtée")
    return line
