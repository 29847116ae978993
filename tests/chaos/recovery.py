"""Recovery: how long what a fault had in its hands waited, read from the journal afterwards.

From the fault to the last of its applications being saved; what the State itself held back
meanwhile is left out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from uuid import UUID

from sqlalchemy import Connection, Engine, text

from tests.chaos.plan import Kind
from tests.chaos.stops import Span, within

_CALL_NOBODY = {Kind.KILL_TARIFF}
_OUTAGES = {Kind.REDIS_KILLED, Kind.REDIS_FLUSHED, Kind.POSTGRES_RESTARTED}
_BACKLOG = timedelta(seconds=15)

_NEXT_LINES = text("""
    SELECT held.id, min(j.at) AS at
    FROM unnest(CAST(:ids AS uuid[]), CAST(:sequences AS int[])) AS held(id, sequence)
    LEFT JOIN journal j ON j.application_id = held.id AND j.sequence > held.sequence
    GROUP BY held.id
""")


@dataclass(frozen=True, slots=True)
class Harm:
    """A fault, when it struck (UTC), and the applications that it had in its hands.

    With each, the sequence of its journal then: the next line says when it was saved.
    """

    kind: Kind
    at: datetime
    held: Mapping[UUID, int]


@dataclass(frozen=True, slots=True)
class Recovery:
    """Seconds from a fault to the last of its applications being saved; None: never.

    `last` is the application that waited longest, `stopped_s` what the State held back meanwhile.
    `disturbed`: another outage stood in the way, or its backlog did.
    """

    kind: Kind
    held: int
    seconds: float | None
    last: UUID
    stopped_s: float = 0.0
    disturbed: bool = False


def recoveries(engine: Engine, harms: Sequence[Harm], spans: Sequence[Span]) -> list[Recovery]:
    """What each harm that held something came to; `spans` are when calls were held back."""
    with engine.connect() as connection:
        outages = [*spans, *((one.at, one.at) for one in harms if one.kind in _OUTAGES)]
        return [_recovery(connection, harm, spans, outages) for harm in harms if harm.held]


def _recovery(
    connection: Connection, harm: Harm, spans: Sequence[Span], outages: Sequence[Span]
) -> Recovery:
    values = {"ids": list(harm.held), "sequences": list(harm.held.values())}
    saved = {row.id: row.at for row in connection.execute(_NEXT_LINES, values)}
    never = [id_ for id_, at in saved.items() if at is None]
    if never:
        return Recovery(harm.kind, len(saved), None, never[0])
    last = max(saved, key=lambda id_: saved[id_])
    stopped_s = within(spans, harm.at, saved[last]) if harm.kind not in _CALL_NOBODY else 0.0
    seconds = (saved[last] - harm.at).total_seconds() - stopped_s
    disturbed = _disturbed(harm.at, saved[last], outages)
    return Recovery(harm.kind, len(saved), seconds, last, stopped_s, disturbed)


def _disturbed(began: datetime, ended: datetime, outages: Sequence[Span]) -> bool:
    """Whether another outage fell in between, or ended so shortly before that a backlog stands."""
    return any(
        begin < ended and end > began - _BACKLOG and (begin, end) != (began, began)
        for begin, end in outages
    )


def percentile(values: Sequence[float], share: float) -> float | None:
    """The smallest value that so large a share does not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, ceil(share * len(ordered)) - 1)] if ordered else None


def told(found: Sequence[Recovery]) -> Mapping[str, Mapping[str, float | int | None]]:
    """By kind: how many were measured, the 99th percentile and the worst, in seconds."""
    kinds = sorted({one.kind for one in found})
    return {kind.value: _figures([one for one in found if one.kind is kind]) for kind in kinds}


def _figures(found: Sequence[Recovery]) -> Mapping[str, float | int | None]:
    seconds = [one.seconds for one in found if one.seconds is not None]
    p99, worst = percentile(seconds, 0.99), max(seconds, default=None)
    alone = max((one.seconds or 0.0 for one in found if not one.disturbed), default=None)
    return {
        "measured": len(found),
        "never": len(found) - len(seconds),
        "disturbed": sum(one.disturbed for one in found),
        "p99_s": p99 and round(p99, 1),
        "worst_s": worst and round(worst, 1),
        "worst_undisturbed_s": alone and round(alone, 1),
    }
