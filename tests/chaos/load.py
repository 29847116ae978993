"""The load: portals that hand in families by the clock, whatever is answered to those before.

Each family is handed in until it is answered, under one idempotency key; some are handed in twice,
some are taken back. What was promised is written in the ledger.
"""

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import Any

import httpx

from services.command.demo.families import Family
from services.command.demo.portal import asked_once

_LONGEST_PAUSE_S = 2.0
_PATIENCE_S = 150.0  # for one family: longer than every fault together
_AGAIN = 0.05  # of the families are handed in twice
_TAKEN_BACK = 0.03
_TOLD = 6  # one in six is handed in by the portal that has a webhook
_COME_BACK = {429, 500, 502, 503, 504}


@dataclass(slots=True)
class Entry:
    """One family of the ledger: what it was promised, and by when (Unix time)."""

    family: Family
    key: str
    told: bool
    references: set[str] = field(default_factory=set)
    accepted_at: float | None = None
    refused: int | None = None
    withdrawn: bool = False

    @property
    def reference(self) -> str | None:
        """The one reference that was given; any of them, where there were wrongly two."""
        return min(self.references, default=None)


@dataclass(frozen=True, slots=True)
class Portals:
    """Both portals' keys, and the intakes they call in turn."""

    http: httpx.AsyncClient
    intakes: Sequence[str]
    key: str
    told_key: str
    turns: Iterator[int] = field(default_factory=count)

    async def call(self, method: str, path: str, *, told: bool, **what: Any) -> httpx.Response:
        """One answer of any intake, sooner or later.

        Raises:
            TimeoutError: none came within all patience.
        """
        headers = {"Authorization": f"Bearer {self.told_key if told else self.key}"}
        headers |= what.pop("headers", {})
        deadline, pause = time.monotonic() + _PATIENCE_S, 0.1
        turn = next(self.turns)
        while time.monotonic() < deadline:
            url = self.intakes[turn % len(self.intakes)] + path
            answer = await asked_once(
                self.http, method, url, come_back=_COME_BACK, headers=headers, **what
            )
            if answer is not None:
                return answer
            turn += 1
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, _LONGEST_PAUSE_S)
        raise TimeoutError("no intake answered")


class Load:
    """Hands in families at a steady pace, open loop; `ledger` grows as they are sent."""

    def __init__(self, portals: Portals, families: Sequence[Family], *, seed: int) -> None:
        self._portals = portals
        self._families = families
        self._chance = Random(seed)
        self._run = f"chaos-{seed}"
        self.ledger: list[Entry] = []

    async def run(self, *, per_second: float, seconds: float) -> None:
        """Send for so long; returns once every family sent was answered."""
        began = time.monotonic()
        async with asyncio.TaskGroup() as sent:
            for number, family in enumerate(self._families):
                at = number / per_second
                if at >= seconds:
                    return
                await asyncio.sleep(max(0.0, began + at - time.monotonic()))
                entry = Entry(family, f"{self._run}-{number}", told=number % _TOLD == 0)
                self.ledger.append(entry)
                sent.create_task(self._hand_in(entry, self._chance.random()))

    async def _hand_in(self, entry: Entry, lot: float) -> None:
        await self._submit(entry)
        if lot < _AGAIN:
            await self._submit(entry)
        elif lot < _AGAIN + _TAKEN_BACK and entry.reference is not None:
            await asyncio.sleep(lot * 10)
            await self._take_back(entry, entry.reference)

    async def _submit(self, entry: Entry) -> None:
        answer = await self._portals.call(
            "POST",
            "/v1/applications",
            told=entry.told,
            headers={"Idempotency-Key": entry.key},
            json=dict(entry.family["enrolment"]),
        )
        if answer.status_code in {200, 202}:
            entry.references.add(answer.json()["reference"])
            entry.accepted_at = entry.accepted_at or time.time()
        else:
            entry.refused = answer.status_code

    async def _take_back(self, entry: Entry, reference: str) -> None:
        path = f"/v1/applications/{reference}/withdrawal"
        answer = await self._portals.call("POST", path, told=entry.told)
        entry.withdrawn = answer.status_code == httpx.codes.OK
