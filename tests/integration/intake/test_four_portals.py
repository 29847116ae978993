"""Four portals that send all they have at once: taken, or told when to come back."""

import asyncio
import dataclasses
from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from sqlalchemy import Engine

from services.intake.examples import APPLICATION
from services.intake.parts import Parts
from shared.queue.tolls import Alone
from tests.integration.intake.conftest import found_authority

if TYPE_CHECKING:
    from tests.integration.intake.conftest import FakeBell

ROWS = 100
_MOST_TRIES = 1_000
_COUNTS = """
    SELECT count(*) AS all, count(DISTINCT same_application) AS different,
           (SELECT count(*) FROM journal) AS lines, (SELECT count(*) FROM application_keys) AS keys
    FROM applications
"""


def _families(portal: int, count: int) -> list[dict[str, Any]]:
    """As many invented families, of which the child's birth name tells one from the other."""
    names = ("".join("ABCDEFGHIJ"[int(d)] for d in f"{portal}{n}") for n in range(count))
    return [
        {**APPLICATION, "child": {**APPLICATION["child"], "birth_name": f"Lô {name.title()}"}}
        for name in names
    ]


@dataclasses.dataclass
class Patience:
    """The time of the tolls: it passes when a portal waits, so that no machine is too slow to be
    told to come back."""

    now: float = 0.0

    async def wait(self, seconds: float) -> None:
        self.now += seconds
        await asyncio.sleep(0.01)


@dataclasses.dataclass
class Sender:
    """A portal that hands in its families by batches, and does as it is told."""

    client: httpx.AsyncClient
    key: str
    patience: Patience
    answered: Counter[int] = dataclasses.field(default_factory=Counter)
    references: set[str] = dataclasses.field(default_factory=set)

    async def send(self, families: Sequence[dict[str, Any]]) -> None:
        batches = [families[at : at + ROWS] for at in range(0, len(families), ROWS)]
        await asyncio.gather(*(self._until_taken(batch) for batch in batches))

    async def _until_taken(self, batch: Sequence[dict[str, Any]]) -> None:
        rows = {"applications": [{"application": family} for family in batch]}
        headers = {"Authorization": f"Bearer {self.key}"}
        for _ in range(_MOST_TRIES):
            answer = await self.client.post("/v1/applications:batch", json=rows, headers=headers)
            self.answered[answer.status_code] += 1
            if answer.status_code == 200:
                self.references |= {row["receipt"]["reference"] for row in answer.json()["rows"]}
                return
            await self.patience.wait(float(answer.headers["Retry-After"]))
        pytest.fail("never taken")


async def _four_send(
    parts: Parts,
    client_of: Callable[[Parts], httpx.AsyncClient],
    keys: Sequence[str],
    *,
    each: int,
) -> list[Sender]:
    patience = Patience()
    timed = dataclasses.replace(parts, tolls=Alone(clock=lambda: patience.now))
    async with client_of(timed) as client:
        client.timeout = httpx.Timeout(None)
        senders = [Sender(client, key, patience) for key in keys]
        families = [_families(place, each) for place in range(len(senders))]
        await asyncio.gather(
            *(sender.send(some) for sender, some in zip(senders, families, strict=True))
        )
    return senders


@pytest.mark.parametrize(
    ("each", "limit"),
    [(400, 380), pytest.param(5_000, 4_000, marks=pytest.mark.prove)],
    ids=["1,600 rows", "20,000 rows"],
)
async def test_four_portals_at_once(
    *,
    parts: Parts,
    engine: Engine,
    bell: "FakeBell",
    client_of: Callable[[Parts], httpx.AsyncClient],
    rows: Callable[..., Any],
    change: Callable[..., None],
    each: int,
    limit: int,
) -> None:
    """All are accounted for, once each, and nobody hears but 200 and when to come back."""
    keys = found_authority(engine, "arles", portals=4).keys
    change("UPDATE portals SET requests_per_minute = :limit", limit=limit)
    senders = await _four_send(parts, client_of, keys, each=each)

    [counts] = rows(_COUNTS)
    assert [each * 4] * 4 == list(counts)
    told = set.union(*(sender.references for sender in senders))
    assert told == {row.reference for row in rows("SELECT reference FROM applications")}
    heard = set(sum((sender.answered for sender in senders), Counter()))
    assert {200, 429} == heard - {503}  # an overloaded desk says when to come back, too
    assert max(len(doorbell.ids) for doorbell in bell.rung) <= 64
