"""Judging: what an order comes to for one application as it stands under its lock. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any
from uuid import UUID

from shared.protocol.operating.orders import FITS, CameTo, Order, Verb
from shared.protocol.tempo import TIERS
from shared.review_acts import ReviewAct
from shared.states import MOVES, STEP_OF, Lane, Reason, Status

ALONE = TIERS[-1].least_starts  # starts from which an application is alone in its process
_UNSAID = {
    Status.RECEIVED: Reason.PROVIDER_UNAVAILABLE,  # as the scheduler says of what it hands over
    Status.VERIFIED: Reason.FIGURES_TO_CHECK,
}
_LEAVES = {
    CameTo.ENDED: frozenset({Status.WITHDRAWN, Status.CLOSED}),
    CameTo.DECIDED: frozenset({Status.DECIDED}),
}


@dataclass(frozen=True, slots=True, repr=False)
class Stands:
    """An application under its lock: nothing sealed, nobody's name."""

    id: UUID
    status: Status
    reason: str | None
    lane: Lane
    due_at: datetime | None
    last_date: datetime | None
    attempts: int
    starts: int
    held: bool
    has_key: bool
    by_documents: bool


@dataclass(frozen=True, slots=True)
class Change:
    """What is written of it: the states that it goes through, and what becomes of its columns.

    `through` is its own state when it only is due at another time or goes into another lane.
    `review` is the agents' word for the same act, where they have one.
    """

    through: tuple[Status, ...]
    reason: str | None
    due_at: datetime | None
    lane: Lane
    starts: int
    attempts: int
    last_date: datetime | None
    frees: bool = True  # whether a worker's hold on it ends
    review: ReviewAct | None = None
    ground: str | None = None

    def check(self, was: Status) -> None:
        """Refuse what is no move of the protocol.

        Raises:
            ValueError: one of them is none that there is.
        """
        for frm, to in pairwise((was, *self.through)):
            if frm is not to and (frm, to) not in MOVES:
                raise ValueError(f"no move goes from {frm} to {to}")


def judge(one: Stands, order: Order, now: datetime) -> Change | CameTo:
    """What is to be written of it, or why nothing is; `now` is the moment of the act (UTC)."""
    if one.status not in FITS[order.verb]:
        return _unfit(one, order.verb)
    return _JUDGES[order.verb](one, order, now)


def _unfit(one: Stands, verb: Verb) -> CameTo:
    for said, states in _LEAVES.items():
        if one.status in states:
            return said
    done = {Verb.TO_REVIEW: Status.TO_REVIEW, Verb.RELEASE: Status.RECEIVED}.get(verb)
    return CameTo.ALREADY if one.status is done else CameTo.NOT_ITS_STATE


def _retry(one: Stands, _order: Order, now: datetime) -> Change | CameTo:
    if one.held:
        return CameTo.HELD
    due_now = one.due_at is not None and one.due_at <= now
    if one.status in STEP_OF and due_now and one.attempts == 0:
        return CameTo.ALREADY
    return _due(one, now)


def _retry_at(one: Stands, order: Order, _now: datetime) -> Change | CameTo:
    at = order.at
    assert at is not None  # noqa: S101  # an order holds what it needs
    if one.last_date is not None and at > one.last_date:
        return CameTo.AFTER_LAST_DATE
    return CameTo.ALREADY if one.due_at == at else _due(one, at)


def _due(one: Stands, at: datetime) -> Change | CameTo:
    """Due at a time: a step waits for it in its state, what is parked or in review leaves it."""
    if one.status is Status.TO_REVIEW:
        if not one.has_key:
            return CameTo.ERASED
        if one.by_documents:
            return CameTo.DOCUMENTS
        return _change(one, Status.RECEIVED, due_at=at, review=ReviewAct.AGAIN, last_date=None)
    if one.status is Status.PARKED:
        return _change(one, Status.RECEIVED, due_at=at)
    return _change(one, one.status, due_at=at, reason=one.reason)


def _to_review(one: Stands, _order: Order, _now: datetime) -> Change:
    reason = one.reason or _UNSAID.get(one.status, Reason.PROVIDER_UNAVAILABLE)
    return _change(one, Status.TO_REVIEW, reason=reason, last_date=None)


def _release(one: Stands, _order: Order, now: datetime) -> Change | CameTo:
    if not one.has_key:
        return CameTo.ERASED
    return _change(one, Status.RECEIVED, due_at=now, starts=ALONE)


def _lane(one: Stands, order: Order, _now: datetime) -> Change | CameTo:
    lane = order.lane
    assert lane is not None  # noqa: S101  # an order holds what it needs
    if one.lane is lane:
        return CameTo.ALREADY
    same = {"reason": one.reason, "due_at": one.due_at, "attempts": one.attempts}
    return _change(one, one.status, lane=lane, frees=False, **same)


def _close(one: Stands, order: Order, _now: datetime) -> Change:
    straight = (one.status, Status.CLOSED) in MOVES
    through = (Status.CLOSED,) if straight else (Status.TO_REVIEW, Status.CLOSED)
    closed = {"review": ReviewAct.CLOSED, "ground": order.ground, "last_date": None}
    return _change(one, *through, **closed)


def _change(one: Stands, *through: Status, **changed: Any) -> Change:  # noqa: ANN401 - columns
    """A change of an application that keeps what is not said; what it was tried is forgotten."""
    kept: dict[str, Any] = {
        "reason": None,
        "due_at": None,
        "lane": one.lane,
        "starts": one.starts,
        "attempts": 0,
        "last_date": one.last_date,
    }
    change = Change(through=through, **(kept | changed))
    change.check(one.status)
    return change


_JUDGES: dict[Verb, Callable[[Stands, Order, datetime], Change | CameTo]] = {
    Verb.RETRY: _retry,
    Verb.RETRY_AT: _retry_at,
    Verb.TO_REVIEW: _to_review,
    Verb.RELEASE: _release,
    Verb.LANE: _lane,
    Verb.CLOSE: _close,
}
