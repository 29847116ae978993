"""Migrating: brings a database to the tables of a version, as their owner.

One transaction, one migration at a time. Neither the turn nor the tables are waited for without a
bound: a migration that queues for a table makes everybody behind it wait too.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from psycopg.errors import LockNotAvailable
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import OperationalError

from shared.errors import MigrationError
from shared.store import logins
from shared.store.fitness import Revisions

HEAD = "head"
RECORD_SINCE = "0002"  # below it the applications themselves have no tables
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtext('berceau.migrate'))")
_WAIT_AT_MOST = text("SELECT set_config('lock_timeout', :most, true)")
_EVENTS_GO_ON = text("""
    UPDATE event_clock
    SET base = (SELECT max(transaction) FROM events) + 4294967296
    WHERE (SELECT max(transaction) FROM events)
          >= base + CAST(CAST(pg_snapshot_xmax(pg_current_snapshot()) AS text) AS bigint)
""")  # restored on a server that counts anew: above all that the other one may have numbered since
_HAS_COMPATIBILITY = text("SELECT to_regclass('compatibility') IS NOT NULL")
_WORKS_FROM = text("SELECT works_from FROM compatibility")
_NOW_WORKS_FROM = text("UPDATE compatibility SET works_from = :works_from")


@dataclass(frozen=True, slots=True)
class Patience:
    """How many seconds to wait: for another migration to end, then for a table in use."""

    turn_s: float = 60.0
    table_s: float = 5.0


_PATIENCE = Patience()


@dataclass(frozen=True, slots=True)
class Migrated:
    """Where a database stood, and where it stands now."""

    before: Revisions
    after: Revisions


def migrate(
    owner_url: str,
    *,
    service_url: str,
    console_url: str | None = None,
    to: str = HEAD,
    patience: Patience = _PATIENCE,
) -> Migrated:
    """Migrate up to a revision, and let the logins act as their roles (`shared.store.logins`).

    A database that a later version has migrated is left as it is while this code may work on it.

    Args:
        owner_url: PostgreSQL as the owner of the tables.
        service_url: as the services connect; only its user name is used.
        console_url: as the console connects, where it has a login of its own, made if need be.
        to: a revision, `head` by default.
        patience: how long to wait for a turn, and for tables.

    Raises:
        MigrationError: an unknown or an earlier revision, tables of a later version that this code
            may not work on, a turn or a table that did not come in time. Nothing was changed.
        sqlalchemy.exc.OperationalError: PostgreSQL is out of reach.
    """
    with _as_owner(owner_url, patience) as connection:
        before = read_revisions(connection)
        _refuse_up(before, to)
        if not before.ahead:
            command.upgrade(_config(connection), to)
            _keep_compatibility(connection)
        if to == HEAD:
            connection.execute(_EVENTS_GO_ON)
        logins.admit_services(connection, service_url)
        if console_url is not None:
            logins.admit_console(connection, console_url)
        return Migrated(before, read_revisions(connection))


def take_down(owner_url: str, *, to: str, patience: Patience = _PATIENCE) -> Migrated:
    """Take the tables back to an earlier revision; nothing that anybody entered is lost.

    Args:
        owner_url: PostgreSQL as the owner of the tables.
        to: the revision to come back to, `0002` at the earliest.
        patience: how long to wait for a turn, and for tables.

    Raises:
        MigrationError: as `migrate` does; a revision that is not below the database's, or that has
            no place for the record. Nothing was changed.
        sqlalchemy.exc.OperationalError: PostgreSQL is out of reach.
    """
    with _as_owner(owner_url, patience) as connection:
        before = read_revisions(connection)
        _refuse_down(before, to)
        command.downgrade(_config(connection), to)
        _keep_compatibility(connection)
        return Migrated(before, read_revisions(connection))


def revisions(engine: Engine) -> Revisions:
    """The database's revision, the one of this code, and what the tables still bear."""
    with engine.connect() as connection:
        return read_revisions(connection)


def read_revisions(connection: Connection) -> Revisions:
    """The same, over a connection that is open already."""
    current = MigrationContext.configure(connection).get_current_revision()
    has_compatibility = connection.execute(_HAS_COMPATIBILITY).scalar_one()
    works_from = connection.execute(_WORKS_FROM).scalar() if has_compatibility else None
    return Revisions(current, known_revisions()[-1], works_from)


def known_revisions() -> tuple[str, ...]:
    """The revisions that this version of the code knows, oldest first."""
    scripts = ScriptDirectory.from_config(_config(None)).walk_revisions()
    return tuple(sorted(script.revision for script in scripts))


@contextmanager
def _as_owner(url: str, patience: Patience) -> Iterator[Connection]:
    """A transaction of the owner's, alone to migrate."""
    engine = create_engine(url, hide_parameters=True)
    try:
        with engine.begin() as connection:
            with _at_most(connection, patience.turn_s, "Une autre migration est en cours"):
                connection.execute(_ONE_AT_A_TIME)
            with _at_most(connection, patience.table_s, "Une table est occupée"):
                yield connection
    finally:
        engine.dispose()


@contextmanager
def _at_most(connection: Connection, seconds: float, what: str) -> Iterator[None]:
    """Wait so long for any one lock, no longer."""
    connection.execute(_WAIT_AT_MOST, {"most": f"{seconds * 1000:.0f}ms"})
    try:
        yield
    except OperationalError as late:
        if not isinstance(late.orig, LockNotAvailable):
            raise
        raise MigrationError(
            f"{what} depuis plus de {seconds:g} s : rien n'est changé. Attendez la fin de ce qui "
            "la retient (sauvegarde, « berceau journal verify », longue lecture), puis relancez."
        ) from None


def _refuse_up(now: Revisions, to: str) -> None:
    if to != HEAD:
        _refuse_unknown(to)
    if now.ahead and not (now.fit and to == HEAD):
        raise MigrationError(
            f"La base est à la migration {now.current}, que cette version ne connaît pas "
            f"(elle va jusqu'à {now.wanted}). Installez la version qui l'a migrée."
        )
    if to != HEAD and now.current is not None and to < now.current:
        raise MigrationError(
            f"La base est à la migration {now.current}, après {to} : pour revenir en arrière, "
            f"berceau migrate --down-to {to}."
        )


def _refuse_down(now: Revisions, to: str) -> None:
    _refuse_unknown(to)
    if now.ahead:
        raise MigrationError(
            f"La base est à la migration {now.current}, que cette version ne connaît pas : seule "
            "la version qui l'a migrée sait revenir en arrière."
        )
    if now.current is None or to >= now.current:
        raise MigrationError(
            f"La base est à la migration {now.current or 'aucune'} : {to} n'est pas en arrière."
        )
    if to < RECORD_SINCE:
        raise MigrationError(
            f"Avant {RECORD_SINCE}, les tables des dossiers n'existent pas : y revenir les "
            "effacerait. Pour repartir de zéro, créez une base vide."
        )


def _refuse_unknown(revision: str) -> None:
    if revision not in (known := known_revisions()):
        raise MigrationError(
            f"Migration inconnue : {revision}. Cette version connaît {', '.join(known)}."
        )


def _keep_compatibility(connection: Connection) -> None:
    """Write down what the newest migration says of older code."""
    if not connection.execute(_HAS_COMPATIBILITY).scalar_one():
        return
    current = MigrationContext.configure(connection).get_current_revision() or ""
    script = ScriptDirectory.from_config(_config(connection)).get_revision(current)
    connection.execute(_NOW_WORKS_FROM, {"works_from": script.module.WORKS_FROM})


def _config(connection: Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", "shared:migrations")
    config.attributes["connection"] = connection
    return config
