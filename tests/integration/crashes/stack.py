"""A hurried stack: every service as processes of its own, on real PostgreSQL and Redis.

Whatever ends is started again at once, and each service takes orders to crash from a folder.
"""

import contextlib
import os
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from sqlalchemy import Engine, text

from services.command.stack import roles
from services.command.stack.ports import HOST, reserve
from services.command.stack.postgres import EmbeddedPostgres
from services.command.stack.redis import EmbeddedRedis
from shared.crash_points import Point
from shared.crashing import LICENCE, Way, licence
from shared.protocol.seals import SealKey
from shared.sealing import KeyRing
from shared.store.engine import open_engine
from shared.store.migrating import migrate
from tests.integration.crashes.hurried import LIFE_S
from tests.integration.notifier.receiver import Receiver, receiving

HURRIED = Path(__file__).with_name("hurried.py")
COPIES = {"intake": 1, "verifier": 2, "tariff": 2, "notifier": 2, "scheduler": 2}
HANG_S = LIFE_S + 0.8
_OTHERS = ("sealer", "command")
_TICK_S = 0.03
_LIVING = text("SELECT pid FROM workers WHERE service = :service AND alive_until > now()")


@dataclass
class Stack:
    """Where everything is, and what a test does to it."""

    home: Path
    env: Mapping[str, str]
    engine: Engine
    owner: Engine
    ring: KeyRing
    token: str
    receiver: Receiver
    running: "list[tuple[str, subprocess.Popen[bytes]]]" = field(default_factory=list)
    commands: "list[subprocess.Popen[bytes]]" = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)
    lock: threading.RLock = field(default_factory=threading.RLock)

    @property
    def intake_url(self) -> str:
        return f"http://{HOST}:{self.env['BERCEAU_INTAKE_PORT']}"

    @property
    def simulator_url(self) -> str:
        return self.env["BERCEAU_PROVIDER_URL"]

    def orders(self, service: str) -> Path:
        return self.home / "orders" / service

    def order(self, service: str, point: Point, way: Way) -> None:
        """Have the first process of a service that passes a point crash there."""
        written = self.orders(service) / f"{point}.new"
        written.write_text(way, "utf-8")
        written.rename(self.orders(service) / point)

    def taken(self, service: str, point: Point) -> int | None:
        """The process that obeyed."""
        try:
            return int((self.orders(service) / f"{point}.taken").read_text("utf-8"))
        except FileNotFoundError:
            return None

    def clear_orders(self) -> None:
        for folder in (self.home / "orders").iterdir():
            for one in folder.iterdir():
                if one.name != LICENCE:
                    one.unlink(missing_ok=True)

    def pids(self, service: str) -> list[int]:
        with self.lock:
            return [one.pid for name, one in self.running if name == service]

    def living(self, service: str) -> set[int]:
        """Those of its processes that live in the record: what only just started does not yet."""
        with self.engine.connect() as connection:
            found = set(connection.execute(_LIVING, {"service": service}).scalars())
        return found & set(self.pids(service))

    @staticmethod
    def send(pid: int, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)

    def start(self, service: str) -> None:
        env = {**self.env, "BERCEAU_CRASH_FOLDER": str(self.orders(service))}
        with self.lock, (self.home / f"{service}.log").open("ab") as log:
            argv = [sys.executable, str(HURRIED), service]
            process = subprocess.Popen(argv, env=env, stdout=log, stderr=log)
            self.running.append((service, process))

    def run_command(self, *words: str, within_s: float = 60) -> "subprocess.Popen[bytes]":
        """A person's command, until it ends or stands still."""
        env = {**self.env, "BERCEAU_CRASH_FOLDER": str(self.orders("command"))}
        with (self.home / "command.log").open("ab") as log:
            argv = [sys.executable, str(HURRIED), "command", *words]
            process = subprocess.Popen(argv, env=env, stdout=log, stderr=log)
        self.commands.append(process)
        deadline = time.monotonic() + within_s
        while process.poll() is None and not _is_stopped(process.pid):
            assert time.monotonic() < deadline, words
            time.sleep(_TICK_S)
        return process

    def await_commands(self, within_s: float = 60) -> None:
        """Wait until every command of a person has ended."""
        for command in self.commands:
            command.wait(within_s)

    def end(self, service: str) -> None:
        """End every process of a service for good."""
        with self.lock:
            leaving = [one for name, one in self.running if name == service]
            self.running = [pair for pair in self.running if pair[0] != service]
        for one in leaving:
            one.kill()
            one.wait()

    def keep_running(self) -> None:
        """Start again what ended, until over."""
        while not self.over.wait(_TICK_S):
            with self.lock:
                for pair in [p for p in self.running if p[1].poll() is not None]:
                    self.running.remove(pair)
                    self.start(pair[0])

    def go_on(self, service: str, point: Point) -> None:
        """Let what stands still go on once it was thought dead."""
        pid = self.until(lambda: self.taken(service, point), f"{service} passes {point}")
        time.sleep(HANG_S)
        self.send(pid, signal.SIGCONT)

    @staticmethod
    def until(look: "Callable[[], object]", what: str, *, within_s: float = 60) -> "int":
        """What `look` gives once it gives something."""
        deadline = time.monotonic() + within_s
        while not (seen := look()):
            assert time.monotonic() < deadline, f"not within {within_s:.0f} s: {what}"
            time.sleep(0.05)
        return seen  # type: ignore[return-value]


def _is_stopped(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text("utf-8")
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] == "T"


@contextmanager
def hurried_stack(postgres: EmbeddedPostgres, home: Path) -> Iterator[Stack]:
    """Start everything; nothing is left at the end."""
    name = f"crash_{secrets.token_hex(4)}"
    roles.create_database(postgres.superuser_url, name)
    with ExitStack() as cleaning:
        cleaning.callback(roles.drop_database, postgres.superuser_url, name)
        owner_url, url = postgres.owner_url_of(name), postgres.service_url_of(name)
        migrate(owner_url, service_url=url)
        redis = cleaning.enter_context(EmbeddedRedis(home / "redis"))
        token = secrets.token_urlsafe(24)
        simulator = cleaning.enter_context(_simulator(token, home))
        env = _environment(home, url, redis.url, simulator)
        engine, owner = (open_engine(u, name="test", connections=4) for u in (url, owner_url))
        cleaning.callback(engine.dispose)
        cleaning.callback(owner.dispose)
        receiver = cleaning.enter_context(receiving())
        ring = KeyRing.read(Path(env["BERCEAU_KEY_RING_FILE"]))
        stack = Stack(home, env, engine, owner, ring, token, receiver)
        yield from _running(stack)


def _running(stack: Stack) -> Iterator[Stack]:
    for service in (*COPIES, *_OTHERS):
        stack.orders(service).mkdir(mode=0o700, parents=True)
        record = licence(stack.env["BERCEAU_DATABASE_URL"])
        (stack.orders(service) / LICENCE).write_text(record, "utf-8")
    for service, copies in COPIES.items():
        for _ in range(copies):
            stack.start(service)
    keeping = threading.Thread(target=stack.keep_running)
    keeping.start()
    try:
        _wait(f"{stack.intake_url}/readyz")
        yield stack
    finally:
        stack.over.set()
        keeping.join()
        for service in {name for name, _ in stack.running}:
            stack.end(service)
        for command in stack.commands:
            command.kill()
            command.wait()


@contextmanager
def _simulator(token: str, home: Path) -> Iterator[str]:
    port = reserve().release()
    options = (f"--port={port}", "--rate-limit=0", "--address-limit=0", "--ban-after=0")
    argv = [sys.executable, "-m", "services.simulator", *options, "--no-windows"]
    env = {**_inherited(), "BERCEAU_SIMULATOR_TOKEN": token}
    with (home / "simulator.log").open("ab") as log:
        process = subprocess.Popen(argv, env=env, stdout=log, stderr=log)
    try:
        _wait(f"http://{HOST}:{port}/api/ping")
        yield f"http://{HOST}:{port}"
    finally:
        process.kill()
        process.wait()


def _wait(url: str) -> None:
    deadline = time.monotonic() + 180
    while True:
        try:
            if httpx.get(url, trust_env=False, timeout=5).status_code < 500:
                return
        except httpx.TransportError:
            pass
        assert time.monotonic() < deadline, url
        time.sleep(0.05)


def _environment(home: Path, url: str, redis_url: str, simulator: str) -> dict[str, str]:
    KeyRing.new("test").write(home / "ring.json")
    SealKey.new().write(home / "seal.pem")
    return {
        **_inherited(),
        "BERCEAU_DATABASE_URL": url,
        "BERCEAU_REDIS_URL": redis_url,
        "BERCEAU_KEY_RING_FILE": str(home / "ring.json"),
        "BERCEAU_SEAL_KEY_FILE": str(home / "seal.pem"),
        "BERCEAU_PROVIDER_URL": simulator,
        "BERCEAU_EGRESS_PER_MINUTE": "1000000",
        "BERCEAU_MAINTENANCE": "false",
        "BERCEAU_WEBHOOK_LOOPBACK": "true",
        "BERCEAU_PROVIDER_FIRST_RETRY_S": "0.3",
        "BERCEAU_PROVIDER_DEADLINE_S": "5",
        "BERCEAU_POLL_MS": "100",
        "BERCEAU_WORKER_THREADS": "4",
        "BERCEAU_STOP_WITHIN_S": "0",
        "BERCEAU_DRAIN_S": "0",
        "BERCEAU_INTAKE_PORT": str(reserve().release()),
    }


def _inherited() -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("BERCEAU_")}
    return {**own, "PYTHONPATH": str(Path(__file__).parents[3])}
