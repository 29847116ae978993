"""Switches: what a person pauses and resumes, written down with why.

A pause of a habilitation, of an endpoint or of a provider is cached in Redis: whoever resumes has
Redis forget it too (`shared.queue.forgetting`).
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from shared.protocol import switching
from shared.protocol.operating.noting import note
from shared.protocol.operating.switch_names import find


@dataclass(frozen=True, slots=True)
class Resumed:
    """What was resumed, for Redis to forget: a habilitation's pause, stops by name."""

    habilitation: UUID | None
    stops: tuple[str, ...]


def pause(
    connection: Connection, what: str, *, until: datetime | None, reason: str, actor: str
) -> None:
    """Pause what a person names, until a time (UTC), or without end.

    Args:
        connection: in a transaction.
        what: `ringing`, a habilitation's code, `queue:verify.bulk`, `authority:CODE`,
            `provider:NAME`, `endpoint:NAME`, `scheme:AUTHORITY/CODE`.
        until: its end; None: until it is resumed.
        reason: why, as others read it beside what is paused.
        actor: who does it.

    Raises:
        UnknownSwitchError: nothing has that name.
    """
    switch = find(connection, what).switch
    switching.set_pause(connection, switch, until=until, reason=reason, by=actor)
    detail = {} if until is None else {"until": until.isoformat()}
    note(connection, "pause", switch, actor=actor, comment=reason, detail=detail)


def resume(connection: Connection, what: str, *, actor: str, comment: str = "") -> Resumed:
    """Resume what a person names, with what verifiers stopped of the same.

    Raises:
        UnknownSwitchError: nothing has that name.
    """
    named = find(connection, what)
    switching.end_pause(connection, named.switch)
    stops = [stop for begins in named.stops for stop in switching.end_pauses(connection, begins)]
    note(connection, "resume", named.switch, actor=actor, comment=comment)
    return Resumed(named.habilitation, tuple(stops))
