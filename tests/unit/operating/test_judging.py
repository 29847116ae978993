"""What an order comes to for one application: moves of the protocol only, or a reason why not."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest

from shared.protocol.operating.judging import ALONE, Change, Stands, judge
from shared.protocol.operating.orders import FITS, CameTo, Order, Verb
from shared.review_acts import ClosedFor, ReviewAct
from shared.states import MOVES, Lane, Reason, Status

_NOW = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)
_LATER = _NOW + timedelta(hours=2)


def _order(verb: Verb) -> Order:
    needed: dict[Verb, dict[str, Any]] = {
        Verb.RETRY_AT: {"at": _LATER},
        Verb.LANE: {"lane": Lane.BULK},
        Verb.CLOSE: {"ground": ClosedFor.DUPLICATE},
    }
    return Order(verb=verb, actor="command:essai", comment="essai", **needed.get(verb, {}))


def _stands(status: Status, **changed: Any) -> Stands:
    plain: dict[str, Any] = {
        "id": UUID(int=1),
        "status": status,
        "reason": None,
        "lane": Lane.NOW,
        "due_at": _LATER - timedelta(hours=1),
        "last_date": None,
        "attempts": 3,
        "starts": 1,
        "held": False,
        "has_key": True,
        "by_documents": False,
    }
    return Stands(**plain | changed)


@pytest.mark.parametrize("verb", Verb)
@pytest.mark.parametrize("status", Status)
def test_an_order_moves_as_the_protocol_does(verb: Verb, status: Status) -> None:
    """In the states that it fits each step is a move of it, or none; in the others nothing is."""
    came = judge(_stands(status), _order(verb), _NOW)

    assert (status in FITS[verb]) == isinstance(came, Change)
    if isinstance(came, Change):
        steps = pairwise((status, *came.through))
        assert [] == [step for step in steps if len(set(step)) == 2 and step not in MOVES]


@pytest.mark.parametrize(
    ("verb", "status", "said"),
    [
        (Verb.RETRY, Status.WITHDRAWN, CameTo.ENDED),
        (Verb.CLOSE, Status.CLOSED, CameTo.ENDED),
        (Verb.CLOSE, Status.DECIDED, CameTo.DECIDED),
        (Verb.TO_REVIEW, Status.TO_REVIEW, CameTo.ALREADY),
        (Verb.TO_REVIEW, Status.QUARANTINED, CameTo.NOT_ITS_STATE),
        (Verb.RELEASE, Status.RECEIVED, CameTo.ALREADY),
        (Verb.RETRY, Status.ESTIMATED, CameTo.NOT_ITS_STATE),
    ],
)
def test_why_nothing_is_done_in_a_state(verb: Verb, status: Status, said: CameTo) -> None:
    """In the words that the screens have."""
    assert said is judge(_stands(status), _order(verb), _NOW)


@pytest.mark.parametrize(
    ("verb", "status", "changed", "said"),
    [
        (Verb.RETRY, Status.RECEIVED, {"held": True}, CameTo.HELD),
        (Verb.RETRY, Status.RECEIVED, {"due_at": _NOW, "attempts": 0}, CameTo.ALREADY),
        (Verb.RETRY, Status.TO_REVIEW, {"has_key": False}, CameTo.ERASED),
        (Verb.RETRY, Status.TO_REVIEW, {"by_documents": True}, CameTo.DOCUMENTS),
        (Verb.RELEASE, Status.QUARANTINED, {"has_key": False}, CameTo.ERASED),
        (Verb.RETRY_AT, Status.PARKED, {"last_date": _NOW}, CameTo.AFTER_LAST_DATE),
        (Verb.RETRY_AT, Status.RECEIVED, {"due_at": _LATER}, CameTo.ALREADY),
        (Verb.LANE, Status.RECEIVED, {"lane": Lane.BULK}, CameTo.ALREADY),
    ],
)
def test_what_keeps_an_order_from_one(
    verb: Verb, status: Status, changed: dict[str, Any], said: CameTo
) -> None:
    """A worker that is at it, a destroyed key, a family's choice, a date: each is respected."""
    assert said is judge(_stands(status, **changed), _order(verb), _NOW)


def _changed(verb: Verb, status: Status, **stands: Any) -> Change:
    came = judge(_stands(status, **stands), _order(verb), _NOW)
    assert isinstance(came, Change)
    return came


def test_a_retry_is_due_at_once_and_forgets_its_failures() -> None:
    """What is parked or reviewed becomes due for the State; a step stays in its state."""
    came = {status: _changed(Verb.RETRY, status) for status in FITS[Verb.RETRY]}

    assert {(_NOW, 0)} == {(one.due_at, one.attempts) for one in came.values()}
    assert {
        Status.RECEIVED: (Status.RECEIVED,),
        Status.VERIFIED: (Status.VERIFIED,),
        Status.PARKED: (Status.RECEIVED,),
        Status.TO_REVIEW: (Status.RECEIVED,),
    } == {status: one.through for status, one in came.items()}
    assert ReviewAct.AGAIN is came[Status.TO_REVIEW].review


def test_who_waits_in_its_state_keeps_its_reason() -> None:
    """No portal is told of a change that is none."""
    busy = {"reason": Reason.PROVIDER_BUSY}

    assert Reason.PROVIDER_BUSY == _changed(Verb.RETRY, Status.RECEIVED, **busy).reason
    assert _changed(Verb.RETRY, Status.PARKED, **busy).reason is None


def test_a_released_one_is_alone() -> None:
    """Whatever kills its worker kills nobody's else work, and it is set aside again soon."""
    assert ALONE == _changed(Verb.RELEASE, Status.QUARANTINED, starts=5).starts


def test_a_lane_changes_nothing_else() -> None:
    """Not even a worker's hold."""
    came = _changed(Verb.LANE, Status.PARKED, reason="no_file", starts=1, held=True)

    assert (False, "no_file", _LATER - timedelta(hours=1), 3, 1, Lane.BULK) == (
        came.frees,
        came.reason,
        came.due_at,
        came.attempts,
        came.starts,
        came.lane,
    )


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (Status.RECEIVED, Reason.PROVIDER_UNAVAILABLE),
        (Status.VERIFIED, Reason.FIGURES_TO_CHECK),
    ],
)
def test_an_agent_always_gets_a_reason(status: Status, reason: Reason) -> None:
    """The one that it had, or what its state says."""
    assert reason == _changed(Verb.TO_REVIEW, status).reason
    assert "no_file" == _changed(Verb.TO_REVIEW, status, reason="no_file").reason


def test_what_is_closed_is_reviewed_too() -> None:
    """With its ground, through the agent's state where no shorter way leads."""
    straight, round_about = (
        _changed(Verb.CLOSE, status) for status in (Status.QUARANTINED, Status.RECEIVED)
    )

    assert (Status.CLOSED,) == straight.through
    assert (Status.TO_REVIEW, Status.CLOSED) == round_about.through
    assert (ReviewAct.CLOSED, ClosedFor.DUPLICATE) == (straight.review, straight.ground)
    assert straight.due_at is None
