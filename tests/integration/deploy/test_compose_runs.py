"""docker-compose.yml, run: every service from its own command, environment, secrets and check."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from services.command.demo.run import Order, run
from services.command.stack.account import unprivileged
from services.command.stack.home import Home
from services.command.stack.ports import HOST, reserve
from services.command.stack.postgres import EmbeddedPostgres
from services.command.stack.program import Program
from services.command.stack.supervisor import Supervisor
from tests.integration.deploy.composed import ROOT, Composed
from tests.integration.deploy.founding import found_town

pytestmark = [pytest.mark.stack, pytest.mark.redis_server]

_FAMILIES = 3


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    home = Home(tmp_path / "home")
    yield home
    home.erase(unprivileged())


def _berceau(*words: str) -> None:
    subprocess.run([sys.executable, "-m", "services.command", *words], check=True)


def _secrets(folder: Path, postgres_port: int, redis_port: str) -> None:
    """As the how-to makes them."""
    script = ["sh", str(ROOT / "deploy" / "secrets.sh"), str(folder)]
    subprocess.run([*script, f"{HOST}:{postgres_port}", f"{HOST}:{redis_port}"], check=True)
    _berceau("keys", "new", str(folder / "key_ring"))
    _berceau("journal", "key", str(folder / "seal_key"))


def _start_postgres(
    supervisor: Supervisor, composed: Composed, bare: EmbeddedPostgres, program: Program
) -> None:
    """A server with the file's command and check; its roles by the file that it mounts."""
    supervisor.start(replace(program, argv=[*program.argv, *composed["postgres"]["command"][1:]]))
    [roles] = [
        mount.split(":")[0]
        for mount in composed["postgres"]["volumes"]
        if "/docker-entrypoint-initdb.d/" in mount
    ]
    env = {**composed.env("postgres"), "SECRETS": str(composed.laid("postgres"))}
    psql = [Path(program.argv[0]).with_name("psql"), "--no-psqlrc", "--file", ROOT / roles]
    subprocess.run([*psql, bare.superuser_url], env=env, check=True)
    port = bare.superuser_url.rpartition(":")[2].partition("/")[0]
    assert composed.program("postgres", env={"PGPORT": port}).ready()


def test_families_get_their_decisions(tmp_path: Path, home: Home) -> None:
    """From empty servers: roles, migration, every service well by its own check, then families
    enrol over HTTP, and each has the decision that an independent oracle computes."""
    secrets, folder = tmp_path / "etc", tmp_path / "containers"
    folder.mkdir()
    port = reserve()
    bare = EmbeddedPostgres(home.path / "server", port=port)
    given = {"SECRETS": str(secrets), "PROVIDER_URL": "http://simulator:8081"}
    with ExitStack() as stack:
        supervisor = stack.enter_context(Supervisor(home))
        stack.callback(bare.close)
        server = bare.program()
        composed = Composed(folder, given, path=[Path(server.argv[0]).parent])
        _secrets(secrets, port.number, composed.ports["6379"])
        _start_postgres(supervisor, composed, bare, server)
        (tmp_path / "data").mkdir()
        data = ["--dir", str(tmp_path / "data"), "--bind", HOST, "--port", composed.ports["6379"]]
        supervisor.start(composed.program("redis", *data))
        migrated = composed.run("migrate")
        assert 0 == migrated.returncode, migrated.stderr
        key = found_town(secrets)
        names = ("simulator", "intake", "verifier", "tariff", "scheduler", "console")
        supervisor.start(*(composed.program(name) for name in names))
        order = Order(
            applications=_FAMILIES,
            intake_url=f"http://{HOST}:{composed.ports['8000']}",
            simulator_url=f"http://{HOST}:{composed.ports['8081']}",
            portal_key=key,
            settle_within_s=60,
        )
        verdict = asyncio.run(run(order))

    assert (0, 0) == (verdict.lost, verdict.wrong)
    assert _FAMILIES == len(verdict.cases)
    assert any(case.state in {"DECIDED", "PROPOSED"} for case in verdict.cases)
