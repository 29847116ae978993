"""The ending: faults are healed, what is under way is waited for, and the end is read."""

import asyncio
import time
from collections.abc import Mapping, Sequence

from sqlalchemy import TextClause, text
from sqlalchemy.exc import SQLAlchemyError

from tests.chaos.checker import End
from tests.chaos.load import Portals
from tests.chaos.scene import TOLD, Scene

_LOOK_S = 0.5
_AT_ONCE = 16
_OPEN = text("""
    SELECT count(*) FROM applications
    WHERE status IN ('RECEIVED', 'VERIFIED') OR claim IS NOT NULL
       OR (status = 'PARKED' AND due_at < now())
""")
_UNTOLD = text("SELECT count(*) FROM deliveries WHERE status = 'WAITING'")
_ENDS = text("""
    SELECT a.reference, a.status, a.reason, p.code AS portal,
           a.status NOT IN ('RECEIVED', 'VERIFIED', 'PARKED') OR a.due_at IS NOT NULL AS next_step,
           (SELECT count(*) FROM decisions d
            WHERE d.application_id = a.id AND NOT d.proposed) AS decisions,
           (SELECT count(*) FROM journal j
            WHERE j.application_id = a.id AND j.now IN ('DECIDED', 'PROPOSED')) AS lines
    FROM applications a JOIN portals p ON p.id = a.portal_id
""")
_EVENTS = text("""
    SELECT a.reference, e.sequence, CAST(e.id AS text) AS id
    FROM events e JOIN applications a ON a.id = e.application_id
    JOIN portals p ON p.id = e.portal_id WHERE p.code = :told
""")


async def settled(scene: Scene, *, within_s: float) -> float | None:
    """Wait until no application is under way; in how many seconds, None: not within these."""
    return await _none(scene, _OPEN, within_s)


async def told(scene: Scene, *, within_s: float) -> float | None:
    """Wait until no delivery waits; in how many seconds, None: not within these."""
    return await _none(scene, _UNTOLD, within_s)


async def _none(scene: Scene, query: TextClause, within_s: float) -> float | None:
    began = time.monotonic()
    while (took := time.monotonic() - began) < within_s:
        if await asyncio.to_thread(_count, scene, query) == 0:
            return took
        await asyncio.sleep(_LOOK_S)
    return None


def _count(scene: Scene, query: TextClause) -> int | None:
    try:
        with scene.engine.connect() as connection:
            count: int = connection.execute(query).scalar_one()
    except SQLAlchemyError:
        return None
    return count


async def ends(scene: Scene, portals: Portals) -> Sequence[End]:
    """Every application of the record, with the fee that the public API tells."""
    with scene.engine.connect() as connection:
        rows = connection.execute(_ENDS).all()
    decided = {row.reference: row.portal == TOLD for row in rows if row.status == "DECIDED"}
    fees = await _fees(portals, decided)
    return [
        End(
            reference=row.reference,
            state=row.status,
            reason=row.reason,
            next_step=row.next_step,
            decisions=row.decisions,
            lines=row.lines,
            fee=fees.get(row.reference),
        )
        for row in rows
    ]


async def _fees(portals: Portals, decided: Mapping[str, bool]) -> Mapping[str, tuple[int, int]]:
    left, fees = iter(decided.items()), {}

    async def ask_some() -> None:
        for reference, told in left:
            path = f"/v1/applications/{reference}/decision"
            answer = (await portals.call("GET", path, told=told)).raise_for_status().json()
            fees[reference] = (answer["hourly_cents"], answer["monthly_cents"])

    await asyncio.gather(*(ask_some() for _ in range(_AT_ONCE)))
    return fees


def events(scene: Scene) -> Sequence[tuple[str, int, str]]:
    """Every event of the portal that is told: reference, sequence, id."""
    with scene.engine.connect() as connection:
        rows = connection.execute(_EVENTS, {"told": TOLD}).all()
    return [(row.reference, row.sequence, row.id) for row in rows]
