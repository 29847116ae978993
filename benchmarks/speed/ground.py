"""The ground: the stack that all contestants stand on, with nobody at work.

PostgreSQL, Redis and the portal's door are started as `make up` starts them; whoever works on
applications is started for his turn and ended after it. The responder answers for the State.
"""

import asyncio
import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import make_url

from benchmarks.speed.families import Family, families
from benchmarks.speed.place import Place
from benchmarks.speed.planting import Plot
from services.command.demo.town import plan
from services.command.home_secrets import kept_in, key_ring_file
from services.command.running import Choices, Running, running
from services.command.stack import roles
from services.command.stack.credentials import credentials
from services.command.stack.errors import StackError
from services.command.stack.home import Home
from services.command.stack.ports import HOST, reserve
from services.command.stack.program import Program
from services.command.stack.readiness import answers
from services.command.stack.redis import Kind
from services.verifier.contract import Access, Client
from services.verifier.eaje import eaje
from services.verifier.provider.client import DEFAULT_PATIENCE, open_http
from services.verifier.roles import next_asking
from shared.evidence import EAJE_SOURCE
from shared.protocol.recording import Told
from shared.sealing import KeyRing
from shared.store.engine import open_engine

ROOT = Path(__file__).parents[2]
POPULATION = 2_000
SEED = 7
LATENCY_MS = 20
PACE = 10_000  # calls a second: nobody waits for a permit
_CALLS_A_MINUTE = 1_000_000
_IN_FLIGHT = 64
_AWAY = ("verifier", "tariff", "notifier", "scheduler")


@dataclass(frozen=True, slots=True, repr=False)
class Ground:
    """Where the contestants stand."""

    stack: Running
    place: Place
    plot: Plot
    known: Sequence[Family]
    calls_per_s: float

    @property
    def environment(self) -> dict[str, str]:
        """What a process of the product is told."""
        return {**self.stack.env, "BERCEAU_PROVIDER_URL": self.place.provider_url}

    def start(self, *programs: Program) -> None:
        """Start whoever works."""
        self.stack.supervisor.start(*programs)


@contextmanager
def ground(home: Home) -> Iterator[Ground]:
    """Everything but the contestants, until the end of the block.

    Raises:
        StackError: something does not start, or the machine has no redis-server.
    """
    with running(home, _choices()) as stack:
        if stack.redis_kind is not Kind.REAL:
            raise StackError(
                "redis-server est nécessaire : la mesure compare deux files sur Redis."
            )
        place = _place(stack)
        stack.supervisor.start(_responder(place))
        known = families(place.provider_url, POPULATION)
        engine = open_engine(stack.database_url, name="speed", connections=4)
        owner = open_engine(_owner_url(stack), name="speed-owner", connections=1)
        plot = Plot(engine, owner, KeyRing.read(place.key_ring), stack.founded)
        asyncio.run(_ask_all(place, known))
        try:
            yield Ground(stack, place, plot, known, asyncio.run(_ask_all(place, known)))
        finally:
            engine.dispose()
            owner.dispose()


def _choices() -> Choices:
    """The shipped settings; only the State's limits are lifted."""
    return Choices(
        copies=dict.fromkeys(_AWAY, 0),
        pace=PACE,
        egress_per_minute=_CALLS_A_MINUTE,
        first_retry_s=10.0,
        deadline_s=25.0,
    )


def _place(stack: Running) -> Place:
    return Place(
        database_url=stack.database_url,
        broker_url=f"{stack.redis_url.rpartition('/')[0]}/1",
        key_ring_file=str(key_ring_file(stack.home)),
        provider_url=f"http://{HOST}:{reserve().release()}",
        token=kept_in(stack.home)["token"],
        recipient=plan(token="", key_hash=b"", pace=PACE).access.recipient,
    )


def _responder(place: Place) -> Program:
    port = place.provider_url.rpartition(":")[2]
    figures = {"port": port, "population": POPULATION, "seed": SEED, "latency-ms": LATENCY_MS}
    return Program(
        name="responder",
        argv=[
            *(sys.executable, "-m", "benchmarks.speed.responder"),
            *(f"--{name}={figure}" for name, figure in figures.items()),
        ],
        env={**os.environ, "BERCEAU_SIMULATOR_TOKEN": place.token},
        cwd=ROOT,
        ready=answers(int(port), "/api/ping"),
        patience=60,
    )


def _owner_url(stack: Running) -> str:
    """Who may empty tables; the services may not."""
    kept = credentials(stack.home.folder("secrets") / "postgres.json")
    url = make_url(stack.database_url).set(username=roles.OWNER, password=kept.owner)
    return url.render_as_string(hide_password=False)


async def _ask_all(place: Place, known: Sequence[Family]) -> float:
    """Ask about every family with the product's client; calls a second."""
    waiting = iter(known)
    async with open_http(connections=_IN_FLIGHT) as http:
        access = Access(place.token, place.recipient, http, _IN_FLIGHT, DEFAULT_PATIENCE)
        async with eaje(place.provider_url).open(access) as client:
            began = time.perf_counter()
            calls = await asyncio.gather(*(_ask(client, waiting) for _ in range(_IN_FLIGHT)))
            return sum(calls) / (time.perf_counter() - began)


async def _ask(client: Client, waiting: Iterator[Family]) -> int:
    """Ask about one family after the other, as long as some wait; how many calls."""
    return sum([await _asked(client, family) for family in waiting])


async def _asked(client: Client, family: Family) -> int:
    """Ask about the applicant, then about another representative if need be; how many calls."""
    first = next_asking(family.application, EAJE_SOURCE, ())
    outcome = await client.verify(first.application, datetime.now(UTC))
    told = Told(type(outcome).__name__, first.recorded)
    then = next_asking(family.application, EAJE_SOURCE, (told,))
    if then.role is first.role:
        return 1
    await client.verify(then.application, datetime.now(UTC))
    return 2
