"""The console's login, made by the migration where PostgreSQL lets nobody in unasked."""

from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg.sql import SQL, Identifier
from sqlalchemy import make_url, text

from services.command.stack.postgres import EmbeddedPostgres
from shared.roles import Role, Scope
from shared.store.migrating import migrate
from shared.store.scoping import seen_by
from tests.console_record import open_console

if TYPE_CHECKING:
    from tests.conftest import Database

pytestmark = pytest.mark.stack


def test_a_login_that_is_not_there_is_made(
    postgres: EmbeddedPostgres, database: "Database"
) -> None:
    """With its password, let into a database that is closed to the public; twice does no harm."""
    with psycopg.connect(postgres.superuser_url, autocommit=True) as connection:
        closing = SQL("REVOKE CONNECT ON DATABASE {} FROM PUBLIC")
        connection.execute(closing.format(Identifier(database.name)))
    url = make_url(database.console_url).set(username="console_anew", password="it's 100 % new")
    told = url.render_as_string(hide_password=False)
    for _ in range(2):
        migrate(database.owner_url, service_url=database.service_url, console_url=told)
    engine = open_console(told)
    try:
        with seen_by(engine, Scope(Role.OPS, None)).begin() as connection:
            found = connection.execute(text("SELECT session_user, current_user")).one()
    finally:
        engine.dispose()

    assert ("console_anew", "berceau_screens") == tuple(found)
