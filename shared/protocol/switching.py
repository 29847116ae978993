"""Switching: pauses, kept in the record so that no flush of Redis can end one early.

A switch is a row that stops something, until a time or until a person says so. Two of them are set
by verifiers and stay until a call has passed, for their time is only when one may try again:
`breaker:<endpoint>` and `token:<habilitation>:<fingerprint>`.
"""

from datetime import datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy import Connection, Engine, text

RINGING_SWITCH = "ringing"
PROVIDER = "provider:"
ENDPOINT = "endpoint:"
QUEUE = "queue:"
AUTHORITY = "authority:"
HABILITATION = "habilitation:"
SCHEME = "scheme:"
BREAKER = "breaker:"
TOKEN = "token:"  # noqa: S105  # a name, and no secret follows it
FINGERPRINT_LENGTH = 12
_PAUSE = text("""
    INSERT INTO switches (name, until, reason, set_by) VALUES (:name, :until, :reason, :by)
    ON CONFLICT (name) DO UPDATE
    SET until = excluded.until, reason = excluded.reason, set_by = excluded.set_by, set_at = now()
    WHERE switches.until < excluded.until OR excluded.until IS NULL
""")
_RESUME = text("DELETE FROM switches WHERE name = :name")
_RESUME_ALL = text("DELETE FROM switches WHERE starts_with(name, :begins) RETURNING name")


def habilitation_switch(habilitation: UUID) -> str:
    """The name of the switch that stops a habilitation's calls."""
    return f"{HABILITATION}{habilitation}"


def breaker_switch(endpoint: str) -> str:
    """The name of the switch that stops the calls to an endpoint that is down."""
    return f"{BREAKER}{endpoint}"


def token_switch(habilitation: UUID, right: str = "") -> str:
    """The name of the switch of a refused token, by its fingerprint; without, how those begin."""
    return f"{TOKEN}{habilitation}:{right}"


def fingerprint(sealed_token: bytes, recipient: str) -> str:
    """What tells a right to call from the one that replaces it; nothing of the token is in it."""
    return sha256(sealed_token + recipient.encode()).hexdigest()[:FINGERPRINT_LENGTH]


def named(kind: str, switch: str) -> str | None:
    """What a switch of this kind (`ENDPOINT`, …) stops; None when it is of another."""
    return switch.removeprefix(kind) if switch.startswith(kind) else None


def id_of(kind: str, switch: str) -> UUID | None:
    """The id that a switch of this kind stops; None when it stops something else."""
    try:
        return UUID(named(kind, switch) or "")
    except ValueError:
        return None


def pause_habilitation(
    engine: Engine, habilitation: UUID, *, until: datetime, reason: str, by: str
) -> None:
    """Pause the calls of a habilitation; a longer pause, or a person's, stays as it is."""
    pause(engine, habilitation_switch(habilitation), until=until, reason=reason, by=by)


def pause(engine: Engine, name: str, *, until: datetime | None, reason: str, by: str) -> None:
    """Switch something off, until a time (UTC) or, with None, until a person resumes it."""
    with engine.begin() as connection:
        set_pause(connection, name, until=until, reason=reason, by=by)


def resume(engine: Engine, name: str) -> None:
    """Switch it on again."""
    with engine.begin() as connection:
        end_pause(connection, name)


def resume_all(engine: Engine, begins: str) -> list[str]:
    """Switch on again all whose names begin so; returns these names."""
    with engine.begin() as connection:
        return end_pauses(connection, begins)


def set_pause(
    connection: Connection, name: str, *, until: datetime | None, reason: str, by: str
) -> None:
    """Switch something off, in the caller's transaction."""
    values = {"name": name, "until": until, "reason": reason, "by": by}
    connection.execute(_PAUSE, values)


def end_pause(connection: Connection, name: str) -> None:
    """Switch it on again, in the caller's transaction."""
    connection.execute(_RESUME, {"name": name})


def end_pauses(connection: Connection, begins: str) -> list[str]:
    """Switch on again all whose names begin so, in the caller's transaction; these names."""
    return list(connection.execute(_RESUME_ALL, {"begins": begins}).scalars())
