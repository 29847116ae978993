"""The embedded PostgreSQL: closed by a password, persistent, and harmless to its surroundings."""

import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, text

from services.command.stack import binaries, cluster
from services.command.stack.account import unprivileged
from services.command.stack.errors import InUseError
from services.command.stack.home import Home
from services.command.stack.lock import Lock
from services.command.stack.ports import HOST, reserve
from services.command.stack.postgres import EmbeddedPostgres

pytestmark = pytest.mark.stack

SECOND = """
import sys; from pathlib import Path
from services.command.stack.postgres import EmbeddedPostgres
EmbeddedPostgres(Path(sys.argv[1])).start()
"""


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    home = Home(tmp_path / "a home with spaces, and much too long for a socket" / ("x" * 100))
    yield home
    home.erase(unprivileged())


def modes(path: Path) -> dict[Path, int]:
    return {parent: stat.S_IMODE(parent.stat().st_mode) for parent in path.parents}


def ask(url: str, question: str) -> object:
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        row = connection.execute(question.encode()).fetchone()
    return row and row[0]


def test_it_starts_fast_and_changes_no_mode(home: Home) -> None:
    """A first start takes less than 10 s and leaves the mode of every parent as it was."""
    home.path.parent.mkdir()
    before = modes(home.path)
    outside = modes(Path("/var/tmp/x"))  # noqa: S108 - looked at only
    began = time.monotonic()
    with EmbeddedPostgres(home.path) as server:
        assert time.monotonic() - began < 10.0
        assert "FATAL" not in server.log.read_text(encoding="utf-8")
    assert (before, outside) == (modes(home.path), modes(Path("/var/tmp/x")))  # noqa: S108


def test_data_outlives_a_stop_and_a_kill(home: Home) -> None:
    """What was committed is there after a clean stop, and after kill -9 of the server."""
    with EmbeddedPostgres(home.path) as server, psycopg.connect(server.superuser_url) as made:
        made.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    with EmbeddedPostgres(home.path) as server:
        assert 42 == ask(server.superuser_url, "SELECT answer FROM kept")
        os.kill(server.pid, signal.SIGKILL)
    with EmbeddedPostgres(home.path) as server:
        assert 42 == ask(server.superuser_url, "SELECT answer FROM kept")


def test_an_interrupted_first_start_is_begun_again(home: Home) -> None:
    """Files left by an initdb that was killed do not prevent the next start."""
    folder = home.folder_of(unprivileged(), "postgres")
    (folder / "data.partial").mkdir()
    (folder / "data.partial" / "PG_VERSION").write_text("18\n")
    with EmbeddedPostgres(home.path) as server:
        assert server.ready()


def test_both_logins_and_the_product_s_database_exist(postgres: EmbeddedPostgres) -> None:
    """SQLAlchemy connects by both URLs; the owner owns the database, the service nothing."""
    question = text(
        "SELECT current_user, current_database(), pg_get_userbyid(datdba) "
        "FROM pg_database WHERE datname = current_database()"
    )
    seen = []
    for url in (postgres.owner_url, postgres.service_url):
        engine = create_engine(url)
        with engine.connect() as connection:
            seen.append(tuple(connection.execute(question).one()))
        engine.dispose()
    assert [
        ("berceau_owner", "berceau", "berceau_owner"),
        ("berceau", "berceau", "berceau_owner"),
    ] == seen


@pytest.mark.parametrize("password", ["wrong", ""])
def test_no_one_connects_without_the_password(
    postgres: EmbeddedPostgres, password: str, tmp_path: Path
) -> None:
    """A wrong or missing password is refused, to the superuser too."""
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(
            host="127.0.0.1",
            port=postgres._port.number,
            user="postgres",
            password=password,
            passfile=str(tmp_path / "none"),
            dbname="postgres",
        )


def test_the_owner_can_make_and_grant_the_services_role(postgres: EmbeddedPostgres) -> None:
    """The owner may create a role and grant it to the services' login, as the migration does."""
    with psycopg.connect(postgres.owner_url.replace("+psycopg", "")) as connection:
        connection.execute("CREATE ROLE a_trial")
        connection.execute("GRANT a_trial TO berceau")
        connection.rollback()


def test_the_service_cannot_make_tables(postgres: EmbeddedPostgres) -> None:
    """The services' login has no right that a migration did not give it."""
    with (
        psycopg.connect(postgres.service_url.replace("+psycopg", "")) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("CREATE TABLE mine (id int)")


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("fsync", "on"),
        ("full_page_writes", "on"),
        ("synchronous_commit", "on"),
        ("TimeZone", "UTC"),
        ("server_encoding", "UTF8"),
        ("unix_socket_directories", ""),
        ("listen_addresses", "127.0.0.1"),
        ("password_encryption", "scram-sha-256"),
    ],
)
def test_settings(postgres: EmbeddedPostgres, setting: str, value: str) -> None:
    """Nothing is traded for speed, and nothing is open but 127.0.0.1."""
    assert value == ask(postgres.superuser_url, f"SHOW {setting}")


def test_no_personal_data_in_the_log(postgres: EmbeddedPostgres) -> None:
    """A statement that fails on a family's name leaves neither statement nor name in the log."""
    with psycopg.connect(postgres.superuser_url) as connection:
        connection.execute("CREATE TEMPORARY TABLE family (name text UNIQUE)")
        insert = "INSERT INTO family VALUES ('Marchetti-Lô')"
        connection.execute(insert)
        with pytest.raises(psycopg.errors.UniqueViolation, match="Marchetti-Lô"):
            connection.execute(insert)
    log = postgres.log.read_text(encoding="utf-8")
    assert (True, False) == ("duplicate key value" in log, "Marchetti" in log)


def test_no_password_in_the_arguments(postgres: EmbeddedPostgres) -> None:
    """The arguments of the server, which every user of the machine sees, hold no password."""
    assert postgres._child is not None
    arguments = " ".join(postgres._child._program.argv)
    drawn = postgres._credentials()
    assert [] == [p for p in (drawn.superuser, drawn.owner, drawn.service) if p in arguments]


def test_it_is_not_asked_before_it_is_ready(home: Home) -> None:
    """Before the server has noted that it is ready, nothing knocks at its port."""
    port = reserve()
    server = EmbeddedPostgres(home.path, port=port)
    with socket.create_server((HOST, port.release())) as listening:
        listening.settimeout(0)
        assert not server.ready()
        with pytest.raises(BlockingIOError):
            listening.accept()


def test_two_servers_do_not_share_a_home(postgres: EmbeddedPostgres) -> None:
    """A second server on the same home is refused, and told which process holds it."""
    second = subprocess.run(
        [sys.executable, "-c", SECOND, str(postgres._home.path)], capture_output=True, check=False
    )
    assert f"PostgreSQL : le processus {os.getpid()} s'en sert déjà" in second.stderr.decode()
    assert postgres.ready()


def test_a_server_holds_its_data_whoever_started_it(home: Home) -> None:
    """When we let go of the data, the server that runs on it holds it still."""
    with EmbeddedPostgres(home.path) as server:
        server.close()
        lock = Lock(home.folder_of(unprivileged(), "postgres") / "lock", what="Essai")
        with pytest.raises(InUseError):
            lock.take(wait=0)


def test_copied_programs_run(home: Home) -> None:
    """The programs copied for an account that cannot reach the wheel make a data folder."""
    account = unprivileged()
    folder = home.folder_of(account, "postgres")
    copied = binaries._copied(binaries._wheel(), folder / "binaries-0.0")
    assert copied == binaries._copied(binaries._wheel(), folder / "binaries-0.0")
    cluster.make(folder / "data", binaries=copied, account=account, password="invented")
    assert "18\n" == (folder / "data" / "PG_VERSION").read_text(encoding="utf-8")
    assert not (folder / "password").exists()
