"""Many workers at once on the same applications: no deadlock, nothing saved twice."""

import pkgutil
import random
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from sqlalchemy import TextClause

from shared import protocol
from shared.protocol import claiming, saving, sweeping
from shared.protocol.tempo import TIERS
from shared.states import Status, Step

if TYPE_CHECKING:
    from tests.integration.conftest import Record

pytestmark = pytest.mark.stack

_IN_ORDER = re.compile(r"ORDER BY (?:\w+\.)?(?:id|event_id|application_id)\b")
_LOCKS = re.compile(r"FOR (?:NO KEY )?UPDATE\b")
_OF_APPLICATIONS = re.compile(r"(?:FROM|(?<!LEFT )JOIN) applications\b")
_NO_ORDER = {
    "campaigning.moving._TURN": "one row",
    "operating.carrying._HOLD": "one row",
    "delivering.holding._CLAIM": "by when it is due: it passes over what is locked, never waits",
}
WORKERS = 8
SECONDS = 10


def test_eight_workers_on_overlapping_batches_see_no_deadlock(record: "Record") -> None:
    """For ten seconds, with sweeps, give-backs and doubled saves beside them.

    Any deadlock would end a thread with an OperationalError. Each save leaves exactly one line in
    the journal.
    """
    ids = record.plant(400)
    until = time.monotonic() + SECONDS
    with ThreadPoolExecutor(WORKERS + 1) as pool:
        workers = [pool.submit(_work, record, ids, until, seed) for seed in range(WORKERS)]
        sweeper = pool.submit(_sweep, record, until)
        saved = sum(worker.result() for worker in workers)
        sweeper.result()
    assert saved > 100
    assert record.one("SELECT count(*) FROM journal") == saved
    assert record.one("SELECT sum(journal_sequence) FROM applications") == saved


def _work(record: "Record", ids: list[UUID], until: float, seed: int) -> int:
    chance, saved = random.Random(seed), 0
    worker = record.worker(life=timedelta(seconds=60))
    while time.monotonic() < until:
        batch = chance.sample(ids, 60)
        held = claiming.claim(record.engine, worker, Step.VERIFY, batch, tier=TIERS[0], most=40)
        chance.shuffle(held)
        kept = held[: len(held) // 4 * 3]
        moves = [record.reviewed(h, now=Status.RECEIVED, due_at=_now()) for h in kept]
        saved += len(saving.save(record.engine, moves, actor="crowd"))
        saved += len(saving.save(record.engine, moves[::-1], actor="crowd"))
        claiming.give_back(record.engine, worker)
        claiming.unring(record.engine, Step.VERIFY, batch)
    return saved


def _sweep(record: "Record", until: float) -> None:
    pause = threading.Event()
    while time.monotonic() < until:
        sweeping.free_dead(record.engine, longest_claim=timedelta(0))
        sweeping.quarantine(record.engine, actor="test")
        pause.wait(0.03)


def test_every_lock_on_many_rows_is_taken_in_the_order_of_ids() -> None:
    """PostgreSQL may lock in another order whenever it likes, unless it is told."""
    locking = _locking()
    unordered = {name for name, sql in locking if not _IN_ORDER.search(sql)}
    assert unordered == set(_NO_ORDER)
    assert len(locking) > 15


def test_no_lock_on_applications_keeps_out_who_names_them() -> None:
    """A row that refers to one (a member, an access) locks its key alone, in any order."""
    of_applications = [one for one in _locking() if _OF_APPLICATIONS.search(one[1])]
    keeps_out = [name for name, sql in of_applications if "FOR NO KEY UPDATE" not in sql]
    assert [] == keeps_out
    assert len(of_applications) > 12


def _locking() -> list[tuple[str, str]]:
    return [
        (f"{module.name.removeprefix('shared.protocol.')}.{name}", statement.text)
        for module in pkgutil.walk_packages(protocol.__path__, "shared.protocol.")
        for name, statement in vars(import_module(module.name)).items()
        if isinstance(statement, TextClause) and _LOCKS.search(statement.text)
    ]


def _now() -> datetime:
    return datetime.now(UTC) - timedelta(seconds=1)
