"""A bulk action of five hundred, whose schedulers are killed again and again."""

import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from shared.protocol.operating import bulk
from shared.protocol.operating.actions import ActionState, find, progress_of
from shared.protocol.operating.orders import Order, Verb
from shared.seeking.sought import Sought
from shared.states import Reason, Status

if TYPE_CHECKING:
    from tests.integration.conftest import Record
    from tests.integration.operating.conftest import Scheduler

pytestmark = pytest.mark.stack
_MANY = 500
_WITHIN_S = 90.0


def _done(record: "Record", action: UUID) -> int:
    count: int = record.one(
        "SELECT count(*) FROM bulk_members WHERE action_id = :id AND came_to = 'done'", id=action
    )
    return count


def test_five_hundred_are_done_once_though_schedulers_are_killed(
    record: "Record", scheduler: "Scheduler"
) -> None:
    """Each `kill -9` leaves a whole chunk or none: no application twice, none forgotten."""
    later = datetime.now(UTC) + timedelta(hours=6)
    parked = {"status": Status.PARKED, "reason": Reason.PROVIDER_UNAVAILABLE, "due_at": later}
    ids = record.plant(_MANY, **parked)
    order = Order(verb=Verb.TO_REVIEW, actor="command:awa", comment="panne longue")
    with record.engine.begin() as connection:
        action = bulk.start(connection, Sought(state=(Status.PARKED,)), order)
    deadline, killed_at = time.monotonic() + _WITHIN_S, 0
    process = scheduler()
    while (done := _done(record, action)) < _MANY and time.monotonic() < deadline:
        if done > killed_at:  # in the middle: some are done, some are not
            process.kill()
            process.wait()
            killed_at, process = done, scheduler()
        time.sleep(0.02)
    while _state(record, action) is ActionState.RUNNING and time.monotonic() < deadline:
        time.sleep(0.05)

    lines = Counter(row.id for row in record.rows("SELECT application_id AS id FROM journal"))
    assert dict.fromkeys(ids, 1) == lines
    assert {Status.TO_REVIEW} == set(record.column("status", ids))
    assert 0 < killed_at < _MANY
    with record.engine.connect() as connection:
        found = find(connection, action)
        assert found is not None
        assert (ActionState.FINISHED, _MANY) == (
            found.state,
            progress_of(connection, found).done,
        )


def _state(record: "Record", action: UUID) -> ActionState:
    with record.engine.connect() as connection:
        found = find(connection, action)
    assert found is not None
    return found.state
