"""The logins of an installation, let into the roles that migrations give rights to.

The services' login is made by whoever administers PostgreSQL. The console's is made here when it
is not there, so that an upgrade asks nothing of them: the owner of the tables may create roles.
"""

from psycopg import Connection as Driver
from sqlalchemy import Connection, make_url, text
from sqlalchemy.dialects.postgresql.base import PGIdentifierPreparer
from sqlalchemy.engine import URL

_SERVICES, _SCREENS = "berceau_services", "berceau_screens"
_KNOWN = text("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = :name)")
_MAY_CONNECT = text("SELECT has_database_privilege(:name, current_database(), 'CONNECT')")
_DATABASE = text("SELECT current_database()")


def admit_services(connection: Connection, url: str) -> None:
    """Let the services' login act as the services, and step down to the screens."""
    login = make_url(url).username or ""
    for role in (_SERVICES, _SCREENS):
        _grant(connection, role, login)


def admit_console(connection: Connection, url: str) -> None:
    """Make the console's login if it is not there, and let it step down to the screens.

    Its password goes to PostgreSQL as a verifier: a log of statements cannot tell it.
    """
    login = make_url(url)
    name = login.username or ""
    if not connection.execute(_KNOWN, {"name": name}).scalar_one():
        _make(connection, login)
    _grant(connection, _SCREENS, name)
    if not connection.execute(_MAY_CONNECT, {"name": name}).scalar_one():
        database = _quoted(connection, connection.execute(_DATABASE).scalar_one())
        connection.execute(text(f"GRANT CONNECT ON DATABASE {database} TO {_SCREENS}"))


def _make(connection: Connection, login: URL) -> None:
    driver = connection.connection.driver_connection
    assert isinstance(driver, Driver)  # noqa: S101  # the only driver that Berceau has
    given = ((login.password or "").encode(), (login.username or "").encode())
    verifier = driver.pgconn.encrypt_password(*given, b"scram-sha-256").decode()
    name = _quoted(connection, login.username or "")
    making = f"CREATE ROLE {name} LOGIN NOCREATEROLE PASSWORD '{verifier}'"
    connection.exec_driver_sql(making.replace("%", "%%"))


def _grant(connection: Connection, role: str, login: str) -> None:
    """Nothing on tables so old that the role is not there yet."""
    if connection.execute(_KNOWN, {"name": role}).scalar_one():
        connection.execute(text(f"GRANT {role} TO {_quoted(connection, login)}"))


def _quoted(connection: Connection, name: str) -> str:
    return PGIdentifierPreparer(connection.dialect).quote_identifier(name)
