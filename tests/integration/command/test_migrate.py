"""`berceau migrate` on a real database: from nothing to tables that the services may use."""

from typing import TYPE_CHECKING

import psycopg
import pytest
from sqlalchemy import inspect, text
from typer.testing import CliRunner, Result

from services.command.__main__ import app
from shared.store.engine import open_engine
from shared.store.migrating import known_revisions, revisions
from shared.store.tables import Table

if TYPE_CHECKING:
    from tests.conftest import Database

pytestmark = pytest.mark.stack


def _migrate(database: "Database", **changes: str) -> Result:
    variables = {
        "BERCEAU_DATABASE_URL": database.service_url,
        "BERCEAU_OWNER_DATABASE_URL": database.owner_url,
        "BERCEAU_REDIS_URL": "redis://127.0.0.1:9/0",
        "BERCEAU_KEY_RING_FILE": "/nothing",
    }
    return CliRunner(env=variables | changes).invoke(app, ["migrate"])


def test_an_empty_database_gets_every_table(database: "Database") -> None:
    """As their owner; the services' login may read and add, and not alter."""
    ended = _migrate(database)

    said = f"La base est à jour : migration {known_revisions()[-1]}, depuis une base vide.\n"
    assert (0, said) == (ended.exit_code, ended.stdout)
    engine = open_engine(database.service_url, name="test", connections=1)
    assert revisions(engine).fit
    assert set(Table.metadata.tables) <= set(inspect(engine).get_table_names())
    with engine.connect() as connection:
        assert 0 == connection.execute(text("SELECT count(*) FROM applications")).scalar_one()
    engine.dispose()
    with (
        psycopg.connect(database.service_url.replace("+psycopg", "")) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("ALTER TABLE applications ADD COLUMN extra text")


def test_a_second_run_changes_nothing(database: "Database") -> None:
    """Safe in every deployment's start."""
    assert [0, 0] == [_migrate(database).exit_code for _ in range(2)]


def test_a_database_out_of_reach_is_said_in_a_word(database: "Database") -> None:
    """Exit code 2, no trace, and neither address nor password."""
    away = "postgresql+psycopg://owner:secret@127.0.0.1:9/none"
    ended = _migrate(database, BERCEAU_OWNER_DATABASE_URL=away)

    assert 2 == ended.exit_code
    assert "PostgreSQL" in ended.stderr
    assert "secret" not in ended.output
