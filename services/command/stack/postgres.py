"""The embedded PostgreSQL: real, persistent, reachable on 127.0.0.1 with a password only.

It opens no socket file, so the length of a path never matters. `start` runs it for a test or a
tool; the stack gives `program` to its supervisor instead, then calls `provision`.
"""

import signal
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg

from services.command.stack import cluster, roles
from services.command.stack.account import unprivileged
from services.command.stack.binaries import binaries
from services.command.stack.child import Child
from services.command.stack.credentials import Credentials, credentials
from services.command.stack.home import OUTSIDE, Home
from services.command.stack.leash import Leash
from services.command.stack.lock import Lock
from services.command.stack.ports import HOST, Port, reserve
from services.command.stack.program import Program
from shared.store.migrating import migrate

_SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "max_wal_size": "512MB",
    "wal_level": "minimal",  # nobody replicates a laptop
    "max_wal_senders": "0",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # What a family said may stand in a statement, its parameters or the DETAIL of an error.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}
_DRIVER = "postgresql+psycopg"


class EmbeddedPostgres:
    """A PostgreSQL whose data lives in `home`, on `port` (by default a free one).

    As root, its data lives in a folder of `outside`.
    """

    def __init__(self, home: Path, *, port: Port | None = None, outside: Path = OUTSIDE) -> None:
        self._home = Home(home, outside)
        self._port = port or reserve()
        self._lock: Lock | None = None
        self._leash: Leash | None = None
        self._child: Child | None = None

    def program(self) -> Program:
        """Make the data folder if need be, lock it, and say how to run the server.

        The server and all its processes inherit the lock: while one of them lives, no other server
        starts on this data. The lock is ours too until `close`.

        Raises:
            InUseError: a server already runs on this data.
            StackError: the wheel is absent, or the files cannot be made.
        """
        account = unprivileged()
        folder = self._folder()
        held = self._held(folder)
        programs = binaries(folder, account)
        data = folder / "data"
        cluster.make(
            data, binaries=programs, account=account, password=self._credentials().superuser
        )
        cluster.clear_stale_pid(data)
        settings = {"port": str(self._port.release()), **_SETTINGS}
        return Program(
            name="postgres",
            argv=[
                str(programs / "postgres"),
                "-D",
                str(data),
                *(f"--{name}={value}" for name, value in settings.items()),
            ],
            env={"LC_ALL": "C"},
            cwd=folder,
            ready=self.ready,
            stop=signal.SIGINT,  # "fast": sessions are ended, data is written
            account=account,
            inherited=(held.descriptor,),
        )

    def ready(self) -> bool:
        """Tell whether the server takes connections."""
        if not cluster.says_ready(self._folder() / "data"):
            return False
        try:
            psycopg.connect(self.superuser_url, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def provision(self) -> None:
        """Make the logins `berceau_owner` and `berceau`, and the database `berceau`."""
        roles.provision(self.superuser_url, self._credentials())

    def migrate(self) -> None:
        """Bring the tables to this version, and let each login act as its role."""
        migrate(self.owner_url, service_url=self.service_url, console_url=self.console_url)

    def start(self) -> Self:
        """Run the server as our own child and provision it.

        Raises:
            StackError: it does not start; the message quotes its log.
        """
        program = self.program()
        self._leash = Leash(held=program.inherited)
        try:
            self._child = Child(program, log=self.log, leash=self._leash)
            self._child.wait_ready()
            self.provision()
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Stop the server (fast shutdown, then SIGKILL past its deadline) and free the data."""
        if self._child is not None:
            self._child.stop()
            self._child = None
        if self._leash is not None:
            self._leash.close()
            self._leash = None
        self.close()

    def close(self) -> None:
        """Let go of the data; whoever runs the server keeps it until the server ends."""
        self._port.release()
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def log(self) -> Path:
        return self._home.logs / "postgres.log"

    @property
    def pid(self) -> int:
        """The pid of the server that `start` runs."""
        if self._child is None:
            raise ValueError("the server was not started here")
        return self._child.pid

    @property
    def superuser_url(self) -> str:
        """For psycopg: makes and drops databases, nothing else."""
        password = self._credentials().superuser
        return f"postgresql://{cluster.SUPERUSER}:{password}@{self._place}/postgres"

    @property
    def owner_url(self) -> str:
        """For SQLAlchemy: what migrations run as."""
        return self.owner_url_of(roles.DATABASE)

    @property
    def service_url(self) -> str:
        """For SQLAlchemy: what the services run as."""
        return self.service_url_of(roles.DATABASE)

    @property
    def console_url(self) -> str:
        """For SQLAlchemy: what the console runs as; `migrate` makes this login."""
        return self.console_url_of(roles.DATABASE)

    def owner_url_of(self, database: str) -> str:
        return f"{_DRIVER}://{roles.OWNER}:{self._credentials().owner}@{self._place}/{database}"

    def service_url_of(self, database: str) -> str:
        return f"{_DRIVER}://{roles.SERVICE}:{self._credentials().service}@{self._place}/{database}"

    def console_url_of(self, database: str) -> str:
        return f"{_DRIVER}://{roles.CONSOLE}:{self._credentials().console}@{self._place}/{database}"

    @property
    def _place(self) -> str:
        return f"{HOST}:{self._port.number}"

    def _folder(self) -> Path:
        return self._home.folder_of(unprivileged(), "postgres")

    def _credentials(self) -> Credentials:
        return credentials(self._home.folder("secrets") / "postgres.json")

    def _held(self, folder: Path) -> Lock:
        if self._lock is None:
            lock = Lock(folder / "lock", what="PostgreSQL")
            lock.take()
            self._lock = lock
        return self._lock
