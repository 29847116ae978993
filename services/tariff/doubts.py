"""Doubts: why a machine must not price these certified figures, or must ask a person's yes. Pure.

Sources: tariffs.md of the project's research (CAF, MSA and CNIL positions), design of the house:
whatever is doubtful gets a named reason. The order is that of what an agent would check first.
"""

from shared.application import Application, IdentityAssurance
from shared.evidence import EajeFacts
from shared.states import Reason

_YEARS_BACK = 2


def doubt(facts: EajeFacts) -> Reason | None:
    """The first reason for which these figures go to an agent unpriced."""
    if not facts.children or facts.annual_resources_cents is None:
        return Reason.RESOURCES_UNKNOWN
    if (facts.aeeh_children or 0) > facts.children:
        return Reason.DISABILITY_EXCEEDS_CHILDREN
    if not _year_expected(facts):
        return Reason.DOUBTFUL_YEAR
    return None if facts.child_listed else Reason.CHILD_NOT_LISTED


def needs_a_yes(
    application: Application, facts: EajeFacts, *, automatic: bool, others_file: bool = False
) -> Reason | None:
    """Why a fee, once computed, waits for an agent; None when the scheme lets it stand at once.

    AEEH is health data: a decision that rests on it is never fully automated (loi 78-17 art. 47,
    Conseil constitutionnel 2018-765 DC, § 65). A declared identity gets no figure before an agent
    has checked who asks. `others_file`: the figures are those of the other representative's file,
    whom the applicant declared to live in one household; two who do not are shown nothing of each
    other, so a person looks.
    """
    if others_file:
        return Reason.OTHER_REPRESENTATIVE_FILE
    if not automatic:
        return Reason.AGENT_VALIDATES
    if application.identity_assurance is IdentityAssurance.DECLARED:
        return Reason.IDENTITY_UNCHECKED
    return Reason.DISABILITY_COUNTED if facts.aeeh_children else None


def _year_expected(facts: EajeFacts) -> bool:
    """N-2, or the current year, which is how the MSA signs a right amount."""
    asked = facts.provenance.fetched_at.year
    return facts.resources_year in {asked - _YEARS_BACK, asked}
