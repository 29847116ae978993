"""A stack with its portal, and what befalls it."""

import asyncio
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import psycopg
import redis
from sqlalchemy import URL, create_engine, make_url, text

from services.command.demo.run import Order, run
from services.command.demo.verdict import Verdict
from services.command.running import Running
from services.command.stack import cluster, roles
from services.command.stack.binaries import binaries
from services.command.stack.credentials import Credentials, credentials
from shared.queue.broker import QUEUES


@dataclass(frozen=True)
class Town:
    """A stack with its portal, and what befalls it."""

    stack: Running

    def order(self, families: int, *, settle_within_s: float) -> Order:
        return Order(
            applications=families,
            intake_url=self.stack.intake_url,
            simulator_url=self.stack.simulator_url,
            portal_key=self.stack.portal_key,
            settle_within_s=settle_within_s,
        )

    def hand_in(self, families: int, *, settle_within_s: float) -> Verdict:
        """The same families under the same keys each time, the first so many of them."""
        return asyncio.run(run(self.order(families, settle_within_s=settle_within_s)))

    def doorbells(self) -> int:
        """How many are in Redis, waiting or fetched."""
        with redis.Redis.from_url(self.stack.redis_url) as client:
            return sum(int(client.hlen(f"berceau:{queue}.msgs")) for queue in QUEUES)

    def broken_doorbells(self) -> int:
        """Those that broke the thread that heard them."""
        with redis.Redis.from_url(self.stack.redis_url) as client:
            return sum(int(client.zcard(f"berceau:{queue}.XQ")) for queue in QUEUES)

    def flush(self) -> None:
        with redis.Redis.from_url(self.stack.redis_url) as client:
            client.flushall()

    def count(self, query: str) -> int:
        engine = create_engine(self.stack.database_url)
        with engine.connect() as connection:
            counted: int = connection.execute(text(query)).scalar_one()
        engine.dispose()
        return counted

    def wait_for(self, query: str, awaited: int, *, within_s: float = 30) -> None:
        """Wait until that many are counted."""
        deadline = time.monotonic() + within_s
        while self.count(query) != awaited:
            assert time.monotonic() < deadline, f"never {awaited}: {query}"
            time.sleep(0.1)

    def lose_everything(self) -> None:
        """The database, the role that a new server does not have, and both keys."""
        superuser = _plain(_url(self.stack, cluster.SUPERUSER).set(database="postgres"))
        roles.drop_database(superuser, roles.DATABASE)
        with psycopg.connect(superuser) as connection:
            connection.execute("DROP ROLE berceau_services")
        for key in ("BERCEAU_KEY_RING_FILE", "BERCEAU_SEAL_KEY_FILE"):
            Path(self.stack.env[key]).unlink()

    def settings(self, folder: Path, *first: Path) -> dict[str, str]:
        """The environment of whoever runs PostgreSQL's programs and `berceau` on it."""
        url, kept = make_url(self.stack.database_url), _passwords(self.stack)
        file = folder / "pgpass"
        file.write_text(f"*:*:*:postgres:{kept.superuser}\n*:*:*:{roles.OWNER}:{kept.owner}\n")
        file.chmod(0o600)
        path = (*first, Path(sys.executable).parent, binaries(folder, None))
        return {
            **self.stack.env,
            "BERCEAU_OWNER_DATABASE_URL": owner_url(self.stack),
            "PATH": os.pathsep.join([*map(str, path), os.environ["PATH"]]),
            "PGHOST": str(url.host),
            "PGPORT": str(url.port),
            "PGPASSFILE": str(file),
        }


def owner_url(stack: Running) -> str:
    """PostgreSQL as the owner of the tables, for SQLAlchemy."""
    return _url(stack, roles.OWNER).render_as_string(hide_password=False)


def _url(stack: Running, login: str) -> URL:
    kept = _passwords(stack)
    password = {roles.OWNER: kept.owner, cluster.SUPERUSER: kept.superuser}[login]
    return make_url(stack.database_url).set(username=login, password=password)


def _plain(url: URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


def _passwords(stack: Running) -> Credentials:
    return credentials(stack.home.folder("secrets") / "postgres.json")
