"""Clocks: the legal clock of applications, out of what stands in their reviews.

The silence rule is written down when an application is acknowledged, and is its own for ever: a
scheme that changes its rule does not change what families were told. What was received before
that was written goes by the rule of its scheme.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, Row, insert, text

from shared.legal_clock import Clock, Request, clock
from shared.paris import day_in_paris
from shared.protocol.reviewing.grounds import Acknowledged, Asked
from shared.review_acts import ReviewAct
from shared.scheme_rules import Silence
from shared.store.reviews import ReviewRow

_ACTS = text("""
    SELECT application_id, act, at, ground FROM reviews
    WHERE application_id = ANY(:ids) AND act IN ('acknowledged', 'asked', 'answered')
    ORDER BY application_id, at, id
""")


@dataclass(frozen=True, slots=True)
class Received:
    """When an application was received (UTC), and the silence rule of its scheme today."""

    at: datetime
    silence: Silence | None = None


def acknowledge(
    connection: Connection,
    rules: Iterable[tuple[UUID, Silence | None]],
    *,
    at: datetime,
    actor: str,
) -> None:
    """Write down the silence rule of applications that enter now, where there is one."""
    rows = [
        {
            "id": uuid4(),
            "application_id": application,
            "act": ReviewAct.ACKNOWLEDGED,
            "at": at,
            "actor": actor,
            "ground": Acknowledged(silence).ground,
        }
        for application, silence in rules
        if silence is not None
    ]
    if rows:
        connection.execute(insert(ReviewRow), rows)


def clocks_of(
    connection: Connection, received: Mapping[UUID, Received], today: date
) -> dict[UUID, Clock]:
    """The clocks of these applications, none of which is decided; without a rule there is none."""
    acts: dict[UUID, list[Row[Any]]] = {}
    for row in connection.execute(_ACTS, {"ids": list(received)}):
        acts.setdefault(row.application_id, []).append(row)
    found = {id_: _clock(one, acts.get(id_, ()), today) for id_, one in received.items()}
    return {id_: one for id_, one in found.items() if one is not None}


def _clock(received: Received, acts: Sequence[Row[Any]], today: date) -> Clock | None:
    at, silence = received.at, received.silence
    for row in acts:
        if row.act == ReviewAct.ACKNOWLEDGED:
            at, silence = row.at, Acknowledged.read(row.ground).silence
    if silence is None:
        return None
    return clock(day_in_paris(at), silence, requests_in(acts), today)


def requests_in(acts: Collection[Row[Any]]) -> list[Request]:
    """What was asked, in order; pieces that come answer everything that was asked before."""
    requests: list[Request] = []
    for row in acts:
        day = day_in_paris(row.at)
        if row.act == ReviewAct.ASKED:
            requests.append(Request(day, Asked.read(row.ground).until))
        elif row.act == ReviewAct.ANSWERED:
            requests = [
                Request(one.asked_on, one.until, one.answered_on or day) for one in requests
            ]
    return requests
