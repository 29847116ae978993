"""Doubts: why a machine must not price these certified figures, or must ask a person's yes. Pure.

Sources: tariffs.md of the project's research (CAF, MSA and CNIL positions), design of the house:
whatever is doubtful gets a named reason. The order is that of what an agent would check first.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from services.tariff.language.tariff import Tariff
from shared.application import IdentityAssurance
from shared.decisions import CheckResult, Verdict
from shared.evidence import EajeFacts, Facts
from shared.states import Reason

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
    `disability`: it rests on a count of children with AEEH.
    """

    automatic: bool
    identity: IdentityAssurance
    others_file: bool = False
    checks: tuple[CheckResult, ...] = ()
    disability: bool = False


def doubt(facts: Facts, tariff: Tariff | None) -> Reason | None:
    """The first reason for which these figures go to an agent unpriced."""
    if not isinstance(facts, EajeFacts):
        return Reason.EVIDENCE_UNFIT
    if not facts.children or facts.annual_resources_cents is None:
        return Reason.RESOURCES_UNKNOWN
    if (facts.aeeh_children or 0) > facts.children:
        return Reason.DISABILITY_EXCEEDS_CHILDREN
    if not _year_expected(facts):
        return Reason.DOUBTFUL_YEAR
    return None if facts.child_listed else Reason.CHILD_NOT_LISTED


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
    unsure = _unsure(asks.checks)
    if unsure is not None:
        return unsure
    if not asks.automatic:
        return Reason.AGENT_VALIDATES
    return Reason.DISABILITY_COUNTED if asks.disability else None


def _unsure(checks: tuple[CheckResult, ...]) -> Reason | None:
    found = (_OF_CHECK.get((check.check, check.verdict)) for check in checks)
    return next((reason for reason in found if reason is not None), None)


def _year_expected(facts: EajeFacts) -> bool:
    """N-2, or the current year, which is how the MSA signs a right amount."""
    asked = facts.provenance.fetched_at.year
    return facts.resources_year in {asked - _YEARS_BACK, asked}
