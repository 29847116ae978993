"""The last migration down and up on loaded tables; each one reversible; models as migrated."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine, create_engine, text

import shared.store.campaigns
import shared.store.decisions
import shared.store.evidence_held
import shared.store.operating
import shared.store.parties
import shared.store.people
import shared.store.published
import shared.store.reviews
import shared.store.told
from shared.errors import MigrationError
from shared.store.migrating import _config, known_revisions, migrate, revisions, take_down
from shared.store.tables import Table

if TYPE_CHECKING:
    from tests.conftest import Database
    from tests.integration.conftest import Record
    from tests.integration.upgrade.conftest import Look

assert shared.store.parties
assert shared.store.evidence_held

pytestmark = pytest.mark.stack

_LATEST = known_revisions()[-1]
_SCHEMA = text("""
    SELECT table_name, column_name, data_type, is_nullable, column_default
    FROM information_schema.columns WHERE table_schema = 'public'
    UNION ALL
    SELECT CAST(conrelid AS regclass)::text, conname, pg_get_constraintdef(oid), '', ''
    FROM pg_constraint WHERE connamespace = CAST('public' AS regnamespace)
    UNION ALL
    SELECT tablename, indexname, indexdef, '', '' FROM pg_indexes WHERE schemaname = 'public'
    ORDER BY 1, 2, 3
""")


@pytest.fixture
def owner(database: "Database") -> Iterator[Engine]:
    engine = create_engine(database.owner_url)
    yield engine
    engine.dispose()


def test_down_and_up_again_loses_nothing(
    loaded: "Record", look: "Look", migrated: "Database"
) -> None:
    """Loaded tables come back to the byte: estimates, changes, the scopes and limits of portals."""
    _restrict(loaded)
    before, rights = look.rows(), look.grants()

    down = take_down(migrated.owner_url, to="0002")
    below = look.rows()
    up = migrate(migrated.owner_url, service_url=migrated.service_url)
    after = look.rows()

    assert [] == [table for table, rows in before.items() if not rows]
    assert (_LATEST, "0002", _LATEST) == (
        down.before.current,
        down.after.current,
        up.after.current,
    )
    assert {**before, "compatibility": []} == below
    assert before == after
    assert rights == look.grants()


def test_what_would_lose_applications_is_refused(
    loaded: "Record", look: "Look", migrated: "Database"
) -> None:
    """Below 0002 they have no tables: a sentence says so, and not a byte is changed."""
    before = look.rows()

    with pytest.raises(MigrationError, match="y revenir les effacerait"):
        take_down(migrated.owner_url, to="0001")

    assert before == look.rows()
    assert _LATEST == revisions(loaded.engine).current


def _restrict(loaded: "Record") -> None:
    """Settings other than by default, in each column that 0002 does not know."""
    with loaded.owner.begin() as connection:
        connection.execute(
            text("UPDATE portal_keys SET scopes = '{applications:read}', label = 'guichet'")
        )
        connection.execute(text("UPDATE portals SET requests_per_minute = 60"))
        connection.execute(text("UPDATE schemes SET stages = '{estimate,admission}'"))
        connection.execute(text('UPDATE schemes SET rules = \'{"kind": "aid"}\''))
        connection.execute(
            text('UPDATE authorities SET contact = \'{"dpo": "dpo@ville.example"}\'')
        )
        connection.execute(text('UPDATE structures SET details = \'{"commune": "13004"}\''))
        connection.execute(text("UPDATE applications SET effective_on = '2027-01-01'"))
        connection.execute(text("UPDATE decisions SET because = '{resources}', validates = 1"))


def test_each_migration_goes_down_and_up_again(owner: Engine) -> None:
    """One by one from nothing: the same columns, constraints and indexes the second time."""
    with owner.begin() as connection:
        config = _config(connection)
        for revision in known_revisions():
            command.upgrade(config, revision)
            first = _schema(connection)
            command.downgrade(config, "-1")
            command.upgrade(config, revision)

            assert first == _schema(connection), revision


def _schema(connection: Connection) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in connection.execute(_SCHEMA)]


def test_the_models_are_the_tables(loaded: "Record") -> None:
    """What the code believes of the tables is what the migrations made."""
    with loaded.owner.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})

        assert [] == compare_metadata(context, Table.metadata)
