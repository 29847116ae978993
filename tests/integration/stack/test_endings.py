"""However a stack ends, no process and no lock outlives it."""

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from services.command.stack.account import unprivileged
from services.command.stack.errors import InUseError
from services.command.stack.home import Home
from services.command.stack.lock import Lock
from services.command.stack.postgres import EmbeddedPostgres

pytestmark = pytest.mark.stack

SCRIPT = Path(__file__).with_name("supervised.py")
LIMIT = 8.0  # seconds: a deaf process is granted three of them by the warden


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """One home for all: each stack finds it as the one before left it."""
    home = Home(tmp_path_factory.mktemp("stack") / "home")
    yield home
    home.erase(unprivileged())


@contextmanager
def stack(home: Home) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """A running stack, and a descriptor that ends when its last process does."""
    reading, line = os.pipe()
    command = [sys.executable, str(SCRIPT), str(home.path), str(line)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, pass_fds=[line], process_group=0
    ) as process:
        os.close(line)
        try:
            assert process.stdout is not None
            assert b"ready\n" == process.stdout.readline()
            yield process, reading
        finally:
            process.kill()
            _ended_within(reading, LIMIT)
            os.close(reading)


def _ended_within(reading: int, seconds: float) -> bool:
    return bool(select.select([reading], [], [], seconds)[0]) and os.read(reading, 1) == b""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_no_process_and_no_lock_is_left(home: Home, number: signal.Signals) -> None:
    """A signal to the stack's group, kill -9 included, ends every process and frees the home."""
    with stack(home) as (process, reading):
        os.killpg(process.pid, number)
        assert _ended_within(reading, LIMIT)
        process.wait()
        lock = Lock(home.lock, what="Essai")
        lock.take()
        lock.release()


def test_the_home_is_held_until_the_last_process_has_ended(home: Home) -> None:
    """After kill -9 of the supervisor, the home is free only once nothing of its stack lives."""
    lock = Lock(home.lock, what="Essai")
    with stack(home) as (process, reading):
        process.kill()
        process.wait()
        with pytest.raises(InUseError):
            lock.take(wait=0)
        assert _ended_within(reading, LIMIT)
        lock.take()
        lock.release()


def test_two_stacks_do_not_share_a_home(home: Home) -> None:
    """A second stack on a home is refused at once, and named the process that holds it."""
    with stack(home) as (process, _reading):
        began = time.monotonic()
        second = subprocess.run(
            [sys.executable, str(SCRIPT), str(home.path), "1"], capture_output=True, check=False
        )
        assert f"Berceau : le processus {process.pid} s'en sert déjà" in second.stderr.decode()
        assert time.monotonic() - began < 4.0


def test_data_outlives_kill_9_of_everything(home: Home) -> None:
    """What was committed before kill -9 of the supervisor is there at the next start."""
    postgres = EmbeddedPostgres(home.path)
    with stack(home) as (process, reading):
        port = int(
            (home.folder_of(unprivileged(), "postgres") / "data/postmaster.pid")
            .read_text(encoding="utf-8")
            .split("\n")[3]
        )
        url = postgres.superuser_url.replace(str(postgres._port.number), str(port))
        with psycopg.connect(url) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
        process.kill()
        assert _ended_within(reading, LIMIT)
    with postgres, psycopg.connect(postgres.superuser_url) as connection:
        assert (42,) == connection.execute("SELECT answer FROM kept").fetchone()
