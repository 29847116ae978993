"""Four portals that send all they have at once, over HTTP, while every service works."""

import asyncio
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from httpx_aiohttp import HttpxAiohttpClient
from sqlalchemy import text

from services.command.demo.incidents import incidents
from services.command.demo.town import plan
from services.command.founding import found
from services.command.running import Choices
from services.intake.examples import APPLICATION
from shared.portal_keys import mint_key
from shared.sealing import KeyRing

if TYPE_CHECKING:
    from tests.integration.whole.conftest import Start, Whole

pytestmark = [pytest.mark.stack, pytest.mark.prove]

_EACH = 5_000
_MOST_ROWS = 500
_AT_ONCE = 16
_MOST_TRIES = 200
_A_MINUTE = 3_000  # fewer than a portal has: the rest is for later
_RECORDED = """
    SELECT a.reference, a.status FROM applications a JOIN portals p ON p.id = a.portal_id
    WHERE p.code LIKE 'vague-%'
"""
_UNSETTLED = "SELECT count(*) FROM applications WHERE status IN ('RECEIVED', 'VERIFIED', 'PARKED')"


def _families(portal: int) -> Iterator[Mapping[str, Any]]:
    """Invented families whom the State does not know: an agent will look at each."""
    for number in range(_EACH):
        letters = "".join("ABCDEFGHIJ"[int(digit)] for digit in f"{portal}{number}")
        name = {"birth_name": f"Lô {letters.title()}"}
        both = {who: {**APPLICATION[who], **name} for who in ("child", "applicant")}
        yield {**APPLICATION, **both}


@dataclass
class Sender:
    """A portal that hands in its families, one by one or many in one request, as it is told."""

    http: httpx.AsyncClient
    url: str
    key: str
    rows: int
    heard: Counter[int] = field(default_factory=Counter)
    references: list[str] = field(default_factory=list)

    async def send(self, families: Sequence[Mapping[str, Any]]) -> None:
        """Several at once; each is sent again when it is time."""
        parts = iter([families[at : at + self.rows] for at in range(0, len(families), self.rows)])

        async def send_some() -> None:
            for some in parts:
                await self._until_taken(some)

        await asyncio.gather(*(send_some() for _ in range(_AT_ONCE)))

    async def _until_taken(self, some: Sequence[Mapping[str, Any]]) -> None:
        headers = {"Authorization": f"Bearer {self.key}"}
        for _ in range(_MOST_TRIES):
            place, content = self._request(some)
            answer = await self.http.post(place, json=content, headers=headers)
            self.heard[answer.status_code] += 1
            if answer.status_code in {200, 202}:
                self.references += _told(answer.json())
                return
            assert answer.status_code in {429, 503}, answer.text
            await asyncio.sleep(float(answer.headers["Retry-After"]))
        pytest.fail("never taken")

    def _request(self, some: Sequence[Mapping[str, Any]]) -> tuple[str, object]:
        if self.rows == 1:
            return f"{self.url}/v1/applications", some[0]
        rows = [{"application": family} for family in some]
        return f"{self.url}/v1/applications:batch", {"applications": rows}


def _told(answer: Mapping[str, Any]) -> list[str]:
    if "rows" in answer:
        return [row["receipt"]["reference"] for row in answer["rows"]]
    return [answer["reference"]]


def _portals(stack: "Whole") -> list[str]:
    """Four more portals of the stack's town; their keys."""
    kept = json.loads((stack.stack.home.folder("secrets") / "demo.json").read_text())
    ring = KeyRing.read(Path(stack.stack.env["BERCEAU_KEY_RING_FILE"]))
    minted = [mint_key() for _ in range(4)]
    for number, (_, key_hash) in enumerate(minted):
        town = plan(token=kept["token"], key_hash=key_hash, pace=400)
        found(stack.engine, ring, replace(town, portal=f"vague-{number}"))
    with stack.engine.begin() as connection:
        connection.execute(text("UPDATE portals SET requests_per_minute = :n"), {"n": _A_MINUTE})
    return [key for key, _ in minted]


async def _flood(stack: "Whole", keys: Sequence[str]) -> list[Sender]:
    urls = stack.stack.intake_urls
    async with HttpxAiohttpClient(timeout=120.0, trust_env=False) as http:
        senders = [
            Sender(http, urls[number % len(urls)], key, rows=_MOST_ROWS if number < 2 else 1)
            for number, key in enumerate(keys)
        ]
        await asyncio.gather(
            *(sender.send(list(_families(place))) for place, sender in enumerate(senders))
        )
    return senders


def test_twenty_thousand_from_four_portals(whole: "Start") -> None:
    """Two by batches, two one by one: each is accepted or told when to come back, each has one
    reference and ends where it should, and no service logged an error."""
    choices = Choices(population=10, copies={"intake": 2, "verifier": 2, "tariff": 1})
    with whole(choices) as stack:
        senders = asyncio.run(_flood(stack, _portals(stack)))
        stack.until(lambda: stack.one(_UNSETTLED) == 0, within_s=600)
        with stack.engine.connect() as connection:
            recorded = connection.execute(text(_RECORDED)).all()
        told = [reference for sender in senders for reference in sender.references]

        assert 4 * _EACH == len(told) == len(recorded)
        assert set(told) == {row.reference for row in recorded}
        assert {"TO_REVIEW": 4 * _EACH} == Counter(row.status for row in recorded)
        assert all(sender.heard[429] for sender in senders[:2])
        assert [] == incidents(stack.stack.supervisor.events, stack.stack.home.logs)
