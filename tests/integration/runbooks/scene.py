"""The scene: a whole stack with a real Prometheus, what breaks it, and who looks at it."""

import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import httpx
import psycopg
import redis
from sqlalchemy import Engine, text
from sqlalchemy.engine import make_url

from services.command.running import Choices, Running, running
from services.command.stack.cluster import SUPERUSER
from services.command.stack.credentials import credentials
from services.command.stack.home import Home
from services.command.stack.ports import reserve
from services.command.stack.readiness import answers
from services.command.stack.redis import Kind
from services.command.stack.roles import OWNER
from shared.crashing import LICENCE, Way, licence
from shared.store.engine import open_engine
from tests.integration.runbooks.families import Families
from tests.integration.runbooks.prometheus import Prometheus
from tests.integration.runbooks.shell import Shell

SCRAPED = ("intake", "verifier", "tariff", "notifier", "scheduler")
PATIENCE_S = 120.0
HABILITATION, PORTAL, AUTHORITY = "demo", "demo-famille", "berceau-sur-loire"
_PAUSE_S = 0.2
_DECIDED = """
    SELECT count(*) FROM applications a WHERE reference = ANY(:references) AND status = 'DECIDED'
      AND 1 = (SELECT count(*) FROM decisions d WHERE d.application_id = a.id AND NOT d.proposed)
"""
_Seen = TypeVar("_Seen")


@dataclass
class Scene:
    """A running stack, and what a test does to it beside the page."""

    stack: Running
    engine: Engine
    owner: Engine
    redis: "redis.Redis"
    prometheus: Prometheus
    shell: Shell
    families: Families
    crashes: Path
    _away: dict[str, tuple[int, Any]] = field(default_factory=dict)

    def halt(self, name: str) -> None:
        """Stop a program of the stack for good, as when nobody restarts it."""
        supervisor = self.stack.supervisor
        place, post = next(
            (place, post)
            for place, wave in enumerate(supervisor._waves)
            for post in wave
            if post.program.name == name
        )
        self._away[name] = (place, post.program)
        supervisor.stop(name)

    def bring_back(self, name: str) -> None:
        """Start it again, to be stopped in its turn when all is over."""
        place, program = self._away.pop(name)
        supervisor = self.stack.supervisor
        supervisor.start(program)
        supervisor._waves[place] += supervisor._waves.pop()

    def bring_back_all(self) -> None:
        """Whatever a page that failed left away."""
        for name in [*self._away]:
            self.bring_back(name)

    def ready(self, port: int | None = None) -> bool:
        """Whether an intake says that it is ready: the stack's, or the one on this port."""
        try:
            return answers(port or int(self.stack.env["BERCEAU_INTAKE_PORT"]), "/readyz")()
        except OSError:
            return False

    def throw(self, **fault: Any) -> None:
        """The State misbehaves."""
        httpx.post(f"{self.stack.simulator_url}/faults", json=fault, trust_env=False)

    def mend(self) -> None:
        """The State is well."""
        httpx.delete(f"{self.stack.simulator_url}/faults", trust_env=False)

    def order_a_crash(self, point: str, way: Way) -> None:
        """The verifier comes to grief the next time that it passes this point."""
        (self.crashes / f"{point}.taken").unlink(missing_ok=True)
        (self.crashes / point).write_text(way, "utf-8")

    def by_hand(self, statement: str, **values: Any) -> None:
        """Change the record as nobody should: as the owner of its tables."""
        with self.owner.begin() as connection:
            connection.execute(text(statement), values)

    @contextmanager
    def forgotten(self, statement: str, **values: Any) -> Iterator[str]:
        """A transaction that somebody left in a psql of theirs; the pid of its session."""
        url = self.stack.database_url.replace("+psycopg", "")
        held = psycopg.connect(url, application_name="psql")
        try:
            held.execute(statement.encode(), values)
            yield str(held.info.backend_pid)
        finally:
            held.close()

    def one(self, query: str, **values: Any) -> Any:
        """The first column of the first row; None when there is none."""
        with self.engine.connect() as connection:
            return connection.execute(text(query), values).scalar()

    def logged(self, event: str) -> int:
        """How often the services' logs have said so, the log before the last start included."""
        logs = self.stack.home.logs.glob("*.log*")
        return sum(log.read_text("utf-8", "replace").count(f'"{event}"') for log in logs)

    def all_decided(self, references: Sequence[str]) -> bool:
        """Whether each of these has come to one decision."""
        return bool(len(references) == self.one(_DECIDED, references=list(references)))

    def alerts(self) -> list[dict[str, str]]:
        """What `berceau status` says is wrong."""
        said = self.shell.run("berceau status --json")
        assert said.code == 0, said.text
        alerts: list[dict[str, str]] = json.loads(said.text)["alerts"]
        return alerts

    def until_well(self, references: Sequence[str] = ()) -> None:
        """Nothing is wrong any more, and whoever handed something in has a decision."""
        self.until(lambda: self.all_decided(references))
        self.until(lambda: not self.alerts())

    def until(
        self, look: Callable[[], _Seen], *, within_s: float = PATIENCE_S, else_say: str = ""
    ) -> _Seen:
        """What `look` gives once it gives something."""
        deadline = time.monotonic() + within_s
        while not (seen := look()):
            assert time.monotonic() < deadline, f"it never happened: {else_say}"
            time.sleep(_PAUSE_S)
        return seen


@contextmanager
def scene(home: Home, folder: Path) -> Iterator[Scene]:
    """Start everything; stop everything at the end of the block."""
    ports = {name: reserve() for name in SCRAPED}
    numbers = {name: str(port.release()) for name, port in ports.items()}
    crashes = folder / "crashes"
    crashes.mkdir(mode=0o700)
    more = {name: {"BERCEAU_METRICS_PORT": number} for name, number in numbers.items()}
    more["verifier"]["BERCEAU_CRASH_FOLDER"] = str(crashes)
    choices = Choices(population=1_000, redis=Kind.REAL, more=more)
    with ExitStack() as opened:
        stack = opened.enter_context(running(home, choices, through=_licensing(crashes)))
        prometheus = Prometheus(folder / "prometheus", [*numbers.values()])
        stack.supervisor.start(prometheus.program())
        yield _on(stack, prometheus, folder, opened)


def _on(stack: Running, prometheus: Prometheus, folder: Path, opened: ExitStack) -> Scene:
    """Everything that a test looks through, to be closed with the rest."""
    owner_url = _owner_url(stack)
    client = redis.Redis.from_url(stack.redis_url, socket_timeout=5)
    families = Families(stack)
    engine = open_engine(stack.database_url, name="runbooks", connections=2)
    owner = open_engine(owner_url, name="runbooks", connections=2)
    for close in (client.close, families.close, engine.dispose, owner.dispose):
        opened.callback(close)
    shell = Shell(_variables(stack, owner_url), folder / "desk")
    return Scene(stack, engine, owner, client, prometheus, shell, families, folder / "crashes")


def _licensing(crashes: Path) -> Callable[[Any], Any]:
    def through(env: Any) -> Any:
        (crashes / LICENCE).write_text(licence(env["BERCEAU_DATABASE_URL"]), "utf-8")
        return env

    return through


def _as_the_database_account(stack: Running) -> dict[str, str]:
    """What `sudo -u postgres` is on a server: the superuser, without a word."""
    url = make_url(stack.database_url)
    kept = credentials(stack.home.folder("secrets") / "postgres.json")
    who = {"PGUSER": SUPERUSER, "PGPASSWORD": kept.superuser}
    return {"PGHOST": str(url.host), "PGPORT": str(url.port), **who}


def _owner_url(stack: Running) -> str:
    kept = credentials(stack.home.folder("secrets") / "postgres.json")
    url = make_url(stack.database_url).set(username=OWNER, password=kept.owner)
    return url.render_as_string(hide_password=False)


def _variables(stack: Running, owner_url: str) -> dict[str, str]:
    """Those of the service and of psql, and a terminal so wide that no sentence is broken."""
    return {
        **stack.env,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "BERCEAU_OWNER_DATABASE_URL": owner_url,
        **_as_the_database_account(stack),
        "COLUMNS": "320",
        "TERM": "xterm",
    }
