"""The machine that measured: what it is, how busy it was, which versions ran on it."""

import os
import platform
from importlib.metadata import version
from typing import Any

import redis
from sqlalchemy import Engine, text

_PACKAGES = ("berceau", "celery", "dramatiq", "requests", "sqlalchemy", "psycopg")


def machine() -> dict[str, Any]:
    """What it is."""
    return {"system": platform.system(), "arch": platform.machine(), "cores": os.cpu_count()}


def load() -> float:
    """How many processes wanted a core, over the last minute."""
    return round(os.getloadavg()[0], 1)


def versions(engine: Engine, redis_url: str) -> dict[str, str]:
    """What ran."""
    with engine.connect() as connection:
        postgres = str(connection.execute(text("SHOW server_version")).scalar_one())
    with redis.Redis.from_url(redis_url) as client:
        server = str(client.info("server")["redis_version"])
    packages = {name: version(name) for name in _PACKAGES}
    python = platform.python_version()
    return {"python": python, "postgresql": postgres, "redis": server, **packages}
