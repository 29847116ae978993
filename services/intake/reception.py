"""Reception: an application is accepted, which means committed, whatever Redis does meanwhile."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from services.intake.backpressure import late
from services.intake.calendar_rules import refuse_impossible_dates
from services.intake.documents import read_document
from services.intake.franceconnect import attaching, holding
from services.intake.parts import Parts
from services.intake.portals import Caller, Portal, admit
from services.intake.problems import ProblemError, later, refusal
from services.intake.receipts import Receipt
from services.intake.recording import Answered, Draft, record, remember
from services.intake.remedies import faults_of
from services.intake.repetition import find_same, recall, same_application
from services.intake.stages import Enrolment, Handed
from services.intake.wanted import find_wanted
from services.intake.wordings import Kind
from shared.canonical import canonical_json
from shared.events import Doorbell
from shared.portal_keys import Scope
from shared.pre_registration import PreRegistration, Stage
from shared.sealing import KeyRing
from shared.states import Lane, Step

_TRIES = 4
_COME_BACK_S = 1


@dataclass(frozen=True, slots=True, repr=False)
class Submission:
    """One request to accept an application, not yet read."""

    caller: Caller
    body: bytes
    idempotency_key: str | None
    trace: str


@dataclass(frozen=True, slots=True)
class _Entry:
    """What one transaction came to: a receipt, and the doorbell that its application needs."""

    receipt: Receipt
    doorbell: Doorbell | None = None


class _OvertakenError(Exception):
    """A twin of this request was committed first: begin again, and find what it left."""


def receive(parts: Parts, submission: Submission) -> Receipt:
    """Accept an application, then ring for it; a doorbell that is lost is rung by the scheduler.

    Raises:
        ProblemError: whatever must be mended first.
        sqlalchemy.exc.DBAPIError: when the database is out of reach; nothing was answered, and
            the same request may be sent again.
    """
    room = parts.bell.room(Step.VERIFY, Lane.NOW) > 0
    entry = _commit(parts, submission, rung=room)
    submission.caller.footprint.reference = entry.receipt.reference
    if room and entry.doorbell is not None:
        parts.bell.ring(entry.doorbell)
    return entry.receipt


def _commit(parts: Parts, submission: Submission, *, rung: bool) -> _Entry:
    for _ in range(_TRIES):
        try:
            with parts.engine.begin() as connection:
                return _enter(connection, parts, submission, rung=rung)
        except (_OvertakenError, IntegrityError):
            continue
    raise later(Kind.UNAVAILABLE, seconds=_COME_BACK_S)


def _enter(connection: Connection, parts: Parts, submission: Submission, *, rung: bool) -> _Entry:
    portal = admit(connection, submission.caller, Scope.APPLICATIONS_WRITE)
    application, document = _read(submission.body)
    answered = answered_by(parts.key_ring, portal, submission.idempotency_key, document)
    if answered and (receipt := recall(connection, portal, answered.key, answered.body_mac)):
        return _Entry(receipt)
    draft = _draft(connection, parts, portal, application, trace=submission.trace)
    evidence = attaching.reference_in(application)
    if evidence is not None:
        return _enter_verified(connection, parts, draft, answered, evidence)
    for problem in late(connection, parts.promises, [draft]).values():
        raise ProblemError(problem)
    if not record(connection, parts.key_ring, draft, rung=rung, index_keys=parts.index_keys):
        return _same(connection, draft, answered)
    _remember(connection, portal, answered, draft.id)
    return _Entry(
        draft.receipt(first=True), _doorbell(draft, Step.VERIFY) if draft.entry.due else None
    )


def _enter_verified(
    connection: Connection, parts: Parts, draft: Draft, answered: Answered | None, evidence: str
) -> _Entry:
    """Enter an application that brings its evidence: it waits for no provider, hence for nobody.

    One that is there already keeps its own way, and the evidence stays for another.
    """
    ring = parts.key_ring
    if find_same(connection, draft.same_application) is None:
        taken = holding.take(connection, ring, draft.portal, evidence)
        if taken is not None:
            certified = attaching.fitting(draft, taken)
            if not record(connection, ring, draft, rung=False, index_keys=parts.index_keys):
                raise _OvertakenError
            attaching.attach(connection, ring, draft, certified)
            _remember(connection, draft.portal, answered, draft.id)
            return _Entry(draft.receipt(first=True), _doorbell(draft, Step.PRICE))
        if find_same(connection, draft.same_application) is None:  # a twin may have taken it
            raise attaching.unknown_evidence()
    return _same(connection, draft, answered)


def _read(body: bytes) -> tuple[Handed, dict[str, Any]]:
    document = read_document(body)
    return validated(document, body), document


def validated(document: Mapping[str, object], body: bytes) -> Handed:
    """What a body hands in at the stage that it names: an application, if it names none.

    Raises:
        ProblemError: invalid-application, with every field to mend.
    """
    estimate = document.get("stage") == Stage.ESTIMATE
    try:
        return (PreRegistration if estimate else Enrolment).model_validate_json(body)
    except ValidationError as refused:
        faults = faults_of(refused)
    faults = [one for one in faults if one.pointer == "/stage"] or faults  # the others follow
    raise refusal(Kind.INVALID_APPLICATION, faults)


def answered_by(
    ring: KeyRing, portal: Portal, key: str | None, document: dict[str, Any]
) -> Answered | None:
    """The line to keep for a request's key; the body is known by a keyed hash of its content."""
    if key is None:
        return None
    content = canonical_json(document).decode()
    return Answered(key, ring.blind_index("idempotency", str(portal.id), content))


def _draft(
    connection: Connection, parts: Parts, portal: Portal, application: Handed, *, trace: str
) -> Draft:
    refuse_impossible_dates(application, parts.clock())
    wanted = find_wanted(connection, portal, application)
    same = same_application(parts.key_ring, portal, wanted, application)
    return Draft.of(application, portal, wanted, same=same, trace=trace)


def _same(connection: Connection, draft: Draft, answered: Answered | None) -> _Entry:
    """The application that was there already."""
    found = find_same(connection, draft.same_application)
    if found is None:
        raise _OvertakenError
    id_, receipt = found
    _remember(connection, draft.portal, answered, id_)
    return _Entry(receipt)


def _remember(
    connection: Connection, portal: Portal, answered: Answered | None, application_id: UUID
) -> None:
    if answered and not remember(connection, portal, answered, application_id):
        raise _OvertakenError


def _doorbell(draft: Draft, step: Step) -> Doorbell:
    return Doorbell(
        step=step,
        lane=Lane.NOW,
        habilitation=draft.wanted.habilitation_id,
        ids=(draft.id,),
        trace=draft.trace,
    )
