"""Admission: a pre-registration becomes an application, under the same reference and data key."""

from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Connection, Row, text
from sqlalchemy.exc import IntegrityError

from services.intake.answers import AdmissionAnswer
from services.intake.calendar_rules import refuse_impossible_dates
from services.intake.documents import read_document
from services.intake.parts import Parts
from services.intake.portals import Caller, Portal, admit
from services.intake.problems import later, refusal
from services.intake.recording import index_names, sealed_content
from services.intake.reference import read_reference
from services.intake.remedies import faults_of
from services.intake.repetition import find_same, same_application
from services.intake.stages import Admission, Enrolment, admitted, entry_by, same_admission
from services.intake.wanted import Wanted, find_wanted
from services.intake.wordings import Kind
from shared.crash_points import Point
from shared.crashing import reach
from shared.events import Doorbell
from shared.portal_keys import Scope
from shared.pre_registration import PreRegistration
from shared.protocol import journal
from shared.protocol.opening import open_application
from shared.protocol.reviewing.clocks import acknowledge
from shared.protocol.reviewing.grounds import Acknowledged
from shared.sealing import DataKey, WrappedKey
from shared.states import Lane, Status, Step
from shared.store.committing import committing
from shared.store.places import application_place

_TRIES = 4
_COME_BACK_S = 1
_LOCK = text("""
    SELECT a.id, a.reference, a.status, a.sealed, a.sealed_tax_numbers, a.journal_sequence,
           a.journal_head, s.code AS scheme, k.ring_key, k.wrapped
    FROM applications a JOIN schemes s ON s.id = a.scheme_id
    LEFT JOIN application_keys k ON k.application_id = a.id
    WHERE a.reference = :reference AND a.portal_id = :portal
    FOR NO KEY UPDATE OF a
""")
_ADMITTED = text("""
    SELECT j.now AS state, j.at, r.ground AS silence
    FROM journal j LEFT JOIN reviews r
         ON r.application_id = j.application_id AND r.act = 'acknowledged'
    WHERE j.application_id = :id AND j.was = 'ESTIMATED' AND j.now <> 'WITHDRAWN'
""")
_ADMIT = text("""
    UPDATE applications
    SET status = :status, reason = :reason, moved_at = :at, structure_id = :structure,
        habilitation_id = :habilitation, same_application = :same, sealed = :sealed,
        sealed_tax_numbers = :tax_numbers, due_at = CASE WHEN :due THEN now() END,
        rung_at = CASE WHEN :due AND :rung THEN now() END, trace = :trace,
        journal_sequence = :sequence, journal_head = :head
    WHERE id = :id
""")


@dataclass(frozen=True, slots=True, repr=False)
class Request:
    """One request to admit: who asks, which application as it was typed, with what."""

    caller: Caller
    typed: str
    body: bytes
    trace: str


@dataclass(frozen=True, slots=True)
class Admitted:
    """What one transaction came to: the answer, and the doorbell that the application needs."""

    answer: AdmissionAnswer
    first: bool
    doorbell: Doorbell | None = None


@dataclass(frozen=True, slots=True, repr=False)
class _Draft:
    """An application that may take its pre-registration's place."""

    row: Row[Any]
    portal: Portal
    admission: Admission
    application: Enrolment
    wanted: Wanted
    same: bytes
    trace: str


def receive_admission(parts: Parts, request: Request) -> Admitted:
    """Admit a pre-registration, then ring for it; the same admission again is told again.

    Raises:
        ProblemError: unknown-key, scope-missing, too-many-requests, unknown-application, erased,
            invalid-application; already-admitted, with other words; already-withdrawn;
            same-application, when another one asks for the same.
    """
    room = parts.bell.room(Step.VERIFY, Lane.NOW) > 0
    done = _commit(parts, request, rung=room)
    if room and done.doorbell is not None:
        parts.bell.ring(done.doorbell)
        reach(Point.ADMITTED_RUNG)
    return done


def _commit(parts: Parts, request: Request, *, rung: bool) -> Admitted:
    """In one transaction; begun again when a twin was committed meanwhile, and then finds it."""
    for _ in range(_TRIES):
        try:
            with committing(parts.engine, Point.ADMITTING, Point.ADMITTED) as connection:
                return _enter(connection, parts, request, rung=rung)
        except IntegrityError:
            continue
    raise later(Kind.UNAVAILABLE, seconds=_COME_BACK_S)


def _enter(connection: Connection, parts: Parts, request: Request, *, rung: bool) -> Admitted:
    portal = admit(connection, request.caller, Scope.APPLICATIONS_WRITE)
    row = _locked(connection, portal, request)
    admission = _read(request.body)
    before = connection.execute(_ADMITTED, {"id": row.id}).one_or_none()  # once we hold the lock
    if before is not None:
        return _again(row, before, _data_key(parts, row), admission)
    if row.status != Status.ESTIMATED:
        withdrawn = row.status == Status.WITHDRAWN
        kind = Kind.ALREADY_WITHDRAWN if withdrawn else Kind.ALREADY_ADMITTED
        raise refusal(kind, reference=row.reference)
    key = _data_key(parts, row)
    draft = _draft(connection, parts, (portal, row, key), admission, request.trace)
    _refuse_twin(connection, draft)
    _move(connection, draft, key, rung=rung)
    index_names(connection, parts.index_keys, {row.id: draft.application})
    due = entry_by(admission.exchange).due
    silence = draft.wanted.silence
    answer = AdmissionAnswer.of(
        row.reference, entry_by(admission.exchange).status, portal.at, silence
    )
    return Admitted(answer, first=True, doorbell=_doorbell(draft) if due else None)


def _read(body: bytes) -> Admission:
    read_document(body)
    try:
        return Admission.model_validate_json(body)
    except ValidationError as refused:
        faults = faults_of(refused)
    raise refusal(Kind.INVALID_APPLICATION, faults)


def _locked(connection: Connection, portal: Portal, request: Request) -> Row[Any]:
    reference = read_reference(request.typed)
    values = {"reference": reference, "portal": portal.id}
    row = connection.execute(_LOCK, values).one_or_none() if reference else None
    if row is None:
        raise refusal(Kind.UNKNOWN_APPLICATION)
    request.caller.footprint.reference = reference
    return row


def _data_key(parts: Parts, row: Row[Any]) -> DataKey:
    if row.wrapped is None:
        raise refusal(Kind.ERASED)
    return parts.key_ring.unwrap(WrappedKey(row.ring_key, row.wrapped))


def _again(row: Row[Any], before: Row[Any], key: DataKey, admission: Admission) -> Admitted:
    """The same admission is answered as it was; another one is refused."""
    application = open_application(key, row.id, row.sealed, row.sealed_tax_numbers)
    as_before = entry_by(admission.exchange).status == before.state
    if not as_before or not same_admission(application, admission):
        raise refusal(Kind.ALREADY_ADMITTED, reference=row.reference)
    silence = before.silence and Acknowledged.read(before.silence).silence
    return Admitted(
        AdmissionAnswer.of(row.reference, Status(before.state), before.at, silence), first=False
    )


def _draft(
    connection: Connection,
    parts: Parts,
    found: tuple[Portal, Row[Any], DataKey],
    admission: Admission,
    trace: str,
) -> _Draft:
    portal, row, key = found
    content = key.open(row.sealed, place=application_place(row.id))
    pre = PreRegistration.model_validate_json(content)
    application = admitted(pre, admission, scheme=row.scheme)
    refuse_impossible_dates(application, parts.clock())
    wanted = find_wanted(connection, portal, application)
    same = same_application(parts.key_ring, portal, wanted, application)
    return _Draft(row, portal, admission, application, wanted, same, trace)


def _refuse_twin(connection: Connection, draft: _Draft) -> None:
    """Another application for the same: it is the same portal's, whose id the index holds."""
    twin = find_same(connection, draft.same)
    if twin is not None:
        raise refusal(Kind.SAME_APPLICATION, reference=twin[1].reference)


def _move(connection: Connection, draft: _Draft, key: DataKey, *, rung: bool) -> None:
    """Move the row under its lock, with its journal line."""
    row, entry = draft.row, entry_by(draft.admission.exchange)
    line = journal.Line(
        application_id=row.id,
        at=draft.portal.at,
        actor=f"portal:{draft.portal.code}",
        was=Status.ESTIMATED,
        now=entry.status,
        reason=entry.reason,
        trace=draft.trace,
    )
    chained = journal.chain(line, journal.Head(row.journal_sequence, row.journal_head))
    values = {
        "id": row.id,
        "status": entry.status,
        "reason": entry.reason,
        "at": draft.portal.at,
        "structure": draft.wanted.structure_id,
        "habilitation": draft.wanted.habilitation_id,
        "same": draft.same,
        **sealed_content(draft.application, row.id, key),
        "due": entry.due,
        "rung": rung,
        "trace": draft.trace,
        "sequence": chained.head.sequence,
        "head": chained.head.hash,
    }
    connection.execute(_ADMIT, values)
    journal.write(connection, [chained])
    rules = [(row.id, draft.wanted.silence)]
    acknowledge(connection, rules, at=draft.portal.at, actor=f"portal:{draft.portal.code}")


def _doorbell(draft: _Draft) -> Doorbell:
    return Doorbell(
        step=Step.VERIFY,
        lane=Lane.NOW,
        habilitation=draft.wanted.habilitation_id,
        ids=(draft.row.id,),
        trace=draft.trace,
    )
