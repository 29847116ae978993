"""Ringing: what deserves a doorbell, how many, and by which plan."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from sqlalchemy import text

from shared.events import Doorbell
from shared.protocol import ringing
from shared.protocol.pauses import Paused, paused
from shared.states import Lane, Status, Step

if TYPE_CHECKING:
    from tests.integration.conftest import Record

pytestmark = pytest.mark.stack

CHANCE = Random(7)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def _take(
    record: "Record",
    *,
    room: int = 100,
    born: datetime = LONG_AGO,
    paused: Sequence[UUID] = (),
) -> list[Doorbell]:
    return ringing.take_due(
        record.engine,
        Step.VERIFY,
        Lane.NOW,
        room=room,
        born=born,
        ring_again=timedelta(seconds=10),
        paused=Paused(habilitations=dict.fromkeys(paused)),
        chance=CHANCE,
    )


def _ids(bells: Sequence[Doorbell]) -> list[UUID]:
    return sorted(id_ for bell in bells for id_ in bell.ids)


def test_what_is_due_is_rung_once(record: "Record") -> None:
    """A second look finds the doorbells still fresh."""
    ids = record.plant(100)
    bells = _take(record)
    assert _ids(bells) == ids
    assert sorted(len(bell.ids) for bell in bells) == [4, *[16] * 6]
    assert _take(record) == []


def test_no_more_than_the_room_is_rung(record: "Record") -> None:
    """What finds no room stays unrung, and comes next."""
    record.plant(200)
    first = _take(record, room=2)
    assert [len(bell.ids) for bell in first] == [16, 16]
    assert record.one("SELECT count(*) FROM applications WHERE rung_at IS NULL") == 168
    assert len(_ids(_take(record))) == 168


def test_an_old_doorbell_is_rung_again(record: "Record") -> None:
    """It may be lost: with room, it costs nothing to ring twice."""
    ids = record.plant(3, rung_at=datetime.now(UTC) - timedelta(seconds=11))
    assert _ids(_take(record)) == ids


def test_what_redis_forgot_is_rung_at_once(record: "Record") -> None:
    """A doorbell older than Redis' own memory is lost."""
    ids = record.plant(3, rung_at=datetime.now(UTC) - timedelta(seconds=1))
    assert _take(record) == []
    assert _ids(_take(record, born=datetime.now(UTC))) == ids


@pytest.mark.parametrize(
    "columns",
    [
        {"due_at": None},
        {"due_at": datetime.now(UTC) + timedelta(hours=1)},
        {"status": Status.TO_REVIEW},
        {"lane": Lane.BULK},
        {"starts": 5},
    ],
)
def test_what_is_not_due_here_is_not_rung(record: "Record", columns: dict[str, object]) -> None:
    """Not due, another state, another lane, or started too often."""
    record.plant(1, **columns)
    assert _take(record) == []


def test_a_paused_habilitation_is_left_out(record: "Record") -> None:
    """No doorbell for calls that may not be made."""
    ids = record.plant(1)
    assert _take(record, paused=[record.founded.habilitation]) == []
    assert _ids(_take(record)) == ids


def test_the_held_are_not_rung(record: "Record") -> None:
    """Somebody is at work on them."""
    record.claim(record.plant(1))
    assert _take(record) == []


def test_authorities_take_turns(record: "Record") -> None:
    """A small authority is not made to wait behind a large one's campaign."""
    small = record.found_another("saintes")
    record.plant(500, due_at=datetime.now(UTC) - timedelta(days=1))
    theirs = record.plant(10, authority_id=small.authority, habilitation_id=small.habilitation)
    bells = _take(record, room=2)
    assert set(theirs) <= set(_ids(bells))


def test_nobody_is_left_out_for_ever(record: "Record") -> None:
    """With less room than habilitations, and queues that never empty, the lot serves them all."""
    others = [record.found_another(f"ville-{n}") for n in range(4)]
    for days, other in enumerate(others):
        record.plant(
            20,
            authority_id=other.authority,
            habilitation_id=other.habilitation,
            due_at=datetime.now(UTC) - timedelta(days=days + 1),
        )
    served: Counter[UUID] = Counter()
    for _ in range(40):
        served.update(bell.habilitation for bell in _take(record, room=1, born=_now()))
    assert set(served) == {other.habilitation for other in others}
    assert min(served.values()) >= 3


def _now() -> datetime:
    return datetime.now(UTC) + timedelta(seconds=1)


def test_a_doorbell_is_of_one_tier(record: "Record") -> None:
    """Those begun before ring in small company, those begun often alone."""
    record.plant(10)
    record.plant(10, starts=1)
    record.plant(2, starts=2)
    sizes = Counter(len(bell.ids) for bell in _take(record))
    assert sizes == Counter({10: 1, 8: 1, 2: 1, 1: 2})


def test_two_schedulers_share_the_work(record: "Record") -> None:
    """What one has locked, the other passes over; nothing is rung twice."""
    ids = record.plant(50)
    with record.engine.begin() as other:
        other.execute(
            text("SELECT id FROM applications WHERE id = ANY(:ids) ORDER BY id FOR UPDATE"),
            {"ids": ids[:20]},
        )
        assert _ids(_take(record)) == ids[20:]
    assert _ids(_take(record)) == ids[:20]


def test_the_ringing_query_uses_its_index(record: "Record") -> None:
    """By plan, among many rows that are settled, waiting or held."""
    record.plant(3_000, status=Status.DECIDED, due_at=None)
    values = {
        "ids": record.plant(1_000)[:64],
        "status": Status.RECEIVED,
        "lane": Lane.NOW,
        "most": 64,
        "lost_before": datetime.now(UTC),
        "quarantine_at": 5,
        "authorities": [],
        "habilitations": [],
        "schemes": [],
    }
    with record.owner.begin() as connection:
        connection.exec_driver_sql("ANALYZE applications")
        plans = [
            "\n".join(connection.execute(text(f"EXPLAIN {query.text}"), values).scalars())
            for query in (ringing.CHOOSE, ringing.MARK)
        ]
    assert "ix_applications_due" in plans[0]
    assert "pk_applications" in plans[1]
    assert all("Seq Scan on applications" not in plan for plan in plans)


def test_a_switch_stops_the_ringing(record: "Record") -> None:
    """Ops may silence the bells; pauses of habilitations are read with them."""
    with record.engine.begin() as connection:
        connection.execute(
            text("INSERT INTO switches (name, reason, set_by) VALUES (:n, 'essai', 'test')"),
            [{"n": "ringing"}, {"n": f"habilitation:{record.founded.habilitation}"}],
        )
    assert paused(record.engine) == Paused(
        ringing=True, habilitations={record.founded.habilitation: None}
    )
