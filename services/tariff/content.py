"""Content: what is sealed of a decision, as canonical JSON. Pure.

`{"record": … or null, "explanation": […], "proof"?: {…}, "decision": Envelope}`: a letter is
written from it alone, whatever becomes of the authority's settings later.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from services.tariff.explanation.explain import explain
from services.tariff.explanation.typography import typeset
from services.tariff.language.policies import GROUNDS, Ground
from services.tariff.pricing import Priced
from services.tariff.settling import Settled
from services.tariff.terms import SchemeTerms
from shared.application import Application, Care
from shared.canonical import canonical_json
from shared.decisions import ContractTerms, DecisionKind, DecisionMode, Envelope, FamilyTold
from shared.signing import Author


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Around:
    """What a decision says beside what it decides. `decided_at` is UTC."""

    reference: str
    application: Application
    terms: SchemeTerms
    author: Author | None
    decided_at: datetime
    received_at: datetime
    structure: str | None
    campaign: str | None


def content_of(settled: Settled, around: Around, *, mode: DecisionMode) -> bytes:
    """What is sealed."""
    priced = settled.priced
    proof = {} if priced.proof is None else {"proof": priced.proof.model_dump()}
    return canonical_json(
        {
            "record": None if priced.record is None else dict(priced.record),
            "explanation": list(_explanation(priced)),
            "decision": envelope(settled, around, mode=mode).model_dump(mode="json"),
            **proof,
        }
    )


def envelope(settled: Settled, around: Around, *, mode: DecisionMode) -> Envelope:
    """All that a decision says beside its computation."""
    priced, application = settled.priced, around.application
    return Envelope(
        reference=around.reference,
        kind=priced.kind,
        ground=priced.ground,
        mode=mode,
        author=around.author,
        decided_at=around.decided_at,
        valid_from=priced.on,
        received_at=around.received_at,
        authority=around.terms.authority,
        scheme=around.terms.told,
        structure=around.structure,
        family=FamilyTold(
            child=application.child,
            applicant=application.applicant,
            address=application.address,
        ),
        contract=contract_terms(application.care),
        admissibility=priced.checks,
        because=settled.because,
        before=settled.before,
        difference=settled.difference,
        campaign=around.campaign,
    )


def contract_terms(care: Care) -> ContractTerms | None:
    """The hours reserved and how they are invoiced; None where no hours are known."""
    if care.hours is None or care.instalments is None:
        return None
    return ContractTerms(
        hours=care.hours,
        instalments=care.instalments,
        hours_a_week=care.hours_a_week,
        weeks=care.weeks,
        closure_hours=care.closure_hours,
    )


def _explanation(priced: Priced) -> tuple[str, ...]:
    """How the money was reached; where an aid is refused, what was not met."""
    if priced.kind is DecisionKind.NOT_AWARDED:
        return tuple(_unmet(priced))
    return explain(priced.record) if priced.record is not None else ()


def _unmet(priced: Priced) -> Iterator[str]:
    if priced.ground in set(Ground):
        yield typeset(GROUNDS[Ground(priced.ground)])
    yield from (check.evidence for check in priced.checks if check.check == priced.ground)
