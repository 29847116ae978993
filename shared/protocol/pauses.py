"""Pauses: what the record's switches stop right now, as whoever rings or works must know it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, Row, text

from shared.endpoints import provider_of
from shared.maintenance import NO_WINDOWS, Calendar
from shared.protocol.switching import (
    AUTHORITY,
    BREAKER,
    ENDPOINT,
    FINGERPRINT_LENGTH,
    HABILITATION,
    PROVIDER,
    QUEUE,
    RINGING_SWITCH,
    SCHEME,
    TOKEN,
    breaker_switch,
    id_of,
    named,
)
from shared.states import Lane, Step

_NOW = text("SELECT now()")
_SWITCHES = text("""
    SELECT name, until, until IS NULL OR until > now() AS stops FROM switches
    WHERE until IS NULL OR until > now() OR starts_with(name, :breaker) OR starts_with(name, :token)
""")
_SCHEMES = text("SELECT id, profile FROM schemes")
_CURRENT_TOKENS = text("""
    SELECT s.name, h.id FROM switches s JOIN habilitations h
    ON s.name = 'token:' || h.id || ':' || left(
        encode(sha256(h.sealed_token || convert_to(h.recipient, 'UTF8')), 'hex'), :length)
""")
_VALUES = {"breaker": BREAKER, "token": TOKEN}


@dataclass(frozen=True, slots=True)
class Turn:
    """Whose calls a worker is about to make: applications of one scheme, in one lane."""

    authority: UUID
    scheme: UUID
    habilitation: UUID
    lane: Lane


@dataclass(frozen=True, slots=True)
class Paused:
    """What is switched off right now.

    Attributes:
        ringing: every doorbell of the scheduler.
        habilitations: whose calls are stopped, until a time (UTC) or without end (None).
        refused: habilitations whose token, as it is now, was refused.
        schemes: those that are stopped, or whose endpoint or provider is: no calls.
        authorities: for whom nothing is done at all.
        queues: by name (`verify.bulk`): nothing of them is rung or begun.
        trials: what was stopped by a failure, and when one call may try it again (UTC).
    """

    ringing: bool = False
    habilitations: Mapping[UUID, datetime | None] = field(default_factory=dict)
    refused: frozenset[UUID] = frozenset()
    schemes: frozenset[UUID] = frozenset()
    authorities: frozenset[UUID] = frozenset()
    queues: frozenset[str] = frozenset()
    trials: Mapping[str, datetime] = field(default_factory=dict)

    def stops(self, step: Step, turn: Turn) -> bool:
        """Whether a worker must begin nothing of this turn; pauses of its habilitation apart.

        Those are the limiter's, which hears of them before the record is read again.
        """
        if f"{step}.{turn.lane}" in self.queues or turn.authority in self.authorities:
            return True
        return step is Step.VERIFY and turn.scheme in self.schemes


def paused(engine: Engine, calendar: Calendar = NO_WINDOWS) -> Paused:
    """Read the switches that are on, and add the announced maintenance (`calendar`)."""
    with engine.connect() as connection:
        switches = connection.execute(_SWITCHES, _VALUES).all()
        schemes = connection.execute(_SCHEMES).all()
        tokens = _current_tokens(connection) if _any_token(switches) else {}
        at: datetime = connection.execute(_NOW).scalar_one()
    stopping = {row.name: row.until for row in switches if row.stops}
    habilitations = {id_of(HABILITATION, name): until for name, until in stopping.items()}
    return Paused(
        ringing=RINGING_SWITCH in stopping,
        habilitations={key: until for key, until in habilitations.items() if key is not None},
        refused=frozenset(id_ for name, id_ in tokens.items() if name in stopping),
        schemes=frozenset(_stopped(schemes, stopping, frozenset(calendar.closed(at)))),
        authorities=frozenset(filter(None, (id_of(AUTHORITY, name) for name in stopping))),
        queues=frozenset(filter(None, (named(QUEUE, name) for name in stopping))),
        trials=_trials(switches, tokens),
    )


def _any_token(switches: Iterable[Row[Any]]) -> bool:
    return any(row.name.startswith(TOKEN) for row in switches)


def _current_tokens(connection: Connection) -> dict[str, UUID]:
    """The switches of tokens that are still those of their habilitations."""
    rows = connection.execute(_CURRENT_TOKENS, {"length": FINGERPRINT_LENGTH})
    return {row.name: row.id for row in rows}


def _stopped(
    schemes: Iterable[Row[Any]], stopping: Mapping[str, object], closed: frozenset[str]
) -> Iterator[UUID]:
    for scheme in schemes:
        endpoint, provider = scheme.profile, provider_of(scheme.profile)
        its_own, its_provider = f"{SCHEME}{scheme.id}", f"{PROVIDER}{provider}"
        names = (its_own, f"{ENDPOINT}{endpoint}", breaker_switch(endpoint), its_provider)
        if endpoint in closed or any(name in stopping for name in names):
            yield scheme.id


def _trials(switches: Iterable[Row[Any]], tokens: Mapping[str, UUID]) -> dict[str, datetime]:
    """What only a call that passes ends; a token that was replaced is not tried again."""
    return {
        row.name: row.until
        for row in switches
        if row.until is not None and (row.name in tokens or row.name.startswith(BREAKER))
    }
