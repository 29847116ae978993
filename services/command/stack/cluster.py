"""The files of the embedded PostgreSQL: made once, readable by its account only."""

import contextlib
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

from services.command.stack.account import Account
from services.command.stack.errors import InUseError, StackError
from services.command.stack.ports import HOST

SUPERUSER = "postgres"
_PATIENCE = 120.0
_KNOCK = 1.0  # seconds granted to a local server to take a connection


def make(data: Path, *, binaries: Path, account: Account | None, password: str) -> None:
    """Make the data folder unless it exists; an interrupted making is begun again.

    Passwords are SCRAM, on every connection. Text is UTF-8, in the order of its code points
    (PostgreSQL's builtin C.UTF-8, the same on every machine).
    """
    if data.exists():
        return
    partial = data.with_name("data.partial")
    shutil.rmtree(partial, ignore_errors=True)
    with _password_file(data.with_name("password"), password, account) as file:
        _run_initdb(partial, binaries=binaries, account=account, password_file=file)
    partial.rename(data)


def says_ready(data: Path) -> bool:
    """Tell whether the server noted, as pg_ctl expects it, that it takes connections.

    A connection tried before that would leave a FATAL line in its log.
    """
    file = data / "postmaster.pid"
    return file.exists() and file.read_text(encoding="utf-8").rstrip().endswith("ready")


def clear_stale_pid(data: Path) -> None:
    """Remove the pid file of a server that is dead, when its number now names another process.

    PostgreSQL removes one whose process is gone, but refuses to start when the number was given to
    a new process of the same user. Called with the lock of the data held, which every process of a
    server that we started inherits: only one started by hand could still run.

    Raises:
        InUseError: a server started by hand answers on the port that the file names.
    """
    file = data / "postmaster.pid"
    if not file.exists():
        return
    pid, _folder, _began, port, *_rest = [*file.read_text(encoding="utf-8").split("\n"), *"    "]
    if port.strip().isdigit() and _answers(int(port)):
        raise InUseError(
            f"PostgreSQL (processus {pid}, port {port}) tourne déjà sur {data}. "
            "Arrêtez-le, ou choisissez un autre dossier par BERCEAU_HOME."
        )
    file.unlink()


def _answers(port: int) -> bool:
    try:
        with socket.create_connection((HOST, port), timeout=_KNOCK):
            return True
    except OSError:
        return False


@contextlib.contextmanager
def _password_file(path: Path, password: str, account: Account | None) -> Iterator[Path]:
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        if account is not None:
            os.fchown(descriptor, account.uid, account.gid)
        file.write(password)
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


def _run_initdb(
    folder: Path, *, binaries: Path, account: Account | None, password_file: Path
) -> None:
    done = subprocess.run(  # noqa: S603 - the wheel's program
        [
            binaries / "initdb",
            f"--pgdata={folder}",
            f"--username={SUPERUSER}",
            f"--pwfile={password_file}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
        ],
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
        env={"LC_ALL": "C"},
        cwd=folder.parent,
        capture_output=True,
        text=True,
        timeout=_PATIENCE,
        check=False,
    )
    if done.returncode != 0:
        raise StackError(f"PostgreSQL n'a pas pu créer ses fichiers :\n{done.stderr.strip()}")
