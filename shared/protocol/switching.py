"""Switching: pauses, kept in the record so that no flush of Redis can end one early."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Engine, text

_HABILITATION = "habilitation:"
_PAUSE = text("""
    INSERT INTO switches (name, until, reason, set_by) VALUES (:name, :until, :reason, :by)
    ON CONFLICT (name) DO UPDATE
    SET until = excluded.until, reason = excluded.reason, set_by = excluded.set_by, set_at = now()
    WHERE switches.until < excluded.until OR excluded.until IS NULL
""")
_RESUME = text("DELETE FROM switches WHERE name = :name")


def habilitation_switch(habilitation: UUID) -> str:
    """The name of the switch that stops a habilitation's calls."""
    return f"{_HABILITATION}{habilitation}"


def habilitation_of(switch: str) -> UUID | None:
    """The habilitation that a switch of this name stops; None when it stops something else."""
    try:
        return (
            UUID(switch.removeprefix(_HABILITATION)) if switch.startswith(_HABILITATION) else None
        )
    except ValueError:
        return None


def pause_habilitation(
    engine: Engine, habilitation: UUID, *, until: datetime, reason: str, by: str
) -> None:
    """Pause the calls of a habilitation; a longer pause, or a person's, stays as it is."""
    pause(engine, habilitation_switch(habilitation), until=until, reason=reason, by=by)


def pause(engine: Engine, name: str, *, until: datetime | None, reason: str, by: str) -> None:
    """Switch something off, until a time (UTC) or, with None, until a person resumes it."""
    values = {"name": name, "until": until, "reason": reason, "by": by}
    with engine.begin() as connection:
        connection.execute(_PAUSE, values)


def resume(engine: Engine, name: str) -> None:
    """Switch it on again."""
    with engine.begin() as connection:
        connection.execute(_RESUME, {"name": name})
