"""Attaching: an application that comes with evidence is verified from it, and the State not asked.

It enters as any other, and moves to VERIFIED in the same transaction: two lines in its journal, one
verification whose source says FranceConnect, and no call.
"""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import Connection, text

from services.intake.franceconnect.bearer import doubt_between
from services.intake.franceconnect.holding import Taken
from services.intake.franceconnect.question import ENDPOINTS
from services.intake.problems import Fault, ProblemError, refusal
from services.intake.recording import Draft, first_line
from services.intake.stages import Enrolment, Exchange
from services.intake.wordings import Kind
from services.verifier.provider.asked import Asked
from services.verifier.provider.matching import Doubt
from services.verifier.provider.translation import translate
from shared.application import IdentityAssurance
from shared.canonical import digest
from shared.evidence import Certified, write_facts
from shared.protocol import journal
from shared.protocol.recording import Learnt, record_learnt
from shared.sealing import DataKey, KeyRing, WrappedKey
from shared.states import Status
from shared.store.places import evidence_place

_ACTOR = "service:intake"
_BY_SOURCE = {endpoint.source: endpoint for endpoint in ENDPOINTS.values()}
_PLACES = {
    Doubt.NAME_UNCONFIRMED: "/applicant/birth_name",
    Doubt.FIRST_NAMES_UNCONFIRMED: "/applicant/first_names",
    Doubt.BIRTH_UNCONFIRMED: "/applicant/birth",
    Doubt.SEX_UNCONFIRMED: "/applicant/sex",
}
_KEY = text("SELECT ring_key, wrapped FROM application_keys WHERE application_id = :id")
_VERIFY = text("""
    UPDATE applications
    SET status = :status, rung_at = NULL, journal_sequence = :sequence, journal_head = :head
    WHERE id = :id
""")


def reference_in(application: object) -> str | None:
    """The evidence that an application brings, if it brings any."""
    return application.evidence if isinstance(application, Enrolment) else None


def unknown_evidence() -> ProblemError:
    """Nothing is held under this reference, or not for this portal, or no longer."""
    said = (
        "Ces données FranceConnect sont inconnues, expirées ou déjà employées : déposez la demande "
        "sans « evidence », ou refaites passer la famille par FranceConnect."
    )
    return refusal(Kind.INVALID_APPLICATION, [Fault("/evidence", "evidence_unknown", said)])


def fitting(draft: Draft, taken: Taken) -> Certified:
    """What was certified, read again with the child that is now known, if it fits the application.

    Raises:
        ProblemError: invalid-application, with every doubt.
    """
    application = draft.application
    assert isinstance(application, Enrolment)  # noqa: S101  # it had a reference
    faults = sorted(_doubts(draft, application, taken))
    if faults:
        raise refusal(Kind.INVALID_APPLICATION, faults)
    asked = Asked(taken.kept.bearer, application.child)
    outcome = translate(taken.kept.answer, _BY_SOURCE[taken.source], asked, taken.fetched_at)
    if not isinstance(outcome, Certified):
        raise unknown_evidence()  # held by a release that read answers otherwise
    return outcome


def attach(connection: Connection, ring: KeyRing, draft: Draft, certified: Certified) -> None:
    """Verify an application that has just been recorded, in the same transaction."""
    learnt = _learnt(certified, _key(connection, ring, draft.id), draft.id)
    line = journal.Line(
        application_id=draft.id,
        at=draft.portal.at,
        actor=_ACTOR,
        was=Status.RECEIVED,
        now=Status.VERIFIED,
        evidence=digest(learnt.sealed or b""),
        trace=draft.trace,
    )
    chained = journal.chain(line, first_line(draft).head)
    values = {"id": draft.id, "status": Status.VERIFIED}
    values |= {"sequence": chained.head.sequence, "head": chained.head.hash}
    connection.execute(_VERIFY, values)
    journal.write(connection, [chained])
    record_learnt(connection, [(draft.id, learnt)])


def _doubts(draft: Draft, application: Enrolment, taken: Taken) -> Iterator[Fault]:
    if taken.scheme != draft.wanted.scheme_id:
        yield Fault(
            "/evidence",
            "evidence_of_another_scheme",
            "Ces données ont été demandées pour un autre dispositif : elles ne servent qu'à lui.",
        )
    if application.exchange is Exchange.DOCUMENTS:
        yield Fault(
            "/evidence",
            "evidence_with_documents",
            "La famille remet ses pièces : retirez « evidence », ou choisissez « state_data ».",
        )
    if application.identity_assurance is not IdentityAssurance.FRANCECONNECT:
        yield Fault(
            "/identity_assurance",
            "evidence_needs_franceconnect",
            "Le demandeur est passé par FranceConnect : donnez « franceconnect ».",
        )
    doubt = doubt_between(taken.kept.bearer, application.applicant)
    if doubt is not None:
        yield Fault(
            _PLACES.get(doubt, "/applicant"),
            "evidence_of_someone_else",
            "Le demandeur n'est pas la personne passée par FranceConnect : corrigez son état "
            "civil, ou déposez la demande sans « evidence ».",
        )


def _key(connection: Connection, ring: KeyRing, application_id: UUID) -> DataKey:
    row = connection.execute(_KEY, {"id": application_id}).one()
    return ring.unwrap(WrappedKey(row.ring_key, row.wrapped))


def _learnt(certified: Certified, key: DataKey, application_id: UUID) -> Learnt:
    facts = certified.facts
    return Learnt(
        outcome=type(certified).__name__,
        source=facts.provenance.source,
        fetched_at=facts.provenance.fetched_at,
        http_status=facts.provenance.http_status,
        code=facts.provenance.code,
        request_id=facts.provenance.request_id,
        sealed=key.seal(write_facts(facts), place=evidence_place(application_id)),
    )
