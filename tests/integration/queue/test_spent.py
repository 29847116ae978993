"""The permits that a habilitation took are counted where they are given, whoever gives them."""

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from shared.queue.pace import Allowance
from shared.queue.spent import LAST_S
from shared.watching import doorbells

if TYPE_CHECKING:
    from tests.integration.queue.conftest import Doorway

pytestmark = pytest.mark.stack

OURS, THEIRS = UUID(int=1), UUID(int=2)
QUICK = Allowance(OURS, pace=1_000, burst=50)


def _spent(doorway: "Doorway") -> dict[UUID, int]:
    return dict(doorbells.look(doorway.client(), "test", [OURS, THEIRS]).spent)


def test_what_was_given_and_not_given_back_is_counted(doorway: "Doorway") -> None:
    """By all processes together, for each habilitation alone; a refusal is nothing."""
    one, other = doorway.pace(), doorway.pace()
    for allowance in (QUICK, replace(QUICK, habilitation=THEIRS)):
        one.take(allowance, 0)
    before = _spent(doorway)
    time.sleep(0.2)
    given = one.take(QUICK, 20).given + other.take(QUICK, 10).given
    other.give_back(QUICK, 4)

    assert ({OURS: 0, THEIRS: 0}, 30) == (before, given)
    assert {OURS: 26, THEIRS: 0} == _spent(doorway)


def test_giving_back_what_redis_forgot_counts_nothing(doorway: "Doorway") -> None:
    """After a flush nobody has spent less than none."""
    doorway.pace().give_back(QUICK, 4)

    assert {OURS: 0, THEIRS: 0} == _spent(doorway)
    assert [b"test:marker"] == list(doorway.client().scan_iter())


def test_counts_are_sixty_fields_and_go_by_themselves(doorway: "Doorway") -> None:
    """A slot that an older minute left is begun anew."""
    client, pace = doorway.client(), doorway.pace()
    old: dict[Any, Any] = {str(slot): "1 1000" for slot in range(LAST_S)}
    client.hset(f"test:spent:{OURS}", mapping=old)
    pace.take(QUICK, 0)
    time.sleep(0.2)
    pace.take(QUICK, 5)

    assert 5 == _spent(doorway)[OURS]
    assert LAST_S == client.hlen(f"test:spent:{OURS}")
    assert 110 < client.ttl(f"test:spent:{OURS}") <= 120


def test_without_redis_nothing_is_said(nowhere: "Doorway") -> None:
    """Not zero: that is not known."""
    assert {} == _spent(nowhere)
