"""The whole of Berceau on this machine: every process under one supervisor, as in production.

`make demo`, `make up` and the tests of the real stack run this and nothing else: the same
commands and variables as a deployment, with PostgreSQL, Redis and the simulator started for it.
"""

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from services.command.demo.town import plan
from services.command.founding import Founded, found
from services.command.home_secrets import (
    index_key_file,
    kept_in,
    key_ring_file,
    seal_key_file,
)
from services.command.stack.home import Home
from services.command.stack.ports import HOST, reserve
from services.command.stack.postgres import EmbeddedPostgres
from services.command.stack.program import Program
from services.command.stack.readiness import answers
from services.command.stack.redis import EmbeddedRedis, Kind
from services.command.stack.supervisor import Supervisor
from shared.portal_keys import hash_of
from shared.sealing import KeyRing
from shared.store.engine import open_engine

_FAKE_REDIS_POLL_MS = 200  # fakeredis burns a third of a core when polled at 50 ms
_GRACE_S = 35.0  # longer than a worker takes to finish what is in flight
_SERVICES = ("intake", "verifier", "tariff", "notifier", "scheduler")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What a run of the stack is like."""

    population: int = 200
    seed: int = 7
    copies: Mapping[str, int] | None = None
    pace: int = 400
    egress_per_minute: int = 1_000_000
    latency_ms: int = 20
    console: bool = False
    ring_window: int = 16
    first_retry_s: float = 0.1
    deadline_s: float = 3.0
    redis: Kind | None = None
    drain_s: float = 0
    stop_within_s: float = 30
    intake_port: int | None = None
    console_port: int | None = None
    more: Mapping[str, Mapping[str, str]] | None = None  # settings of services, by name


@dataclass(frozen=True, slots=True, repr=False)
class Running:
    """A stack that runs: where everything is, and the supervisor that keeps it so."""

    supervisor: Supervisor
    home: Home
    env: Mapping[str, str]
    founded: Founded
    portal_key: str
    intake_urls: Sequence[str]
    simulator_url: str
    console_url: str | None
    redis_kind: Kind

    @property
    def intake_url(self) -> str:
        """The first intake; each further copy is a program of its own, `intake-2` and so on."""
        return self.intake_urls[0]

    @property
    def database_url(self) -> str:
        return self.env["BERCEAU_DATABASE_URL"]

    @property
    def redis_url(self) -> str:
        return self.env["BERCEAU_REDIS_URL"]


def _straight(env: Mapping[str, str]) -> Mapping[str, str]:
    return env


@contextmanager
def running(
    home: Home,
    choices: Choices,
    *,
    through: Callable[[Mapping[str, str]], Mapping[str, str]] = _straight,
) -> Iterator[Running]:
    """Start everything, and stop everything at the end of the block.

    Args:
        home: where everything is kept.
        choices: what the stack is like.
        through: changes the services' variables before they start, so that they reach their servers
            by another way.

    Raises:
        StackError: something does not become ready, or another stack holds this home.
    """
    with ExitStack() as stack:
        supervisor = stack.enter_context(Supervisor(home))
        postgres, redis = EmbeddedPostgres(home.path), EmbeddedRedis(home.path, kind=choices.redis)
        stack.callback(postgres.close)
        supervisor.start(postgres.program(), redis.program())
        postgres.provision()
        postgres.migrate()
        yield _start_services(supervisor, home, choices, (postgres, redis), through=through)


def _start_services(
    supervisor: Supervisor,
    home: Home,
    choices: Choices,
    servers: tuple[EmbeddedPostgres, EmbeddedRedis],
    *,
    through: Callable[[Mapping[str, str]], Mapping[str, str]],
) -> Running:
    postgres, redis = servers
    kept = kept_in(home)
    ports = {
        "intake": reserve(choices.intake_port),
        "console": reserve(choices.console_port),
        "simulator": reserve(),
    }
    urls = {name: f"http://{HOST}:{port.number}" for name, port in ports.items()}
    env = through(_environment(home, choices, postgres, redis, urls))
    founded = _found(env, kept, choices)
    more = [reserve() for _ in range(1, (choices.copies or {}).get("intake", 1))]
    for port in (*ports.values(), *more):
        port.release()
    supervisor.start(_simulator(choices, kept, ports["simulator"].number))
    further = [_intake(env, port.number, copy) for copy, port in enumerate(more, start=2)]
    supervisor.start(*_programs(choices, env), *further)
    return Running(
        supervisor=supervisor,
        home=home,
        env=env,
        founded=founded,
        portal_key=kept["portal_key"],
        intake_urls=(urls["intake"], *(f"http://{HOST}:{port.number}" for port in more)),
        simulator_url=urls["simulator"],
        console_url=urls["console"] if choices.console else None,
        redis_kind=redis.kind,
    )


def _environment(
    home: Home,
    choices: Choices,
    postgres: EmbeddedPostgres,
    redis: EmbeddedRedis,
    urls: Mapping[str, str],
) -> dict[str, str]:
    poll = {"BERCEAU_POLL_MS": str(_FAKE_REDIS_POLL_MS)} if redis.kind is Kind.FAKE else {}
    return {
        **_inherited(),
        **poll,
        "BERCEAU_DATABASE_URL": postgres.service_url,
        "BERCEAU_CONSOLE_DATABASE_URL": postgres.console_url,
        "BERCEAU_REDIS_URL": redis.url,
        "BERCEAU_KEY_RING_FILE": str(key_ring_file(home)),
        "BERCEAU_SEAL_KEY_FILE": str(seal_key_file(home)),
        "BERCEAU_INDEX_KEY_FILE": str(index_key_file(home)),
        "BERCEAU_PROVIDER_URL": urls["simulator"],
        "BERCEAU_TAX_URL": urls["simulator"],
        "BERCEAU_EGRESS_PER_MINUTE": str(choices.egress_per_minute),
        "BERCEAU_MAINTENANCE": "false",
        "BERCEAU_WEBHOOK_LOOPBACK": "true",
        "BERCEAU_PROVIDER_FIRST_RETRY_S": str(choices.first_retry_s),
        "BERCEAU_PROVIDER_DEADLINE_S": str(choices.deadline_s),
        "BERCEAU_RING_WINDOW": str(choices.ring_window),
        "BERCEAU_DRAIN_S": str(choices.drain_s),
        "BERCEAU_STOP_WITHIN_S": str(choices.stop_within_s),
        "BERCEAU_INTAKE_PORT": urls["intake"].rpartition(":")[2],
        "BERCEAU_CONSOLE_PORT": urls["console"].rpartition(":")[2],
    }


def _inherited() -> dict[str, str]:
    """Our environment, without what is set for another Berceau."""
    return {name: value for name, value in os.environ.items() if not name.startswith("BERCEAU_")}


def _found(env: Mapping[str, str], kept: Mapping[str, str], choices: Choices) -> Founded:
    engine = open_engine(env["BERCEAU_DATABASE_URL"], name="founding", connections=1)
    try:
        ring = KeyRing.read(Path(env["BERCEAU_KEY_RING_FILE"]))
        town = plan(token=kept["token"], key_hash=hash_of(kept["portal_key"]), pace=choices.pace)
        return found(engine, ring, town)
    finally:
        engine.dispose()


def _simulator(choices: Choices, kept: Mapping[str, str], port: int) -> Program:
    figures = {
        "port": port,
        "population": choices.population,
        "seed": choices.seed,
        "rate-limit": choices.pace + choices.pace // 10,
        "address-limit": 0,  # one machine stands for many
        "ban-after": 0,
        "latency-ms": choices.latency_ms,
        "jitter-ms": choices.latency_ms,
        "slow-seconds": choices.deadline_s + 1,
    }
    options = [f"--{name}={value}" for name, value in figures.items()]
    return Program(
        name="simulator",
        argv=[sys.executable, "-m", "services.simulator", *options],
        env={**_inherited(), "BERCEAU_SIMULATOR_TOKEN": kept["token"]},
        ready=answers(port, "/api/ping"),
    )


def _programs(choices: Choices, env: Mapping[str, str]) -> list[Program]:
    copies = {**(choices.copies or {}), "intake": 1}  # each has a port: see `_intake`
    probes = {"intake": "/readyz", "console": "/healthz"}
    names = (*_SERVICES, "console") if choices.console else _SERVICES
    envs = {name: {**env, **(choices.more or {}).get(name, {})} for name in names}
    return [_program(name, envs[name], copies.get(name, 1), probes.get(name)) for name in names]


def _intake(env: Mapping[str, str], port: int, copy: int) -> Program:
    """One more intake, on a port of its own."""
    program = _program("intake", {**env, "BERCEAU_INTAKE_PORT": str(port)}, 1, "/readyz")
    return replace(program, name=f"intake-{copy}")


def _program(name: str, env: Mapping[str, str], copies: int, probe: str | None) -> Program:
    argv = [sys.executable, "-m", f"services.{name}"]
    program = Program(name=name, argv=argv, env=env, copies=copies, grace=_GRACE_S)
    if probe is None:
        return program
    return replace(program, ready=answers(int(env[f"BERCEAU_{name.upper()}_PORT"]), probe))
