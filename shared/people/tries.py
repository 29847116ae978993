"""Tries: how often a sign-in has failed, by account and by address, and until when it is refused.

Both keys are hashed, so that the table tells neither who nor from where. Waits double, up to a
quarter of an hour: nobody has to open a lock, and nobody can be shut out for long.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, select, text

from shared.store.people import SignInTriesRow

FREE_OF_ACCOUNT, FREE_OF_ADDRESS = 5, 30
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=5), timedelta(minutes=15)
_FORGOTTEN_AFTER = timedelta(days=1)
_DOUBLINGS = 20  # by then the longest wait was reached long ago
_FAIL = text("""
    INSERT INTO sign_in_tries AS t (key, failures, last_at, blocked_until)
    VALUES (:key, 1, :now, :now)
    ON CONFLICT (key) DO UPDATE SET failures = t.failures + 1, last_at = :now
    RETURNING failures
""")
_BLOCK = text("UPDATE sign_in_tries SET blocked_until = :until WHERE key = :key")


@dataclass(frozen=True, slots=True)
class Counter:
    """What failures are counted by, and how many are free."""

    key: bytes
    free: int


def counters(login: str, address: str) -> tuple[Counter, Counter]:
    """The counters of one try: of the account, of the address."""
    return (
        Counter(_key("account", login), FREE_OF_ACCOUNT),
        Counter(_key("address", address), FREE_OF_ADDRESS),
    )


def blocked_until(
    connection: Connection, counted: Sequence[Counter], *, now: datetime
) -> datetime | None:
    """Until when a try by these is refused; None when it may be made."""
    keys = [one.key for one in counted]
    until = connection.execute(
        select(func.max(SignInTriesRow.blocked_until)).where(SignInTriesRow.key.in_(keys))
    ).scalar()
    return until if until is not None and until > now else None


def failed(connection: Connection, counted: Sequence[Counter], *, now: datetime) -> None:
    """Count one failure, by each; beyond the free ones, the next try waits."""
    connection.execute(
        delete(SignInTriesRow).where(SignInTriesRow.last_at < now - _FORGOTTEN_AFTER)
    )
    for one in sorted(counted, key=lambda counter: counter.key):
        failures = connection.execute(_FAIL, {"key": one.key, "now": now}).scalar_one()
        until = now + wait_after(failures, one.free)
        connection.execute(_BLOCK, {"key": one.key, "until": until})


def succeeded(connection: Connection, counter: Counter) -> None:
    """Forget an account's failures; an address goes on being counted."""
    connection.execute(delete(SignInTriesRow).where(SignInTriesRow.key == counter.key))


def wait_after(failures: int, free: int) -> timedelta:
    """How long the next try waits."""
    if failures < free:
        return timedelta()
    doublings = min(failures - free, _DOUBLINGS)
    return min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)


def _key(kind: str, what: str) -> bytes:
    return hashlib.sha256(f"{kind}:{what}".encode()).digest()
