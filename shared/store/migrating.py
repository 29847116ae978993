"""Migrating: brings a database to the tables of this version, as their owner."""

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, make_url, text
from sqlalchemy.dialects.postgresql.base import PGIdentifierPreparer

_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtext('berceau.migrate'))")


def migrate(owner_url: str, *, service_url: str, to: str = "head") -> None:
    """Migrate to a revision, and let the services' login act as the services' role.

    Args:
        owner_url: PostgreSQL as the owner of the tables.
        service_url: as the services connect; only its user name is used.
        to: a revision, `head` by default.
    """
    engine = create_engine(owner_url, hide_parameters=True)
    try:
        with engine.begin() as connection:
            connection.execute(_ONE_AT_A_TIME)
            command.upgrade(_config(connection), to)
            _admit(connection, make_url(service_url).username or "")
    finally:
        engine.dispose()


def revisions(engine: Engine) -> tuple[str | None, str | None]:
    """The database's revision and the one that this version of the code wants."""
    with engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
        wanted = ScriptDirectory.from_config(_config(connection)).get_current_head()
    return current, wanted


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", "shared:migrations")
    config.attributes["connection"] = connection
    return config


def _admit(connection: Connection, login: str) -> None:
    quoted = PGIdentifierPreparer(connection.dialect).quote_identifier(login)
    connection.execute(text(f"GRANT berceau_services TO {quoted}"))
