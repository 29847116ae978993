"""Steps: the product's own rooms, as the two peers call them, without its queues and its protocol.

Opening, whom to ask, parsing, matching, what an outcome leads to, pricing, sealing: the same code
as the workers'. What differs between the contestants is only how work comes and how it is saved.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid4

from services.tariff.content import Around, content_of
from services.tariff.engine.decide import ENGINE_VERSION
from services.tariff.parties import Parties
from services.tariff.pricing import Case, Doubtful, Priced
from services.tariff.settling import History, Settled, settle
from services.tariff.shelf import Shelf
from services.verifier.asking import provenance_of, somebody_asked
from services.verifier.cases import Standing
from services.verifier.consequences import consequence
from services.verifier.roles import Asking
from shared.application import Application
from shared.canonical import digest
from shared.decisions import DecisionMode
from shared.evidence import EAJE_SOURCE, Certified, Facts, Outcome, write_facts
from shared.paris import day_in_paris
from shared.sealing import DataKey, KeyRing, WrappedKey
from shared.states import Reason, Status
from shared.store.places import application_place, decision_place, evidence_place

_FIRST_RETRY = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, repr=False)
class Dossier:
    """An application, opened, with what its row says."""

    id: UUID
    reference: str
    scheme_id: UUID
    structure_id: UUID | None
    received_at: datetime
    key: DataKey
    application: Application


@dataclass(frozen=True, slots=True, repr=False)
class Heard:
    """What an answer leads to; `row` is the verification to insert, if somebody was asked."""

    status: Status
    reason: Reason | None
    row: dict[str, Any] | None
    facts: Facts | None
    others_file: bool


@dataclass(frozen=True, slots=True, repr=False)
class Settling:
    """Where pricing leads; `row` is the decision to insert, if there is one."""

    status: Status
    reason: Reason | None
    row: dict[str, Any] | None = None


def opened(ring: KeyRing, row: Any, key: Any) -> Dossier:  # noqa: ANN401 - rows of two kinds
    """An application out of its row and the row of its key."""
    data_key = ring.unwrap(WrappedKey(key.ring_key, key.wrapped))
    body = data_key.open(row.sealed, place=application_place(row.id))
    application = Application.model_validate_json(body)
    return Dossier(
        row.id,
        row.reference,
        row.scheme_id,
        row.structure_id,
        row.received_at,
        data_key,
        application,
    )


def heard(dossier: Dossier, asking: Asking, told: Outcome, chance: Random) -> Heard:
    """What an answer of the State leads to, and how it is recorded."""
    outcome, now = asking.in_its_words(told), datetime.now(UTC)
    standing = Standing(
        0,
        None,
        EAJE_SOURCE,
        other_to_ask=asking.other_to_ask,
        applicant_without_file=asking.applicant_without_file,
    )
    after = consequence(outcome, standing, now, first_retry=_FIRST_RETRY, chance=chance)
    facts = outcome.facts if isinstance(outcome, Certified) else None
    row = _verification(dossier, asking, outcome, facts) if somebody_asked(outcome) else None
    return Heard(after.status, after.reason, row, facts, asking.recorded is not None)


def priced(
    dossier: Dossier, facts: Facts, shelf: Shelf, parties: Parties, *, others_file: bool
) -> Settling:
    """The decision on certified facts, sealed, or why a person must look."""
    terms, at = parties.scheme(dossier.scheme_id), datetime.now(UTC)
    case = Case(
        application=dossier.application,
        facts=facts,
        terms=terms,
        scale=shelf.scale(terms.tariff),
        received_at=dossier.received_at,
        others_file=others_file,
    )
    settled = settle(case, History(today=day_in_paris(at)))
    match settled:
        case Doubtful(reason):
            return Settling(Status.TO_REVIEW, reason)
        case Settled(priced=priced):
            around = Around(
                reference=dossier.reference,
                application=dossier.application,
                terms=terms,
                author=terms.author(day_in_paris(at)),
                decided_at=at,
                received_at=dossier.received_at,
                structure=parties.structure(dossier.structure_id),
                campaign=None,
            )
            return _settled(dossier, settled, priced, around)
    raise AssertionError("a first decision is never unchanged")


def _settled(dossier: Dossier, settled: Settled, priced: Priced, around: Around) -> Settling:
    waits_for = priced.waits_for or (Reason.AUTHOR_MISSING if around.author is None else None)
    mode = DecisionMode.VALIDATED if waits_for else DecisionMode.AUTOMATIC
    content = content_of(settled, around, mode=mode)
    sealed = dossier.key.seal(content, place=decision_place(dossier.id))
    row = {
        "id": uuid4(),
        "application_id": dossier.id,
        "version": 1,
        "valid_from": priced.on,
        "proposed": waits_for is not None,
        "tariff_id": priced.tariff.id,
        "tariff_version": priced.tariff.version,
        "tariff_digest": priced.tariff.digest,
        "engine_version": ENGINE_VERSION,
        "sealed": sealed,
        "sealed_digest": digest(sealed),
        "kind": priced.kind,
        "mode": mode,
    }
    return Settling(Status.PROPOSED if waits_for else Status.DECIDED, waits_for, row)


def _verification(
    dossier: Dossier, asking: Asking, outcome: Outcome, facts: Facts | None
) -> dict[str, Any]:
    provenance, sealed = provenance_of(outcome), None
    if facts is not None:
        sealed = dossier.key.seal(write_facts(facts), place=evidence_place(dossier.id))
    return {
        "id": uuid4(),
        "application_id": dossier.id,
        "outcome": type(outcome).__name__,
        "source": EAJE_SOURCE,
        "fetched_at": provenance.fetched_at if provenance else datetime.now(UTC),
        "http_status": provenance.http_status if provenance else None,
        "code": provenance.code if provenance else None,
        "request_id": provenance.request_id if provenance else None,
        "sealed": sealed,
        "asked": asking.recorded,
    }
