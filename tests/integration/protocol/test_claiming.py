"""Claims: who holds an application, and who does not."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from shared.protocol import claiming, lives
from shared.protocol.tempo import TIERS
from shared.states import Status, Step

if TYPE_CHECKING:
    from tests.integration.conftest import Record

pytestmark = pytest.mark.stack


def test_a_claim_takes_no_more_than_asked(record: "Record") -> None:
    """Of five that are due, three permits take three."""
    ids = record.plant(5)
    held = claiming.claim(record.engine, record.worker(), Step.VERIFY, ids, tier=TIERS[0], most=3)
    assert len(held) == 3


def test_two_workers_never_hold_the_same(record: "Record") -> None:
    """What one holds, the other passes over."""
    ids = record.plant(4)
    first = record.claim(ids[:3])
    second = record.claim(ids)
    assert {h.id for h in first} == set(ids[:3])
    assert [h.id for h in second] == ids[3:]


@pytest.mark.parametrize(
    "columns",
    [
        {"status": Status.TO_REVIEW},
        {"status": Status.VERIFIED},
        {"due_at": datetime.now(UTC) + timedelta(hours=1)},
        {"due_at": None},
        {"starts": 1},
    ],
)
def test_only_what_is_due_in_this_step_and_tier_is_claimed(
    record: "Record", columns: dict[str, object]
) -> None:
    """Another state, another date or another tier: not now, not here."""
    assert record.claim(record.plant(1, **columns)) == []


def test_a_worker_thought_dead_claims_nothing(record: "Record") -> None:
    """Its life is over for itself too."""
    worker = record.worker(life=timedelta(0))
    assert record.claim(record.plant(1), worker=worker) == []
    assert not lives.beat(record.engine, worker, life=timedelta(seconds=6))


def test_a_claim_counts_a_start_and_giving_back_uncounts_it(record: "Record") -> None:
    """A clean stop or a give-back is not a start."""
    ids, worker = record.plant(2), record.worker()
    record.claim(ids, worker=worker)
    assert record.column("starts", ids) == [1, 1]

    assert 2 == claiming.give_back(record.engine, worker)

    assert record.column("starts", ids) == [0, 0]
    assert record.column("claim", ids) == [None, None]


def test_giving_back_touches_only_ones_own(record: "Record") -> None:
    """A late give-back leaves a newer claim alone."""
    ids, worker = record.plant(1), record.worker()
    record.claim(ids, worker=worker)
    record.change(ids, claim=None, claimed_by=None, claimed_at=None, starts=0)
    new = record.claim(ids)

    assert 0 == claiming.give_back(record.engine, worker)

    assert record.column("claim", ids) == [new[0].claim]


def test_each_tier_is_claimed_in_its_own_size(record: "Record") -> None:
    """Those begun before go eight by eight, then one by one."""
    ids = record.plant(20, starts=1)
    worker = record.worker()
    eight = claiming.claim(record.engine, worker, Step.VERIFY, ids, tier=TIERS[1], most=64)
    assert len(eight) == 8
    record.change(ids, starts=2, claim=None, claimed_by=None, claimed_at=None)
    alone = claiming.claim(record.engine, worker, Step.VERIFY, ids, tier=TIERS[2], most=64)
    assert len(alone) == 1
