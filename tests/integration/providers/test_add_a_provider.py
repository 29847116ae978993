"""The how-to "add a provider" followed to the letter, with no file of the verifier edited."""

import hashlib
import json
import re
import socket
import sys
import sysconfig
import venv
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from services.command.running import Choices, Running, running
from services.command.stack.account import unprivileged
from services.command.stack.home import Home
from services.verifier.provider import client
from shared.evidence import EAJE_SOURCE
from shared.store.engine import open_engine
from tests.integration.following import Follow
from tests.integration.providers.toy.berceau_registre import SOURCE

pytestmark = pytest.mark.stack

_ROOT = Path(__file__).parents[3]
_PAGE = _ROOT / "docs" / "how-to" / "add-a-provider.md"
_TOY = Path(__file__).parent / "toy"
_WRITTEN = re.compile(r"^\$ cat > (\S+) <<'EOF'\n(.*?)^EOF$", re.DOTALL | re.MULTILINE)


@pytest.fixture
def environment(tmp_path: Path) -> Path:
    """A Python environment of its own, that sees ours: packages are added to it, never to ours."""
    folder = tmp_path / "environment"
    venv.create(folder, symlinks=True)
    ours = sysconfig.get_path("purelib")
    purelib = Path(sysconfig.get_path("purelib", vars={"base": str(folder)}))
    (purelib / "ours.pth").write_text(f"import site; site.addsitedir({ours!r})\n")
    command = folder / "bin" / "berceau"
    command.write_text(f'#!/bin/sh\nexec {folder}/bin/python -m services.command "$@"\n')
    command.chmod(0o700)
    return folder


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Running]:
    """Everything but a verifier, which the page starts."""
    home = Home(tmp_path / "home")
    with running(home, Choices(copies={"verifier": 0})) as stack:
        yield stack
    home.erase(unprivileged())


@pytest.fixture
def engine(stack: Running) -> Iterator[Engine]:
    engine = open_engine(stack.database_url, name="test", connections=2)
    yield engine
    engine.dispose()


def _a_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _verifier_bytes() -> str:
    """The verifier as it stands on the disk."""
    folder = Path(client.__file__).parents[1]
    content = b"".join(path.read_bytes() for path in sorted(folder.rglob("*.py")))
    return hashlib.sha256(content).hexdigest()


def test_the_page_shows_the_toy_that_the_tests_hold() -> None:
    """What the page has one write is, byte for byte, what is checked here."""
    written = dict(_WRITTEN.findall(_PAGE.read_text("utf-8")))

    for name in ("pyproject.toml", "berceau_registre.py", "register.py"):
        assert (_TOY / name).read_text("utf-8") == written[name]


def test_the_page_adds_a_provider(
    follow: Follow, tmp_path: Path, environment: Path, stack: Running, engine: Engine
) -> None:
    """From an empty folder to a fee decided on the facts of the added provider, in its name."""
    before = _verifier_bytes()
    env = {
        **stack.env,
        "PATH": f"{environment / 'bin'}:{stack.env['PATH']}",
        "CHECKOUT": str(_ROOT),
        "AUTHORITY": "berceau-sur-loire",
        "RECIPIENT": "21130000900019",
        "INTAKE": stack.intake_url,
        "PORTAL_KEY": stack.portal_key,
        "REGISTER_PORT": str(_a_free_port()),
    }
    (tmp_path / "desk").mkdir()

    follow(_PAGE, env=env, cwd=tmp_path / "desk")

    with engine.connect() as connection:
        verified = connection.execute(text("SELECT outcome, source FROM verifications")).all()
        [tariff] = connection.execute(text("SELECT tariff_id FROM decisions")).scalars()
    assert [("Certified", SOURCE)] == [tuple(row) for row in verified]
    assert SOURCE != EAJE_SOURCE
    assert tariff
    assert before == _verifier_bytes()
    assert not [path for path in sys.path if str(environment) in path]
    _says_nobody(tmp_path / "desk" / "berceau-registre" / "verifier.log")


def _says_nobody(log: Path) -> None:
    """The verifier ran with the provider, and logged neither a person nor a token nor an error."""
    lines = [json.loads(line) for line in log.read_text("utf-8").splitlines()]

    assert lines != []
    assert {"info"} == {line["level"] for line in lines}
    assert not re.search("Lô|Aminata|sesame", log.read_text("utf-8"))
