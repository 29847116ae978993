"""One worker's life: it beats, and what happens when it was thought dead."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from shared.protocol import lives
from shared.protocol.tempo import Tempo
from shared.working.life import Life

if TYPE_CHECKING:
    from tests.integration.conftest import Record

pytestmark = pytest.mark.stack

TEMPO = Tempo(heartbeat=timedelta(seconds=0.05), life=timedelta(seconds=0.5))


@asynccontextmanager
async def _living(life: Life) -> AsyncIterator[None]:
    running = asyncio.create_task(life.run())
    try:
        yield
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


def _alive(record: "Record") -> list[object]:
    rows = record.rows("SELECT id FROM workers WHERE service = 'test' AND alive_until > now()")
    return [row.id for row in rows]


async def _reborn(life: Life, before: object) -> None:
    async with asyncio.timeout(5):
        while life.worker == before:  # noqa: ASYNC110  # nobody tells
            await asyncio.sleep(0.01)


async def test_a_worker_that_beats_outlives_its_span(record: "Record") -> None:
    """It is the same worker, alive, long after what one beat promises; nothing is dropped."""
    life, dropped = Life(record.engine, service="test", tempo=TEMPO), list[str]()
    life.on_death(lambda: dropped.append("all"))
    async with _living(life):
        before = life.worker
        await asyncio.sleep(1)

        assert [before] == [life.worker] == _alive(record)
    assert [] == dropped


async def test_one_that_was_thought_dead_drops_all_and_is_born_again(record: "Record") -> None:
    """Under a new id: nothing that the old one held can be saved or claimed by it."""
    life, dropped = Life(record.engine, service="test", tempo=TEMPO), list[str]()
    life.on_death(lambda: dropped.append("all"))
    before = life.worker
    lives.die(record.engine, before)
    async with _living(life):
        await _reborn(life, before)

    assert ["all"] == dropped
    assert [life.worker] == _alive(record)
    assert [] == record.claim(record.plant(1), worker=before)


async def test_one_that_lost_count_ends_its_life_once(record: "Record") -> None:
    """At its next beat, not at each."""
    life, dropped = Life(record.engine, service="test", tempo=TEMPO), list[str]()
    life.on_death(lambda: dropped.append("all"))
    before = life.worker
    life.lose()
    async with _living(life):
        await _reborn(life, before)
        await asyncio.sleep(0.2)

    assert ["all"] == dropped
    assert [life.worker] == _alive(record)


async def test_a_beat_that_cannot_be_written_is_only_missed(record: "Record") -> None:
    """While the record is in trouble nobody beats; then the same worker goes on."""
    tempo = Tempo(heartbeat=timedelta(seconds=0.05), life=timedelta(seconds=2))
    life = Life(record.engine, service="test", tempo=tempo)
    before, until = life.worker, _alive_until(record)
    async with _living(life):
        with record.owner.begin() as connection:
            connection.execute(text("ALTER TABLE workers RENAME TO away"))
        await asyncio.sleep(0.3)
        with record.owner.begin() as connection:
            connection.execute(text("ALTER TABLE away RENAME TO workers"))
        await asyncio.sleep(0.3)

    assert [before] == [life.worker] == _alive(record)
    assert _alive_until(record) > until + timedelta(seconds=0.5)


def _alive_until(record: "Record") -> datetime:
    until: datetime = record.one("SELECT alive_until FROM workers WHERE service = 'test'")
    return until


async def test_a_clean_end_is_known_at_once(record: "Record") -> None:
    """Nobody waits for its span to run out."""
    life = Life(record.engine, service="test", tempo=TEMPO)
    await life.end()

    assert [] == _alive(record)
