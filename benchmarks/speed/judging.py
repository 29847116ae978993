"""Judging: a drain counts only when each application came to what the oracle expects, once."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, Row, text

from benchmarks.speed.families import Family
from services.command.demo.oracle import Expected
from shared.errors import BerceauError
from shared.sealing import KeyRing, WrappedKey
from shared.states import Status
from shared.store.places import decision_place

PRICED = frozenset({Status.DECIDED, Status.PROPOSED})
_SHOWN = 3
_DECISIONS = text("""
    SELECT d.application_id, d.sealed, d.proposed, k.ring_key, k.wrapped
    FROM decisions d JOIN application_keys k ON k.application_id = d.application_id
""")


class VoidError(BerceauError):
    """Something was lost, done twice or wrong: there is no figure."""


@dataclass(frozen=True, slots=True)
class Rest:
    """Where an application came to rest."""

    status: str
    reason: str | None


def judge(
    engine: Engine, ring: KeyRing, planted: Mapping[UUID, Family], rests: Mapping[UUID, Rest]
) -> int:
    """Compare every application with the oracle; how many were compared.

    Raises:
        VoidError: one is elsewhere, at another fee, or has not exactly its one decision.
    """
    with engine.connect() as connection:
        rows = connection.execute(_DECISIONS).all()
    times = Counter(row.application_id for row in rows)
    fees = {row.application_id: _fee(row, ring) for row in rows}
    wrong = list(faults(planted, rests, fees, times))
    if wrong:
        told = "; ".join(wrong[:_SHOWN])
        raise VoidError(f"{len(wrong)} of {len(planted)} applications are wrong: {told}")
    return len(planted)


def faults(
    planted: Mapping[UUID, Family],
    rests: Mapping[UUID, Rest],
    fees: Mapping[UUID, tuple[int, int]],
    times: Mapping[UUID, int],
) -> Iterator[str]:
    """What is wrong, one sentence for each application; nobody's name is in it."""
    for id_, family in planted.items():
        rest = rests.get(id_, Rest("LOST", None))
        came_to = Expected(rest.status, rest.reason, *fees.get(id_, (None, None)))
        due = 1 if family.expected.status in PRICED else 0
        if came_to != family.expected:
            yield f"{came_to} instead of {family.expected}"
        elif times.get(id_, 0) != due:
            yield f"{times.get(id_, 0)} decisions instead of {due}"


def _fee(row: Row[Any], ring: KeyRing) -> tuple[int, int]:
    key = ring.unwrap(WrappedKey(row.ring_key, row.wrapped))
    content = key.open(row.sealed, place=decision_place(row.application_id))
    fee = json.loads(content)["record"]["fee"]
    return fee["hourly_cents"], fee["monthly_cents"]
