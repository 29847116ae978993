"""The embedded Redis: `redis-server` when the machine has one, else fakeredis behind TCP.

Both are emptied without harm: the database is the record, Redis is the doorbell.
"""

import os
import secrets
import shutil
import sys
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Self

import redis

from services.command.stack.child import Child
from services.command.stack.home import Home
from services.command.stack.leash import Leash
from services.command.stack.ports import HOST, Port, reserve
from services.command.stack.program import Program

_SETTINGS = """\
bind {host}
port {port}
protected-mode yes
requirepass {password}
dir "{folder}"
daemonize no
save ""
appendonly yes
appendfsync everysec
maxmemory 256mb
maxmemory-policy noeviction
"""


class Kind(StrEnum):
    """Which Redis runs."""

    REAL = "redis-server"
    FAKE = "fakeredis"


class EmbeddedRedis:
    """A Redis on `port` (by default a free one); `kind` defaults to the best that is here."""

    def __init__(self, home: Path, *, port: Port | None = None, kind: Kind | None = None) -> None:
        self._home = Home(home)
        self._port = port or reserve()
        self._password = secrets.token_urlsafe(24)
        self._leash: Leash | None = None
        self._child: Child | None = None
        self.kind = kind or (Kind.REAL if shutil.which(Kind.REAL) else Kind.FAKE)

    def program(self) -> Program:
        """Write the settings of the server and say how to run it."""
        return Program(name="redis", argv=self._argv(), ready=self.ready)

    def ready(self) -> bool:
        """Tell whether the server answers."""
        with redis.Redis.from_url(self.url, socket_timeout=2) as client:
            try:
                return bool(client.ping())
            except redis.RedisError:
                return False

    def start(self) -> Self:
        """Run the server as our own child.

        Raises:
            StackError: it does not start; the message quotes its log.
        """
        self._leash = Leash()
        try:
            self._child = Child(self.program(), log=self.log, leash=self._leash)
            self._child.wait_ready()
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Stop the server."""
        if self._child is not None:
            self._child.stop()
            self._child = None
        if self._leash is not None:
            self._leash.close()
            self._leash = None
        self._port.release()

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
        return self._home.logs / "redis.log"

    @property
    def url(self) -> str:
        """The URL of database 0, password included."""
        return self.url_of(0)

    def url_of(self, database: int) -> str:
        user = f":{self._password}@" if self.kind is Kind.REAL else ""
        return f"redis://{user}{HOST}:{self._port.number}/{database}"

    def _argv(self) -> list[str]:
        port = self._port.release()
        if self.kind is Kind.FAKE:
            return [sys.executable, "-m", "services.command.stack.fake_redis", str(port)]
        return [str(shutil.which(Kind.REAL)), str(self._settings(port))]

    def _settings(self, port: int) -> Path:
        folder = self._home.folder("redis")
        file = self._home.folder("secrets") / "redis.conf"
        file.unlink(missing_ok=True)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as written:
            written.write(
                _SETTINGS.format(host=HOST, port=port, password=self._password, folder=folder)
            )
        return file
