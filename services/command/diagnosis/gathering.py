"""Gathering the facts: a few short questions to the disk, PostgreSQL and Redis; nothing is written.

Nothing here raises because something is down: that is a fact too.
"""

import shutil
import stat
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

from redis import Redis, RedisError
from redis.exceptions import ResponseError
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from services.command.diagnosis.facts import Doorbells, Facts, Ring, SecretFile, Space
from services.command.diagnosis.record import read_record
from shared.errors import SettingsError
from shared.sealing import KeyRing
from shared.watching.figures import Snapshot
from shared.watching.reading import read_snapshot


def gather(
    *,
    engine: Engine,
    client: Redis,
    ring_file: Path,
    seal_key_file: Path | None,
    namespace: str,
    window: int,
) -> Facts:
    """Gather everything that `berceau doctor` looks at.

    Args:
        engine: the record, as the services' login, whose rights are looked at.
        client: Redis.
        ring_file: the key ring's file.
        seal_key_file: the file of the key that signs the journal's daily root, if there is one.
        namespace: the prefix of the keys in Redis.
        window: most doorbells that wait in Redis, per queue.
    """
    ring = _ring(ring_file)
    names = None if ring is None else frozenset(ring.keys)
    try:
        record, snapshot = read_record(engine, ring), _snapshot(engine, client, namespace, window)
    except SQLAlchemyError:
        record, snapshot = None, None
    return Facts(
        at=datetime.now(UTC),
        ring=Ring(_secret_file(ring_file), names),
        seal_key=None if seal_key_file is None else _secret_file(seal_key_file),
        record=record,
        doorbells=_doorbells(client),
        space=_space(ring_file),
        snapshot=snapshot,
    )


def _ring(path: Path) -> KeyRing | None:
    try:
        return KeyRing.read(path)
    except SettingsError:
        return None


def _secret_file(path: Path) -> SecretFile:
    try:
        return SecretFile(path, stat.S_IMODE(path.stat().st_mode))
    except OSError:
        return SecretFile(path, None)


def _space(ring_file: Path) -> Space | None:
    try:
        usage = shutil.disk_usage(ring_file.parent)
    except OSError:
        return None
    return Space(usage.free, usage.total)


def _snapshot(engine: Engine, client: Redis, namespace: str, window: int) -> Snapshot | None:
    """The figures; None where the tables are not yet those of this version."""
    try:
        return read_snapshot(engine, client, namespace=namespace, window=window)
    except SQLAlchemyError:
        return None


def _doorbells(client: Redis) -> Doorbells | None:
    try:
        client.ping()
        skew = _clock_of(client)
        info = _info(client)
    except RedisError:
        return None
    return Doorbells(
        skew=skew,
        policy=_text(info.get("maxmemory_policy")),
        append_only=None if "aof_enabled" not in info else str(info["aof_enabled"]) == "1",
        used=_whole(info.get("used_memory")),
        limit=_whole(info.get("maxmemory")),
    )


def _clock_of(client: Redis) -> timedelta | None:
    asked = datetime.now(UTC)
    try:
        seconds, micros = client.time()
    except ResponseError:
        return None
    middle = asked + (datetime.now(UTC) - asked) / 2
    return datetime.fromtimestamp(seconds + micros / 1e6, UTC) - middle


def _info(client: Redis) -> Mapping[str, object]:
    """What Redis says of itself; nothing where the command is not known or not allowed."""
    try:
        return cast("Mapping[str, object]", client.info())
    except ResponseError:
        return {}


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
