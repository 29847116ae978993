"""Ringing: which applications get a doorbell, so that Redis never holds more than a window.

The record knows when each doorbell was rung. One that is older than `ring_again`, or older than
Redis' own memory (the marker), may be lost: its application is rung again, if there is room.
Several schedulers may ring at once: each takes rows that no other is looking at.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, Row, text

from shared.crash_points import Point
from shared.events import Doorbell
from shared.protocol.pauses import Paused
from shared.protocol.tempo import QUARANTINE_AT, TIERS
from shared.states import DUE_STATUS, Lane, Step
from shared.store.committing import committing

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
              AND starts < :quarantine_at
              AND habilitation_id <> ALL(:habilitations) AND scheme_id <> ALL(:schemes)
            ORDER BY due_at
            LIMIT :most
        ) due
        WHERE authority.id <> ALL(:authorities)
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
        ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
    ) chosen
    WHERE a.id = chosen.id
    RETURNING a.id, a.habilitation_id, a.starts, a.due_at
""")
_PUT_BACK = text("UPDATE applications SET rung_at = NULL WHERE id = ANY(:ids)")


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
    paused: Paused,
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
        paused: what to leave out.
        chance: draws lots between habilitations when there is room for some only.
    """
    with committing(engine, Point.MARKING, Point.MARKED) as connection:
        at: datetime = connection.execute(_NOW).scalar_one()
        values = {
            "status": DUE_STATUS[step],
            "lane": lane,
            "most": room * TIERS[0].size,
            "lost_before": max(born, at - ring_again),
            "quarantine_at": QUARANTINE_AT,
            **_left_out(step, paused),
        }
        chosen = connection.execute(CHOOSE, values).scalars().all()
        rows = connection.execute(MARK, {**values, "ids": chosen}).all()
        bells = _doorbells(step, lane, rows, chance)
        _put_back(connection, bells[room:])
    return bells[:room]


def _left_out(step: Step, paused: Paused) -> dict[str, list[UUID]]:
    """What a pause of calls stops is left out of the step that calls only."""
    calls = step is Step.VERIFY
    return {
        "authorities": list(paused.authorities),
        "habilitations": [*paused.habilitations, *paused.refused] if calls else [],
        "schemes": list(paused.schemes) if calls else [],
    }


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
    return next(tier.size for tier in TIERS if tier.holds(starts))
