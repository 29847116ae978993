"""`berceau migrate` up, down and beside others: bounded waits, and tables that fit or do not."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import psycopg
import pytest
from sqlalchemy import text
from typer.testing import CliRunner, Result

from services.command.__main__ import app
from services.intake.health import _database
from shared.errors import MigrationError
from shared.store.migrating import Patience, known_revisions, migrate, revisions, take_down

if TYPE_CHECKING:
    from tests.conftest import Database
    from tests.integration.conftest import Record

pytestmark = pytest.mark.stack

Type = Callable[..., Result]
_LATEST = known_revisions()[-1]
_AWAITED = f"cette version attend {_LATEST}"
_SHORT = Patience(turn_s=0.3, table_s=0.3)


def _typing(database: "Database") -> Type:
    variables = {
        "BERCEAU_DATABASE_URL": database.service_url,
        "BERCEAU_OWNER_DATABASE_URL": database.owner_url,
        "BERCEAU_REDIS_URL": "redis://127.0.0.1:9/0",
        "BERCEAU_KEY_RING_FILE": "/nothing",
    }

    def typed(*words: str, answer: str | None = None) -> Result:
        return CliRunner(env=variables).invoke(app, ["migrate", *words], input=answer)

    return typed


@pytest.fixture
def berceau(migrated: "Database") -> Type:
    """Types words after `berceau migrate`, on tables of this version."""
    return _typing(migrated)


def test_up_by_steps_and_down_again(database: "Database") -> None:
    """Each says where the tables were and where they are."""
    typed = _typing(database)
    said = [
        typed("--to", "0002").stdout,
        typed().stdout,
        typed().stdout,
        typed("--down-to", "0002", "--yes").stdout,
    ]

    assert [
        f"La base est à la migration 0002, depuis une base vide ; {_AWAITED}.\n",
        f"La base est à jour : migration {_LATEST}, depuis 0002.\n",
        f"La base est à jour : migration {_LATEST}, elle y était déjà.\n",
        f"La base est revenue de la migration {_LATEST} à 0002.\n",
    ] == said


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--to", "9999"], "Migration inconnue : 9999. Cette version connaît 0001, 0002, "),
        (["--down-to", "abc", "--yes"], "Migration inconnue : abc."),
        (["--to", "0002"], "berceau migrate --down-to 0002"),
        (["--down-to", _LATEST, "--yes"], f"{_LATEST} n'est pas en arrière"),
        (["--down-to", "0001", "--yes"], "y revenir les effacerait"),
        (["--to", _LATEST, "--down-to", "0002"], "Choisissez"),
    ],
)
def test_what_cannot_be_is_refused(
    berceau: Type, record: "Record", words: list[str], told: str
) -> None:
    """In a sentence with its remedy, exit code 2, the tables as they were."""
    ended = berceau(*words)

    assert (2, True) == (ended.exit_code, told in ended.stderr)
    assert revisions(record.engine).fit


def test_going_back_is_asked(berceau: Type, record: "Record") -> None:
    """What it means is said first; no is no."""
    ended = berceau("--down-to", "0002", answer="n\n")

    assert (1, True) == (ended.exit_code, "Rien de ce qui a été saisi n'est perdu" in ended.stdout)
    assert revisions(record.engine).fit


@pytest.mark.parametrize(
    ("works_from", "code", "told"),
    [
        (_LATEST, 0, f"plus récente que cette version ({_LATEST}), qui peut travailler dessus"),
        ("9999", 2, "Installez la version qui l'a migrée"),
    ],
)
def test_tables_of_a_later_version(
    berceau: Type, record: "Record", works_from: str, code: int, told: str
) -> None:
    """Left as they are; this code works on them while they bear it, and says so everywhere."""
    _pretend(record, "9999", works_from)
    ended = berceau()
    down = berceau("--down-to", "0002", "--yes")

    assert (code, True) == (ended.exit_code, told in ended.output)
    assert (2, True) == (down.exit_code, "seule la version qui l'a migrée" in down.stderr)
    assert (code == 0) == (_database(record.engine) == "prête")
    assert "9999" == revisions(record.engine).current


def test_tables_of_an_earlier_version_are_not_fit(migrated: "Database", record: "Record") -> None:
    """0002 says nothing of compatibility, and this code wants its own tables."""
    take_down(migrated.owner_url, to="0002")

    assert ("pas à la version attendue", None) == (
        _database(record.engine),
        revisions(record.engine).works_from,
    )


def _pretend(record: "Record", revision: str, works_from: str) -> None:
    with record.owner.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :r"), {"r": revision})
        connection.execute(text("UPDATE compatibility SET works_from = :w"), {"w": works_from})


@pytest.mark.parametrize(
    ("hold", "told"),
    [
        ("SELECT count(*) FROM applications", "Une table est occupée depuis plus de 0.3 s"),
        (
            "SELECT pg_advisory_xact_lock(hashtext('berceau.migrate'))",
            "Une autre migration est en cours depuis plus de 0.3 s",
        ),
    ],
)
def test_nothing_is_waited_for_without_a_bound(
    migrated: "Database", record: "Record", hold: str, told: str
) -> None:
    """A long reader, or another migration: told in time, nothing changed, nobody held up after."""
    take_down(migrated.owner_url, to="0002")
    with psycopg.connect(migrated.owner_url.replace("+psycopg", "")) as reader:
        reader.execute(hold.encode())
        before = time.monotonic()
        with pytest.raises(MigrationError, match=told):
            migrate(migrated.owner_url, service_url=migrated.service_url, patience=_SHORT)
        waited = time.monotonic() - before

    assert waited < 3
    assert "0002" == revisions(record.engine).current
    assert _LATEST == migrate(migrated.owner_url, service_url=migrated.service_url).after.current
