"""A batch: up to 500 applications in one request, each answered by itself, recorded in groups.

A group is one transaction: what is equal to what the record or the group already holds is known
and not entered again, so that a batch sent twice changes nothing. A group that the database
refuses is halved until the row that harms it stands alone.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

import structlog
from sqlalchemy.exc import DataError, IntegrityError

from services.intake.batch_answers import BatchAnswer
from services.intake.batch_rows import Answers, Row, good_rows, read_rows
from services.intake.catalogue import read_catalogue
from services.intake.grouping import Entered, Group, OvertakenError, enter
from services.intake.parts import Parts
from services.intake.portals import Caller, admit
from services.intake.problems import later
from services.intake.recording import Draft
from services.intake.wordings import Kind
from shared.crash_points import Point
from shared.crashing import reach
from shared.events import LARGEST_DOORBELL, Doorbell
from shared.portal_keys import Scope
from shared.states import Lane, Step
from shared.store.committing import committing

_GROUP = 100
_TRIES = 4
_COME_BACK_S = 1

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, repr=False)
class Batch:
    """One request to accept many applications, not yet read."""

    caller: Caller
    body: bytes
    trace: str


def receive_batch(parts: Parts, batch: Batch) -> BatchAnswer:
    """Accept what can be accepted, and answer every row.

    Raises:
        ProblemError: unknown-key, scope-missing, malformed-json, or invalid-application when the
            body is no batch, too-many-requests, for each row counts as one. Whatever is wrong
            with a row is in that row's answer.
        sqlalchemy.exc.DBAPIError: when the database is out of reach; groups before may be
            committed, and the same batch may be sent again.
    """
    with parts.engine.connect() as connection:
        portal = admit(connection, batch.caller, Scope.APPLICATIONS_WRITE)
        catalogue = read_catalogue(connection, portal)
    answers = Answers()
    raw = read_rows(batch.body)
    batch.caller.pay(portal.id, portal.requests_per_minute, cost=len(raw))
    rows = list(good_rows(raw, answers, parts.clock()))
    for some in _groups(rows):
        _accept(parts, batch, Group(tuple(some), catalogue, batch.trace), answers)
    return BatchAnswer.of(answers.receipts, answers.problems)


def _groups(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    for start in range(0, len(rows), _GROUP):
        yield rows[start : start + _GROUP]


def _accept(parts: Parts, batch: Batch, group: Group, answers: Answers) -> None:
    """Commit a group and ring for it; one that the database refuses is halved."""
    rung = parts.bell.room(Step.VERIFY, Lane.BULK) >= _most_doorbells(group)
    try:
        entered = _commit(parts, batch, group, rung=rung)
    except (DataError, IntegrityError, OvertakenError) as refused:
        _accept_halves(parts, batch, group, answers, refused)
        return
    answers.receipts |= entered.answers.receipts
    answers.problems |= entered.answers.problems
    for doorbell in _doorbells(entered.drafts) if rung else ():
        parts.bell.ring(doorbell)
        reach(Point.GROUPED_RUNG)


def _accept_halves(
    parts: Parts, batch: Batch, group: Group, answers: Answers, refused: Exception
) -> None:
    if len(group.rows) > 1:
        for half in group.halves():
            _accept(parts, batch, half, answers)
        return
    _log.warning("batch.row_refused", error=type(refused).__name__)
    problem = later(Kind.UNAVAILABLE, seconds=_COME_BACK_S).problem
    answers.problems[group.rows[0].place] = problem


def _commit(parts: Parts, batch: Batch, group: Group, *, rung: bool) -> Entered:
    for left in reversed(range(_TRIES)):
        try:
            with committing(parts.engine, Point.GROUPING, Point.GROUPED) as connection:
                portal = admit(connection, batch.caller, Scope.APPLICATIONS_WRITE)
                return enter(connection, parts, portal, group, rung=rung)
        except (IntegrityError, OvertakenError):
            if not left:
                raise
    raise AssertionError  # the last try returned or raised


def _most_doorbells(group: Group) -> int:
    """A doorbell has one habilitation and so many ids: the worst case of a group."""
    habilitations = {habilitation for _, habilitation, *_ in group.catalogue.schemes.values()}
    return len(habilitations) + len(group.rows) // LARGEST_DOORBELL


def _doorbells(drafts: Sequence[Draft]) -> Iterator[Doorbell]:
    ids = defaultdict[UUID, list[UUID]](list)
    for draft in (each for each in drafts if each.entry.due):
        ids[draft.wanted.habilitation_id].append(draft.id)
    for habilitation, those in ids.items():
        for start in range(0, len(those), LARGEST_DOORBELL):
            yield Doorbell(
                step=Step.VERIFY,
                lane=Lane.BULK,
                habilitation=habilitation,
                ids=tuple(those[start : start + LARGEST_DOORBELL]),
                trace=drafts[0].trace,
            )
