"""The scene: the real stack, with a proxy before each server and a second portal that is told."""

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import redis
from sqlalchemy import Engine, text
from sqlalchemy.engine import make_url

from services.command.demo.town import plan as town
from services.command.founding import found
from services.command.records import webhooks
from services.command.records.book import Hand
from services.command.running import Choices, Running, running
from services.command.stack.home import Home
from services.command.stack.redis import Kind
from shared.portal_keys import mint_key
from shared.sealing import KeyRing
from shared.store.engine import open_engine
from tests.chaos.proxy import Proxy

COPIES = 2
TOLD = "ville-prevenue"  # the portal that has a webhook
_A_MINUTE = 60_000  # requests of a portal: retries are not what is tried here
_VARIABLES = {"postgres": "BERCEAU_DATABASE_URL", "redis": "BERCEAU_REDIS_URL"}


@dataclass
class Scene:
    """A running stack, the ways into it, and the ways around the proxies for who looks on."""

    stack: Running
    proxies: Mapping[str, Proxy]
    engine: Engine
    redis: "redis.Redis"
    told_key: str


def choices(seed: int, population: int) -> Choices:
    """Two of each process, a State that takes its time, on a real Redis."""
    copies = dict.fromkeys(("intake", "verifier", "tariff", "notifier", "scheduler"), COPIES)
    return Choices(
        population=population,
        seed=seed,
        copies=copies,
        latency_ms=100,
        first_retry_s=0.1,
        redis=Kind.REAL,
    )


@contextmanager
def scene(home: Home, seed: int, population: int) -> Iterator[Scene]:
    """Start everything; stop everything at the end of the block."""
    with ExitStack() as opened:
        ways = _Ways(opened)
        stack = opened.enter_context(running(home, choices(seed, population), through=ways.through))
        engine = open_engine(ways.straight["postgres"], name="chaos", connections=4)
        opened.callback(engine.dispose)
        client = redis.Redis.from_url(ways.straight["redis"], socket_timeout=5)
        opened.callback(client.close)
        yield Scene(stack, ways.proxies, engine, client, _second_portal(stack, engine))


class _Ways:
    """Puts a proxy before PostgreSQL and one before Redis, and remembers the straight ways."""

    def __init__(self, opened: ExitStack) -> None:
        self._opened = opened
        self.proxies: dict[str, Proxy] = {}
        self.straight: dict[str, str] = {}

    def through(self, env: Mapping[str, str]) -> Mapping[str, str]:
        return {**env, **{name: self._way(what, env[name]) for what, name in _VARIABLES.items()}}

    def _way(self, what: str, straight: str) -> str:
        port = make_url(straight).port
        assert port is not None
        proxy = self._opened.enter_context(Proxy(port))
        self.proxies[what], self.straight[what] = proxy, straight
        return straight.replace(f":{port}/", f":{proxy.number}/")


def _second_portal(stack: Running, engine: Engine) -> str:
    kept = json.loads((stack.home.folder("secrets") / "demo.json").read_text())
    key, key_hash = mint_key()
    asked = town(token=kept["token"], key_hash=key_hash, pace=400)
    found(engine, _ring(stack), replace(asked, portal=TOLD))
    with engine.begin() as connection:
        connection.execute(text("UPDATE portals SET requests_per_minute = :n"), {"n": _A_MINUTE})
    return key


def tell_at(scene: Scene, url: str) -> None:
    """Set the webhook of the portal that is told; what waits for it goes at once."""
    with scene.engine.begin() as connection:
        hand = Hand("command:chaos", datetime.now(UTC))
        webhooks.set_url(connection, hand, _ring(scene.stack), TOLD, url, loopback=True)


def _ring(stack: Running) -> KeyRing:
    return KeyRing.read(Path(stack.env["BERCEAU_KEY_RING_FILE"]))
