"""The how-to with containers, run as printed: every service of docker-compose.yml as the file has
it, from its own command, environment, secrets and check."""

import asyncio
import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from services.command.demo.run import Order, run
from services.command.demo.verdict import Verdict
from services.command.stack.account import unprivileged
from services.command.stack.events import Happening
from services.command.stack.home import Home
from services.command.stack.ports import HOST, reserve
from services.command.stack.postgres import EmbeddedPostgres
from services.command.stack.supervisor import Supervisor
from tests.integration.deploy.composed import ROOT, free_ports
from tests.integration.deploy.engine import Engine
from tests.integration.deploy.founding import found_town
from tests.integration.following import Follow

pytestmark = [pytest.mark.stack, pytest.mark.redis_server]

_PAGE = ROOT / "docs" / "how-to" / "deploy.md"
_FAMILIES = 3


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """A machine where nothing of Berceau runs yet."""
    home, port = Home(tmp_path / "home"), reserve()
    bare = EmbeddedPostgres(home.path / "server", port=port)
    with ExitStack() as stack:
        stack.callback(home.erase, unprivileged())
        supervisor = stack.enter_context(Supervisor(home))
        stack.callback(bare.close)
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="engine-")))
        ports = {**free_ports(), "5432": str(port.number)}
        yield Engine(supervisor, bare.program(), bare.superuser_url, folder, ports)


def _halves(tmp_path: Path) -> tuple[Path, Path]:
    """The page until its services run, and how they are stopped."""
    first, stop, rest = _PAGE.read_text("utf-8").partition("## Stop\n")
    assert stop
    halves = tmp_path / _PAGE.name, tmp_path / f"stop-{_PAGE.name}"
    halves[0].write_text(first, "utf-8")
    halves[1].write_text(stop + rest, "utf-8")
    return halves


def _families(engine: Engine, secrets: Path) -> Verdict:
    order = Order(
        applications=_FAMILIES,
        intake_url=f"http://{HOST}:{engine.ports['8000']}",
        simulator_url=f"http://{HOST}:{engine.ports['8081']}",
        portal_key=found_town(secrets, engine.folder / "mounted" / "intake" / "database_url"),
        settle_within_s=60,
    )
    return asyncio.run(run(order))


def test_the_page_leads_to_families_who_get_their_decisions(
    engine: Engine, follow: Follow, tmp_path: Path
) -> None:
    """Every command of it: secrets that each user can read, roles, migration, every service well by
    its own check; the decisions are those that an independent oracle computes; stops are clean."""
    secrets = tmp_path / "etc"
    env = {"PATH": f"{engine.install()}:{os.environ['PATH']}", "SECRETS": str(secrets)}
    page, end = _halves(tmp_path)
    engine.serve(lambda: follow(page, env=env, cwd=ROOT, within_s=180))
    verdict = _families(engine, secrets)
    engine.serve(lambda: follow(end, env=env, cwd=ROOT))

    assert (0, 0) == (verdict.lost, verdict.wrong)
    assert _FAMILIES == len(verdict.cases)
    assert any(case.state in {"DECIDED", "PROPOSED"} for case in verdict.cases)
    assert {Happening.STARTED} == {one.happening for one in engine.supervisor.events}
