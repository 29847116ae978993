"""What becomes an event: each change that a portal may see, with it, and nothing else."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from shared.protocol import saving, sweeping
from shared.states import Reason, Status, Step

if TYPE_CHECKING:
    from tests.integration.conftest import Record
    from tests.integration.notifier.conftest import Post

pytestmark = pytest.mark.stack

_EVENTS = """
    SELECT sequence, state, reason, decision_version FROM events
    ORDER BY application_id, sequence
"""


def test_each_change_has_its_event_with_it(post: "Post") -> None:
    """State, version of the decision where there is one; a delivery for each."""
    ids = post.record.plant(1)
    post.change(ids)
    post.change(ids)

    assert [(1, "VERIFIED", None, None), (2, "DECIDED", None, 1)] == [
        tuple(row) for row in post.record.rows(_EVENTS)
    ]
    assert [("WAITING", 0, None)] * 2 == post.deliveries()


def test_a_portal_is_told_the_reason_that_it_may_know(post: "Post") -> None:
    """That an AEEH counted is health data: it is not even written here."""
    ids = post.record.plant(1)
    post.to_review(ids, Reason.DISABILITY_EXCEEDS_CHILDREN)

    assert [(1, "TO_REVIEW", Reason.FIGURES_TO_CHECK, None)] == [
        tuple(row) for row in post.record.rows(_EVENTS)
    ]


def test_a_later_try_that_changes_nothing_is_no_change(post: "Post") -> None:
    """The first says why it waits; the second says the same, and is not told."""
    ids = post.record.plant(1)
    for _ in range(2):
        [held] = post.record.claim(ids)
        move = post.record.reviewed(
            held,
            now=Status.RECEIVED,
            reason=Reason.PROVIDER_BUSY,
            due_at=datetime.now(UTC) - timedelta(seconds=1),
        )
        saving.save(post.record.engine, [move], actor="test")

    assert [(1, "RECEIVED", Reason.PROVIDER_BUSY, None)] == [
        tuple(row) for row in post.record.rows(_EVENTS)
    ]


def test_what_is_priced_again_at_once_is_two_changes(post: "Post") -> None:
    """Decided, and verified anew for the version that no longer holds."""
    ids = post.record.plant(1, status=Status.VERIFIED)
    [held] = post.record.claim(ids, step=Step.PRICE)
    decided = post.record.decision()
    move = post.record.reviewed(
        held, now=Status.DECIDED, reason=None, decided=decided, again_on=decided.valid_from
    )
    saving.save(post.record.engine, [move], actor="test")

    assert [(1, "DECIDED", None, 1), (2, "VERIFIED", None, None)] == [
        tuple(row) for row in post.record.rows(_EVENTS)
    ]


def test_a_sweep_tells_too(post: "Post") -> None:
    """What wakes up, in the same transaction as its line."""
    past = datetime.now(UTC) - timedelta(minutes=1)
    post.record.plant(2, status=Status.PARKED, due_at=past)
    sweeping.wake(post.record.engine, actor="service:scheduler")

    assert ["RECEIVED"] * 2 == [row.state for row in post.record.rows(_EVENTS)]


def test_what_is_not_saved_is_not_told(post: "Post") -> None:
    """A zombie's save writes no event."""
    ids = post.record.plant(1)
    old = post.record.claim(ids)
    post.record.change(ids, claim=None, claimed_by=None, claimed_at=None)
    saving.save(post.record.engine, [post.record.reviewed(old[0])], actor="zombie")

    assert [] == post.record.rows(_EVENTS)


def test_without_a_webhook_there_are_events_and_no_deliveries(record: "Record") -> None:
    """The feed has them; nothing piles up to be sent."""
    [held] = record.claim(record.plant(1))
    saving.save(record.engine, [record.reviewed(held)], actor="test")

    assert (1, 0) == (
        record.one("SELECT count(*) FROM events"),
        record.one("SELECT count(*) FROM deliveries"),
    )
