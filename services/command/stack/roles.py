"""The logins and databases of the embedded PostgreSQL, made by its superuser.

`berceau_owner` owns the databases, makes the tables and the services' role; `berceau` is what the
services log in as, and can do only what the migrations grant it. The console's login is made by
the migrations.
"""

import psycopg
from psycopg import Connection
from psycopg.sql import SQL, Identifier, Literal

from services.command.stack.credentials import Credentials

OWNER = "berceau_owner"
SERVICE = "berceau"
CONSOLE = "berceau_console"
DATABASE = "berceau"


def provision(url: str, passwords: Credentials) -> None:
    """Make both logins and the database of the product, unless they exist."""
    with psycopg.connect(url, autocommit=True) as connection:
        _make_login(connection, OWNER, right="CREATEROLE", password=passwords.owner)
        _make_login(connection, SERVICE, right="NOCREATEROLE", password=passwords.service)
        if not _found(connection, "SELECT 1 FROM pg_database WHERE datname = %s", DATABASE):
            _make_database(connection, DATABASE)


def create_database(url: str, name: str) -> None:
    """Create an empty database that the owner owns."""
    with psycopg.connect(url, autocommit=True) as connection:
        _make_database(connection, name)


def drop_database(url: str, name: str) -> None:
    """Drop a database, cutting off whoever is connected to it."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))


def _make_login(connection: Connection, name: str, *, right: str, password: str) -> None:
    known = _found(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s", name)
    connection.execute(
        SQL("{} ROLE {} LOGIN {} PASSWORD {}").format(
            SQL("ALTER" if known else "CREATE"), Identifier(name), SQL(right), Literal(password)
        )
    )


def _make_database(connection: Connection, name: str) -> None:
    connection.execute(
        SQL("CREATE DATABASE {} OWNER {}").format(Identifier(name), Identifier(OWNER))
    )


def _found(connection: Connection, question: str, name: str) -> bool:
    return connection.execute(question.encode(), (name,)).fetchone() is not None
