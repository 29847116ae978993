"""The how-to without containers, run as printed, from a checkout to a family's decision."""

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from services.command.demo.run import Order, run
from services.command.stack.account import unprivileged
from services.command.stack.home import Home
from services.command.stack.ports import HOST, reserve
from services.command.stack.postgres import EmbeddedPostgres
from services.command.stack.program import Program
from services.command.stack.readiness import answers, listens
from services.command.stack.supervisor import Supervisor
from tests.integration.deploy.composed import ROOT
from tests.integration.deploy.founding import found_town
from tests.integration.following import Follow

pytestmark = [pytest.mark.stack, pytest.mark.redis_server, pytest.mark.prove]

_PAGE = ROOT / "docs" / "how-to" / "deploy-without-containers.md"
_LEFT_OUT = shutil.ignore_patterns("__pycache__")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """What the page needs of a clone."""
    folder = tmp_path / "checkout"
    for name in ("services", "shared", "deploy"):
        shutil.copytree(ROOT / name, folder / name, ignore=_LEFT_OUT)
    for name in ("pyproject.toml", "README.md", "LICENSE", "requirements.txt"):
        shutil.copy(ROOT / name, folder)
    return folder


@contextmanager
def _servers(tmp_path: Path, etc: Path) -> Iterator[dict[str, str]]:
    """A PostgreSQL without roles, a Redis with the password that the page's script makes, a
    simulator; and the variables that the page leaves to its reader."""
    home, port, redis, simulator = Home(tmp_path / "home"), reserve(), reserve(), reserve()
    bare = EmbeddedPostgres(home.path / "server", port=port)
    script = ["sh", str(ROOT / "deploy" / "secrets.sh"), str(etc)]
    places = [f"{HOST}:{port.number}", f"{HOST}:{redis.number}"]
    subprocess.run([*script, *places], check=True)
    with ExitStack() as stack:
        stack.callback(home.erase, unprivileged())
        supervisor = stack.enter_context(Supervisor(home))
        stack.callback(bare.close)
        server = bare.program()
        redis.release(), simulator.release()
        supervisor.start(server, _redis(etc, redis.number), _simulator(etc, simulator.number))
        tools = Path(server.argv[0]).parent
        yield {
            "PATH": f"{_bin(tmp_path)}:{tools}:{os.environ['PATH']}",
            "POSTGRES": places[0],
            "REDIS": places[1],
            "SUPERUSER": bare.superuser_url,
            "SIMULATOR": f"http://{HOST}:{simulator.number}",
        }


def _redis(etc: Path, port: int) -> Program:
    argv = ["/usr/bin/env", "redis-server", str(etc / "redis_auth"), "--port", str(port)]
    return Program(name="redis", argv=[*argv, "--save", ""], cwd=etc, ready=listens(port))


def _simulator(etc: Path, port: int) -> Program:
    tokens = f"--token-file={etc / 'simulator_tokens'}"
    argv = [sys.executable, "-m", "services.simulator", f"--port={port}", tokens, "--no-windows"]
    return Program(name="simulator", argv=argv, ready=answers(port, "/api/ping"))


def _bin(tmp_path: Path) -> Path:
    """A folder with our `python3` and the stand-in for systemctl."""
    folder = tmp_path / "bin"
    folder.mkdir()
    stand_in = Path(__file__).with_name("systemctl.py")
    (folder / "systemctl").write_text(f'#!/bin/sh\nexec {sys.executable} {stand_in} "$@"\n')
    (folder / "systemctl").chmod(0o755)
    (folder / "python3").symlink_to(sys._base_executable)  # type: ignore[attr-defined]
    return folder


def test_the_page_leads_from_a_checkout_to_services_that_are_well(
    follow: Follow, checkout: Path, tmp_path: Path
) -> None:
    """Every command of it, in order; the services are those of the units, from an installed wheel,
    and before they are stopped families get their decisions from them."""
    etc, port = tmp_path / "etc", reserve().release()
    with _servers(tmp_path, etc) as given:
        settings = {
            "BERCEAU_PROVIDER_URL": given["SIMULATOR"],
            "BERCEAU_MAINTENANCE": "false",
            "BERCEAU_INTAKE_PORT": str(port),
            "BERCEAU_CONSOLE_PORT": str(reserve().release()),
        }
        lines = [f"{name}={said}\n" for name, said in settings.items()]
        (etc / "berceau.env").write_text("".join(lines))
        pip = {name: said for name, said in os.environ.items() if name.startswith(("PIP_", "SSL_"))}
        places = {"LIB": tmp_path / "lib", "ETC": etc, "UNITS": tmp_path / "units"}
        env = {**pip, **given, **{name: str(place) for name, place in places.items()}}
        page, end = _halves(tmp_path)
        try:
            follow(page, env={**env, "HOME": str(tmp_path)}, cwd=checkout, within_s=300)
            order = Order(
                applications=2,
                intake_url=f"http://{HOST}:{port}",
                simulator_url=given["SIMULATOR"],
                portal_key=found_town(etc, etc / "database_url"),
                settle_within_s=60,
            )
            verdict = asyncio.run(run(order))
        finally:
            follow(end, env=env, cwd=checkout)

    assert (0, 0) == (verdict.lost, verdict.wrong)


def _halves(tmp_path: Path) -> tuple[Path, Path]:
    """The page until its services run, and how they are stopped."""
    text = _PAGE.read_text("utf-8")
    first, stop, rest = text.partition("## Stop\n")
    assert stop
    halves = tmp_path / _PAGE.name, tmp_path / f"stop-{_PAGE.name}"
    halves[0].write_text(first, "utf-8")
    halves[1].write_text(stop + rest, "utf-8")
    return halves
