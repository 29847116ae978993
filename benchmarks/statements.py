"""What each statement of a claim and of a save costs PostgreSQL, for each application of a group.

    .venv/bin/python benchmarks/statements.py [groups]

Applications go from RECEIVED to VERIFIED and to DECIDED, in groups of 64, through the product's own
`claim` and `save`, on real PostgreSQL and with nobody else at work on it. Each statement is timed
from the client, and the median over the groups is told: microseconds for each application. Turn by
turn the portal has a webhook and has none, for the events told (`shared/protocol/delivering`).
"""

import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Engine, event, insert, text

from services.command.demo.town import plan
from services.command.founding import Founded, found
from services.command.stack.account import unprivileged
from services.command.stack.home import Home
from services.command.stack.postgres import EmbeddedPostgres
from shared.protocol import claiming, lives, saving
from shared.protocol.claiming import Held
from shared.protocol.recording import Decided, Learnt
from shared.protocol.saving import Move
from shared.protocol.tempo import TIERS
from shared.sealing import KeyRing
from shared.states import Lane, Status, Step
from shared.store.engine import open_engine
from shared.store.migrating import migrate
from shared.store.tables import ApplicationKeyRow, ApplicationRow

GROUP = 64
_IN_TURN = 4  # groups
_SEALED = bytes(1_500)  # as long as facts are; a decision is three times as long
_NAMES = {  # how a statement begins: what it is for
    "UPDATE applications a\n    SET claim = ": "claim",
    "SELECT application_id, outcome, asked": "claim: what was told before",
    "SELECT DISTINCT ON (v.application_id)": "claim: the evidence",
    "SELECT application_id, version, valid_from": "claim: versions that bind",
    "SELECT DISTINCT r.application_id": "claim: grounds",
    "SELECT id, claim, status": "save: lock",
    "UPDATE applications\n    SET status": "save: move",
    "INSERT INTO verifications": "save: verification",
    "SELECT application_id, max(version)": "save: last version",
    "INSERT INTO decisions": "save: decision",
    "INSERT INTO journal": "save: journal",
    "WITH changes AS": "save: events told",
}
_URL = "https://portal.example/berceau"
_WEBHOOK = text("UPDATE portals SET webhook_url = :url")


class Clock:
    """Microseconds of each statement of a group, by name, without and with a webhook."""

    def __init__(self, engine: Engine) -> None:
        self.webhook = False
        self._taken: defaultdict[tuple[bool, str], list[float]] = defaultdict(list)
        self._began = 0.0
        event.listen(engine, "before_cursor_execute", self._begins)
        event.listen(engine, "after_cursor_execute", self._ends)

    @contextmanager
    def timing(self, name: str) -> Iterator[None]:
        """The whole of a block, under a name."""
        began = time.perf_counter()
        yield
        self._taken[self.webhook, name].append(_micros(began))

    def medians(self) -> dict[tuple[bool, str], float]:
        """For each application of a group."""
        return {place: median(taken) / GROUP for place, taken in self._taken.items()}

    def _begins(self, *_: object) -> None:
        self._began = time.perf_counter()

    def _ends(self, _connection: object, _cursor: object, statement: str, *_: object) -> None:
        name = next((n for begin, n in _NAMES.items() if statement.strip().startswith(begin)), None)
        if name is not None:
            self._taken[self.webhook, name].append(_micros(self._began))


def main(groups: int) -> None:
    """Time so many groups without a webhook and so many with one, in turns, and print both."""
    home = Home(Path(tempfile.mkdtemp(prefix="berceau-statements-")))
    try:
        with EmbeddedPostgres(home.path) as postgres:
            migrate(postgres.owner_url, service_url=postgres.service_url)
            engine = open_engine(postgres.service_url, name="statements")
            owner = open_engine(postgres.owner_url, name="statements-owner")
            founded = found(engine, KeyRing.new("bench"), plan(token="x", key_hash=b"x", pace=10))
            clock = Clock(engine)
            for turn in range(2 * groups // _IN_TURN):
                clock.webhook = turn % 2 == 1
                with owner.begin() as connection:
                    connection.execute(_WEBHOOK, {"url": _URL if clock.webhook else None})
                _time(engine, founded, clock)
            _print(clock.medians())
            engine.dispose()
            owner.dispose()
    finally:
        home.erase(unprivileged())


def _time(engine: Engine, founded: Founded, clock: Clock) -> None:
    worker = lives.be_born(engine, service="bench", life=timedelta(hours=1))
    planted = [_planted(engine, founded) for _ in range(_IN_TURN)]
    for step, moved in ((Step.VERIFY, _verified), (Step.PRICE, _decided)):
        claim = partial(claiming.claim, engine, worker, step, tier=TIERS[0], most=GROUP)
        for ids in planted:
            with clock.timing(f"{step}: claim, in all"):
                held = claim(ids)
            assert len(held) == GROUP  # noqa: S101 - or nothing is measured
            with clock.timing(f"{step}: save, in all"):
                saving.save(engine, [moved(one) for one in held], actor="service:bench")


def _planted(engine: Engine, founded: Founded) -> list[UUID]:
    ids = [uuid4() for _ in range(GROUP)]
    with engine.begin() as connection:
        connection.execute(insert(ApplicationRow), [_row(founded, id_) for id_ in ids])
        keys = [{"application_id": id_, "ring_key": "k", "wrapped": bytes(60)} for id_ in ids]
        connection.execute(insert(ApplicationKeyRow), keys)
    return ids


def _row(founded: Founded, id_: UUID) -> dict[str, Any]:
    return {
        "id": id_,
        "reference": f"B-{id_}",
        "authority_id": founded.authority,
        "portal_id": founded.portal,
        "scheme_id": founded.scheme,
        "structure_id": founded.structures["les-mesanges"],
        "habilitation_id": founded.habilitation,
        "same_application": id_.bytes,
        "sealed": _SEALED,
        "status": Status.RECEIVED,
        "lane": Lane.NOW,
        "due_at": datetime.now(UTC) - timedelta(seconds=1),
    }


def _verified(held: Held) -> Move:
    now = datetime.now(UTC) - timedelta(seconds=1)
    learnt = Learnt("Certified", "bench", now, 200, None, None, _SEALED)
    return Move(held.id, held.claim, held.status, Status.VERIFIED, due_at=now, learnt=learnt)


def _decided(held: Held) -> Move:
    tariff = ("psu", "2026-01-01", "sha256:0", "1")
    decided = Decided(date(2026, 9, 1), False, *tariff, sealed=3 * _SEALED)  # noqa: FBT003
    return Move(held.id, held.claim, held.status, Status.DECIDED, decided=decided)


def _print(medians: dict[tuple[bool, str], float]) -> None:
    print(f"{'microseconds an application':40} no webhook   webhook")
    for name in sorted({name for _, name in medians}):
        print(f"{name:40} {medians[False, name]:10.0f} {medians[True, name]:9.0f}")


def _micros(began: float) -> float:
    return (time.perf_counter() - began) * 1_000_000


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 40)
