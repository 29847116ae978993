"""Ringing: which applications get a doorbell, so that Redis never holds more than a window.

The record knows when each doorbell was rung. One that is older than `ring_again`, or older than
Redis' own memory (the marker), may be lost: its application is rung again, if there is room.
Several schedulers may ring at once: each takes rows that no other is looking at.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, Row, text

from shared.events import LARGEST_DOORBELL, Doorbell
from shared.protocol.switching import habilitation_of
from shared.protocol.tempo import QUARANTINE_AT, TIERS
from shared.states import DUE_STATUS, Lane, Step

RINGING_SWITCH = "ringing"
_NOW = text("SELECT now()")
CHOOSE = text("""
    SELECT turn.id
    FROM (
        SELECT due.id,
               row_number() OVER (PARTITION BY authority.id ORDER BY due.due_at) AS turn
        FROM authorities authority
        CROSS JOIN LATERAL (
            SELECT id, due_at FROM applications
            WHERE status = :status AND lane = :lane AND authority_id = authority.id
              AND claim IS NULL AND due_at IS NOT NULL AND due_at <= now()
              AND (rung_at IS NULL OR rung_at < :lost_before)
              AND starts < :quarantine_at AND habilitation_id <> ALL(:paused)
            ORDER BY due_at
            LIMIT :most
        ) due
    ) turn
    ORDER BY turn.turn, random()
    LIMIT :most
""")
MARK = text("""
    UPDATE applications a SET rung_at = now()
    FROM (
        SELECT id FROM applications
        WHERE id = ANY(:ids)
          AND status = :status AND claim IS NULL AND (rung_at IS NULL OR rung_at < :lost_before)
        ORDER BY id FOR UPDATE SKIP LOCKED
    ) chosen
    WHERE a.id = chosen.id
    RETURNING a.id, a.habilitation_id, a.starts, a.due_at
""")
_PUT_BACK = text("UPDATE applications SET rung_at = NULL WHERE id = ANY(:ids)")
_SWITCHES = text("SELECT name, until FROM switches WHERE until IS NULL OR until > now()")


@dataclass(frozen=True, slots=True)
class Paused:
    """What is switched off right now; a habilitation until a time (UTC), or without end (None)."""

    ringing: bool
    habilitations: Mapping[UUID, datetime | None]


def paused(engine: Engine) -> Paused:
    """Read the switches that are on."""
    with engine.connect() as connection:
        switches = {row.name: row.until for row in connection.execute(_SWITCHES)}
    habilitations = {habilitation_of(name): until for name, until in switches.items()}
    return Paused(
        ringing=RINGING_SWITCH in switches,
        habilitations={key: until for key, until in habilitations.items() if key is not None},
    )


def now(engine: Engine) -> datetime:
    """The database's clock, which is everybody's."""
    with engine.connect() as connection:
        moment: datetime = connection.execute(_NOW).scalar_one()
    return moment


def take_due(
    engine: Engine,
    step: Step,
    lane: Lane,
    *,
    room: int,
    born: datetime,
    ring_again: timedelta,
    paused: Collection[UUID],
    chance: Random,
) -> list[Doorbell]:
    """Mark as rung the applications that deserve a doorbell, and return these doorbells.

    Args:
        engine: the record.
        step: the step that is due.
        lane: its lane.
        room: how many doorbells Redis may still take; there are never more.
        born: since when (UTC) Redis remembers; doorbells rung before are lost.
        ring_again: age at which a doorbell may be lost.
        paused: habilitations to leave out, for the step that calls them.
        chance: draws lots between habilitations when there is room for some only.
    """
    with engine.begin() as connection:
        at: datetime = connection.execute(_NOW).scalar_one()
        values = {
            "status": DUE_STATUS[step],
            "lane": lane,
            "most": room * LARGEST_DOORBELL,
            "lost_before": max(born, at - ring_again),
            "quarantine_at": QUARANTINE_AT,
            "paused": list(paused) if step is Step.VERIFY else [],
        }
        chosen = connection.execute(CHOOSE, values).scalars().all()
        rows = connection.execute(MARK, {**values, "ids": chosen}).all()
        bells = _doorbells(step, lane, rows, chance)
        _put_back(connection, bells[room:])
    return bells[:room]


def _put_back(connection: Connection, bells: list[Doorbell]) -> None:
    ids = [id_ for bell in bells for id_ in bell.ids]
    if ids:
        connection.execute(_PUT_BACK, {"ids": ids})


def _doorbells(step: Step, lane: Lane, rows: Sequence[Row[Any]], chance: Random) -> list[Doorbell]:
    """One habilitation and one tier each; each habilitation's first before anybody's second.

    Among equals the lot decides, so that a deep queue cannot keep the others out for ever.
    """
    bells: list[tuple[int, float, Doorbell]] = []
    for (habilitation, size), group in groupby(sorted(rows, key=_group_then_age), key=_group):
        ids = [row.id for row in group]
        for nth, first in enumerate(range(0, len(ids), size)):
            part = tuple(ids[first : first + size])
            bell = Doorbell(step=step, lane=lane, habilitation=habilitation, ids=part)
            bells.append((nth, chance.random(), bell))
    return [bell for _, _, bell in sorted(bells, key=itemgetter(0, 1))]


def _group(row: Row[Any]) -> tuple[UUID, int]:
    return row.habilitation_id, _size(row.starts)


def _group_then_age(row: Row[Any]) -> tuple[UUID, int, datetime]:
    return *_group(row), row.due_at


def _size(starts: int) -> int:
    return next(tier.size for tier in TIERS if tier.least_starts <= starts <= tier.most_starts)
