"""Doubts: why a machine must not price these certified figures, or must ask a person's yes. Pure.

Sources: tariffs.md of the project's research (CAF, MSA and CNIL positions), design of the house:
whatever is doubtful gets a named reason. The order is that of what an agent would check first. A
tariff may list which doubts it sends to an agent; those of its evidence profile hold otherwise.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from services.tariff.admissibility.residence import address_differs
from services.tariff.language.policies import OF_PROFILE, Policy
from services.tariff.language.tariff import Tariff
from services.tariff.language.words import Method, Missing, Profile
from shared.application import Address, IdentityAssurance
from shared.decisions import CheckResult, Verdict
from shared.evidence import EajeFacts, Facts
from shared.states import Reason
from shared.taxation import TaxFacts

_YEARS_BACK = 2
_OF_CHECK: Mapping[tuple[str, Verdict], Reason] = {
    ("age", Verdict.NO): Reason.AGE_OUTSIDE,
    ("scheme_open", Verdict.NO): Reason.SCHEME_NOT_OPEN,
    ("child_in_household", Verdict.UNKNOWN): Reason.CHILD_NOT_LISTED,
    ("residence", Verdict.NO): Reason.RESIDENCE_OUTSIDE,
    ("residence", Verdict.UNKNOWN): Reason.RESIDENCE_TO_CHECK,
    ("income", Verdict.NO): Reason.INCOME_ABOVE,
    ("income", Verdict.UNKNOWN): Reason.CONDITION_TO_CHECK,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Yes:
    """What may ask for a person's yes before a decision stands.

    `others_file`: the figures are those of the other representative's file, whom the applicant
    declared to live in one household; two who do not are shown nothing of each other.
    `moved`: a certified address is not the declared one, where the tariff asks about it.
    `disability`: it rests on a count of children with AEEH.
    """

    automatic: bool
    identity: IdentityAssurance
    others_file: bool = False
    checks: tuple[CheckResult, ...] = ()
    moved: bool = False
    disability: bool = False


def doubt(facts: Facts, tariff: Tariff | None) -> Reason | None:
    """The first reason for which these figures go to an agent unpriced."""
    if tariff is not None and facts.kind != tariff.evidence_profile:
        return Reason.EVIDENCE_UNFIT
    asked = _policies(facts, tariff)
    if isinstance(facts, EajeFacts):
        return _of_resources(facts, tariff, asked)
    if isinstance(facts, TaxFacts):
        old = not _notice_expected(facts) and Policy.DOUBTFUL_YEAR in asked
        return Reason.DOUBTFUL_YEAR if old else None
    unlisted = not facts.child_listed and Policy.CHILD_NOT_LISTED in asked
    return Reason.CHILD_NOT_LISTED if unlisted else None


def moved(address: Address, facts: Facts, tariff: Tariff) -> bool:
    """Whether the certified address is another one, and the tariff sends that to an agent."""
    return Policy.ADDRESS_DIFFERS in tariff.for_an_agent and address_differs(address, facts)


def needs_a_yes(asks: Yes) -> Reason | None:
    """Why a decision waits for an agent; None when the scheme lets it stand at once.

    AEEH is health data: a decision that rests on it is never fully automated (loi 78-17 art. 47,
    Conseil constitutionnel 2018-765 DC, § 65). A declared identity gets no figure before an agent
    has checked who asks, nor a reason that tells how certified data compares to what was typed.
    """
    if asks.others_file:
        return Reason.OTHER_REPRESENTATIVE_FILE
    if asks.identity is IdentityAssurance.DECLARED:
        return Reason.IDENTITY_UNCHECKED if asks.automatic else Reason.AGENT_VALIDATES
    unsure = _unsure(asks)
    if unsure is not None:
        return unsure
    if not asks.automatic:
        return Reason.AGENT_VALIDATES
    return Reason.DISABILITY_COUNTED if asks.disability else None


def _policies(facts: Facts, tariff: Tariff | None) -> AbstractSet[Policy]:
    return OF_PROFILE[Profile(facts.kind)] if tariff is None else tariff.for_an_agent


def _of_resources(
    facts: EajeFacts, tariff: Tariff | None, asked: AbstractSet[Policy]
) -> Reason | None:
    resources = facts.annual_resources_cents
    if _lacking(facts, tariff):
        return Reason.RESOURCES_UNKNOWN
    if (facts.aeeh_children or 0) > (facts.children or 0):
        return Reason.DISABILITY_EXCEEDS_CHILDREN
    if resources is not None and not _year_expected(facts) and Policy.DOUBTFUL_YEAR in asked:
        return Reason.DOUBTFUL_YEAR
    unlisted = not facts.child_listed and Policy.CHILD_NOT_LISTED in asked
    return Reason.CHILD_NOT_LISTED if unlisted else None


def _lacking(facts: EajeFacts, tariff: Tariff | None) -> bool:
    """Whether nothing can be computed: a tariff may have a price for resources unknown."""
    if not facts.children and (tariff is None or tariff.method is Method.PSU):
        return True
    for_want = None if tariff is None else tariff.missing_data
    return facts.annual_resources_cents is None and for_want in {None, Missing.REVIEW}


def _unsure(asks: Yes) -> Reason | None:
    found = (_OF_CHECK.get((check.check, check.verdict)) for check in asks.checks)
    first = next((reason for reason in found if reason is not None), None)
    return first or (Reason.RESIDENCE_TO_CHECK if asks.moved else None)


def _year_expected(facts: EajeFacts) -> bool:
    """N-2, or the current year, which is how the MSA signs a right amount."""
    asked = facts.provenance.fetched_at.year
    return facts.resources_year in {asked - _YEARS_BACK, asked}


def _notice_expected(facts: TaxFacts) -> bool:
    """N-2, or N-1 once the notices of the summer are out."""
    asked = facts.provenance.fetched_at.year
    return facts.income_year in {asked - _YEARS_BACK, asked - 1}
