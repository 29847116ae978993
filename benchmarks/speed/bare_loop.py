"""The bare loop: what the work itself costs, when nothing can be lost because nothing is promised.

One asyncio loop with the product's own client, parser, matcher, sealing and pricing; what is done
is inserted in groups. No claim, no lease, no journal, no event, no queue, no Redis, no move of the
application: whoever dies here loses everything.

    python -m benchmarks.speed.bare_loop SHARE OF

It reads a word a line: `go` drains its share of the table, and answers with one line of JSON.
"""

import asyncio
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, Row, insert, text

from benchmarks.speed.place import Place
from benchmarks.speed.steps import Dossier, Settling, heard, opened, priced
from services.tariff.parties import Parties
from services.tariff.shelf import Shelf
from services.verifier.contract import Access, Client
from services.verifier.eaje import eaje
from services.verifier.provider.client import DEFAULT_PATIENCE, open_http
from services.verifier.roles import next_asking
from shared.evidence import EAJE_SOURCE
from shared.protocol.recording import Told
from shared.sealing import KeyRing
from shared.states import Status
from shared.store.decisions import DecisionRow
from shared.store.engine import open_engine
from shared.store.tables import VerificationRow

IN_FLIGHT = 64  # as a verifier's
_PAGE = 512
_GROUP = 256
_SEED = 7
_ROWS = text("""
    SELECT a.id, a.reference, a.scheme_id, a.structure_id, a.received_at, a.sealed,
           k.ring_key, k.wrapped
    FROM applications a JOIN application_keys k ON k.application_id = a.id
    WHERE a.id > :after AND get_byte(uuid_send(a.id), 15) % :of = :share
    ORDER BY a.id LIMIT :most
""")


@dataclass(slots=True)
class Written:
    """What waits for the next grouped insert."""

    engine: Engine
    verifications: list[dict[str, Any]] = field(default_factory=list)
    decisions: list[dict[str, Any]] = field(default_factory=list)

    async def add(
        self, verification: dict[str, Any] | None, decision: dict[str, Any] | None
    ) -> None:
        """Keep; a whole group is inserted beside the loop."""
        self.verifications += [] if verification is None else [verification]
        self.decisions += [] if decision is None else [decision]
        if len(self.verifications) >= _GROUP:
            await self.flush()

    async def flush(self) -> None:
        """Insert what is kept, in one transaction."""
        group = self.verifications, self.decisions
        self.verifications, self.decisions = [], []
        await asyncio.to_thread(self._insert, *group)

    def _insert(self, verifications: list[dict[str, Any]], decisions: list[dict[str, Any]]) -> None:
        with self.engine.begin() as connection:
            if verifications:
                connection.execute(insert(VerificationRow), verifications)
            if decisions:
                connection.execute(insert(DecisionRow), decisions)


class Loop:
    """One share of the table, drained."""

    def __init__(self, ring: KeyRing, client: Client, engine: Engine) -> None:
        self._ring = ring
        self._client = client
        self._engine = engine
        self._shelf, self._parties = Shelf(engine), Parties(engine)
        self._chance = Random(_SEED)

    async def drain(self, share: int, of: int) -> dict[str, list[str | None]]:
        """Work on all of one share, so many at once; where each came to rest, by id."""
        rows, written = self._rows(share, of), Written(self._engine)
        rests: dict[str, list[str | None]] = {}

        async def work() -> None:
            for row in rows:
                rest = await self._settled(opened(self._ring, row, row), written)
                rests[str(row.id)] = [rest.status, rest.reason]

        await asyncio.gather(*(work() for _ in range(IN_FLIGHT)))
        await written.flush()
        return rests

    async def _settled(self, dossier: Dossier, written: Written) -> Settling:
        before: tuple[Told, ...] = ()
        while True:
            asking = next_asking(dossier.application, EAJE_SOURCE, before)
            told = await self._client.verify(asking.application, datetime.now(UTC))
            found = heard(dossier, asking, told, self._chance)
            rest = Settling(found.status, found.reason)
            if found.status is Status.VERIFIED and found.facts is not None:
                others = found.others_file
                rest = priced(dossier, found.facts, self._shelf, self._parties, others_file=others)
            await written.add(found.row, rest.row)
            if rest.status is not Status.RECEIVED:
                return rest
            before = (Told(type(told).__name__, asking.recorded), *before)

    def _rows(self, share: int, of: int) -> Iterator[Row[Any]]:
        """The share's rows, a page at a time, for whoever asks next."""
        after = UUID(int=0)
        while True:
            values = {"after": after, "share": share, "of": of, "most": _PAGE}
            with self._engine.connect() as connection:
                page = connection.execute(_ROWS, values).all()
            if not page:
                return
            yield from page
            after = page[-1].id


async def main(share: int, of: int) -> None:
    """Drain at each `go`."""
    place = Place.told()
    engine = open_engine(place.database_url, name="bare-loop", connections=4)
    async with open_http(connections=IN_FLIGHT) as http:
        access = Access(place.token, place.recipient, http, IN_FLIGHT, DEFAULT_PATIENCE)
        async with eaje(place.provider_url).open(access) as client:
            loop = Loop(KeyRing.read(place.key_ring), client, engine)
            say("ready")
            while (await asyncio.to_thread(sys.stdin.readline)).strip() == "go":
                say(json.dumps(await loop.drain(share, of)))
    engine.dispose()


def say(line: str) -> None:
    """One line to who started us."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2])))
