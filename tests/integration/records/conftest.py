"""An empty book of records, and the command upon it."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Engine, text
from typer.testing import CliRunner, Result

from services.command.__main__ import app
from shared.sealing import KeyRing
from shared.store.engine import open_engine
from tests.integration.intake_process import running
from tests.lent_engines import lent

if TYPE_CHECKING:
    from tests.conftest import Database

RECORDS = """\
authorities:
- {code: arles, name: Ville d'Arles, kind: commune, siret: 21130004100012}
structures:
- {code: les-mesanges, authority: arles, name: Crèche Les Mésanges, care_types: [collectif]}
habilitations:
- {code: arles, authority: arles, recipient: 21130004100012}
schemes:
- {code: creches, authority: arles, habilitation: arles, name: Crèches}
portals:
- {code: espace-famille, authority: arles, name: Espace famille}
"""


_STOPPED_WITHIN_S = 60


@dataclass
class Town:
    """An installation without records, its folder, and who types commands there."""

    folder: Path
    env: dict[str, str]
    engine: Engine
    owner: Engine
    ring: KeyRing

    def berceau(self, *words: str, code: int = 0, typed: str = "") -> Result:
        """A command that ends with this code."""
        ended = CliRunner(env=self.env).invoke(app, list(words), input=typed)
        assert code == ended.exit_code, ended.output
        return ended

    def file(self, name: str, content: str) -> str:
        """A file of the folder."""
        path = self.folder / name
        path.write_text(content, "utf-8")
        return str(path)

    def import_records(self) -> None:
        """The records of the tests."""
        self.berceau("records", "import", self.file("records.yaml", RECORDS))

    def one(self, query: str, **values: Any) -> Any:
        """The first column of the first row."""
        with self.engine.connect() as connection:
            return connection.execute(text(query), values).scalar()

    def column(self, query: str) -> list[Any]:
        """The first column."""
        with self.engine.connect() as connection:
            return list(connection.execute(text(query)).scalars())


@pytest.fixture
def town(migrated: "Database", tmp_path: Path, redis_url: str) -> Iterator[Town]:
    ring = KeyRing.new("test")
    ring.write(tmp_path / "ring.json")
    env = {
        "BERCEAU_DATABASE_URL": migrated.service_url,
        "BERCEAU_REDIS_URL": redis_url,
        "BERCEAU_KEY_RING_FILE": str(tmp_path / "ring.json"),
    }
    with (
        lent(open_engine(migrated.service_url, name="test", connections=6)) as engine,
        lent(open_engine(migrated.owner_url, name="test-owner", connections=1)) as owner,
    ):
        yield Town(tmp_path, env, engine, owner, ring)


@pytest.fixture
def desk(town: Town) -> Callable[[], dict[str, str]]:
    """The environment of a person at a terminal, where `berceau` is and intake answers."""

    def environment() -> dict[str, str]:
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        return town.env | {"PATH": path, "LANG": "C.UTF-8", "HOME": str(town.folder)}

    return environment


@pytest.fixture
def intake(town: Town) -> Iterator[str]:
    """Intake on the town's database, as a process; its address."""
    with running(town.env) as url:
        yield url


@pytest.fixture
def notifier(town: Town) -> Iterator[None]:
    """A notifier on the town's database, as a process."""
    env = {**os.environ, **town.env, "BERCEAU_WEBHOOK_LOOPBACK": "true"}
    argv = [sys.executable, "-m", "services.notifier"]
    with subprocess.Popen(argv, env=env, stderr=subprocess.DEVNULL) as process:
        try:
            yield
        finally:
            process.terminate()
            process.wait(_STOPPED_WITHIN_S)
