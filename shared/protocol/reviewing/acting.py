"""Acting: what an agent does to applications, in one transaction with its journal and its review.

Who judges what an act comes to is given: it sees an application under its lock, and answers with
an act, or with why there is none. So two agents at once, a family that withdraws in the middle or
a worker that holds the row make no difference: whoever is second sees what the first one left.
Claims are cleared, as by whoever else changes an application.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Any, Generic, TypeVar
from uuid import UUID, uuid4

from sqlalchemy import Connection, Engine, insert, text

from shared.canonical import digest
from shared.crash_points import Point
from shared.protocol import journal
from shared.protocol.recording import Decided, record_decided
from shared.protocol.reviewing.holding import InHand, take
from shared.review_acts import ReviewAct
from shared.states import DUE_STATUS, KEEPS_TAX_NUMBERS, MOVES, Reason, Status
from shared.store.committing import committing
from shared.store.reviews import ReviewRow

TOGETHER = 64  # applications of one transaction: a worker that waits for one waits for no more
_DUE = frozenset(DUE_STATUS.values())
_MOVE = text("""
    UPDATE applications
    SET status = :now, reason = :reason, moved_at = :at, due_at = :due_at, last_date = NULL,
        effective_on = :effective_on, campaign_id = :campaign, rung_at = NULL, attempts = 0,
        starts = 0, claim = NULL, claimed_by = NULL, claimed_at = NULL,
        sealed_tax_numbers = CASE WHEN :keeps_numbers THEN sealed_tax_numbers END,
        journal_sequence = :sequence, journal_head = :head
    WHERE id = :id
""")
Told = TypeVar("Told")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Act(Generic[Told]):
    """What is done to one application.

    Attributes:
        what: the word of the review.
        through: the states that it goes through, the last of which it stays in; none: it stays.
        reason: why it stands there, where there is a reason.
        decided: the decision that comes with it.
        effective_on: the day that is asked for the next decision, where there is one to come.
        ground: a word of `shared.review_acts`, or of `shared.reasons`.
        sealed: what else the review holds, under the application's key.
        told: what the caller is to say of it.
    """

    what: ReviewAct
    through: tuple[Status, ...] = ()
    reason: Reason | None = None
    decided: Decided | None = None
    effective_on: date | None = None
    ground: str | None = None
    sealed: bytes | None = None
    told: Told

    def moves(self, was: Status) -> list[tuple[Status, Status]]:
        """Each move of it.

        Raises:
            ValueError: one of them is none that there is.
        """
        found = list(pairwise((was, *self.through)))
        for frm, to in found:
            if (frm, to) not in MOVES:
                raise ValueError(f"no move goes from {frm} to {to}")
        return found


@dataclass(frozen=True, slots=True)
class NoAct(Generic[Told]):
    """Nothing is done to an application; `told` says why."""

    told: Told


def act_on(
    engine: Engine,
    ids: Sequence[UUID],
    judge: Callable[[InHand], Act[Told] | NoAct[Told]],
    *,
    actor: str,
) -> dict[UUID, Told]:
    """Act on these applications, a few in one transaction; what is to be said of each.

    An id that names no application is left out.
    """
    told: dict[UUID, Told] = {}
    ordered = sorted(set(ids))
    for first in range(0, len(ordered), TOGETHER):
        told |= _act_together(engine, ordered[first : first + TOGETHER], judge, actor)
    return told


def _act_together(
    engine: Engine,
    ids: Sequence[UUID],
    judge: Callable[[InHand], Act[Told] | NoAct[Told]],
    actor: str,
) -> dict[UUID, Told]:
    with committing(engine, Point.ACTING, Point.ACTED) as connection:
        judged = [(one, judge(one)) for one in take(connection, ids)]
        at = datetime.now(UTC)
        acts = [(one, act) for one, act in judged if isinstance(act, Act)]
        _write(connection, acts, at=at, actor=actor)
    return {one.id: answer.told for one, answer in judged}


def _write(
    connection: Connection, acts: Sequence[tuple[InHand, Act[Any]]], *, at: datetime, actor: str
) -> None:
    moved = [(one, act, _lines(one, act, at, actor)) for one, act in acts if act.through]
    if moved:
        connection.execute(_MOVE, [_moved(one, act, lines, at) for one, act, lines in moved])
    record_decided(connection, [(one.id, act.decided) for one, act in acts if act.decided])
    journal.write(connection, [line for _, _, lines in moved for line in lines])
    if acts:
        connection.execute(insert(ReviewRow), [_review(one, act, at, actor) for one, act in acts])


def _lines(one: InHand, act: Act[Any], at: datetime, actor: str) -> list[journal.Chained]:
    """One line a move, chained; the decision is the evidence of the move that decides."""
    chained: list[journal.Chained] = []
    head = one.head
    for was, now in act.moves(one.status):
        decides = act.decided is not None and now is Status.DECIDED
        line = journal.Line(
            application_id=one.id,
            at=at,
            actor=actor,
            was=was,
            now=now,
            reason=act.reason if now is act.through[-1] else None,
            evidence=digest(act.decided.sealed) if act.decided and decides else None,
            trace=one.trace,
        )
        chained.append(journal.chain(line, head))
        head = chained[-1].head
    return chained


def _moved(
    one: InHand, act: Act[Any], lines: Sequence[journal.Chained], at: datetime
) -> dict[str, Any]:
    now = act.through[-1]
    return {
        "id": one.id,
        "now": now,
        "reason": act.reason,
        "at": at,
        "due_at": at if now in _DUE else None,
        **_asked_for(one, act),
        "keeps_numbers": now in KEEPS_TAX_NUMBERS,
        "sequence": lines[-1].head.sequence,
        "head": lines[-1].head.hash,
    }


def _asked_for(one: InHand, act: Act[Any]) -> dict[str, Any]:
    """What the next decision is asked for: of one that is decided, what was asked is over."""
    if one.status is Status.DECIDED:
        return {"effective_on": act.effective_on, "campaign": None}
    return {"effective_on": act.effective_on or one.effective_on, "campaign": one.campaign_id}


def _review(one: InHand, act: Act[Any], at: datetime, actor: str) -> dict[str, Any]:
    return {
        "id": uuid4(),
        "application_id": one.id,
        "act": act.what,
        "at": at,
        "actor": actor,
        "ground": act.ground,
        "sealed": act.sealed,
    }
