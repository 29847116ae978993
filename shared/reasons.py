"""The reasons that an application's state carries; what they say to people: `shared.sentences`."""

from enum import StrEnum


class Reason(StrEnum):
    """Why an application stands where it stands, when it is not the plain path."""

    NOT_IDENTIFIED = "not_identified"
    NO_FILE = "no_file"
    NO_CHILD_UNDER_SEVEN = "no_child_under_seven"
    BIRTH_AWAITED = "birth_awaited"
    RESOURCES_AWAITED = "resources_awaited"
    QUOTIENT_AWAITED = "quotient_awaited"
    OTHER_REPRESENTATIVE_ASKED = "other_representative_asked"
    INPUT_REFUSED = "input_refused"
    TAX_NUMBER_NEEDED = "tax_number_needed"
    INCONSISTENT = "inconsistent"
    CHILD_NOT_LISTED = "child_not_listed"
    PROVIDER_BUSY = "provider_busy"
    PROVIDER_UNAVAILABLE = "provider_unavailable"
    ACCESS_FORBIDDEN = "access_forbidden"
    ANSWER_UNREADABLE = "answer_unreadable"
    PROVIDER_MISSING = "provider_missing"
    HABILITATION_EXPIRED = "habilitation_expired"
    OUTSIDE_HABILITATION = "outside_habilitation"
    EVIDENCE_UNFIT = "evidence_unfit"
    RESOURCES_UNKNOWN = "resources_unknown"
    DOUBTFUL_YEAR = "doubtful_year"
    DISABILITY_EXCEEDS_CHILDREN = "disability_exceeds_children"
    FIGURES_TO_CHECK = "figures_to_check"
    TARIFF_MISSING = "tariff_missing"
    IDENTITY_UNCHECKED = "identity_unchecked"
    DISABILITY_COUNTED = "disability_counted"
    OTHER_REPRESENTATIVE_FILE = "other_representative_file"
    AGENT_VALIDATES = "agent_validates"
    AGE_OUTSIDE = "age_outside"
    SCHEME_NOT_OPEN = "scheme_not_open"
    RESIDENCE_OUTSIDE = "residence_outside"
    RESIDENCE_TO_CHECK = "residence_to_check"
    INCOME_ABOVE = "income_above"
    CONDITION_TO_CHECK = "condition_to_check"
    QUOTIENT_ZERO = "quotient_zero"
    QUOTIENT_OF_ANOTHER_MONTH = "quotient_of_another_month"
    FIGURE_MISSING = "figure_missing"
    PRICE_MISSING = "price_missing"
    AUTHOR_MISSING = "author_missing"
    NOTHING_CHANGED = "nothing_changed"
    DOCUMENTS_CHOSEN = "documents_chosen"
    NEVER_FINISHED = "never_finished"


SEEN_BY_PORTALS: dict[Reason, Reason] = {
    Reason.DISABILITY_COUNTED: Reason.AGENT_VALIDATES,
    Reason.DISABILITY_EXCEEDS_CHILDREN: Reason.FIGURES_TO_CHECK,
    Reason.OTHER_REPRESENTATIVE_FILE: Reason.AGENT_VALIDATES,
    Reason.INCOME_ABOVE: Reason.AGENT_VALIDATES,
    Reason.CONDITION_TO_CHECK: Reason.AGENT_VALIDATES,
    Reason.AUTHOR_MISSING: Reason.AGENT_VALIDATES,
    Reason.QUOTIENT_ZERO: Reason.FIGURES_TO_CHECK,
    Reason.QUOTIENT_OF_ANOTHER_MONTH: Reason.FIGURES_TO_CHECK,
    Reason.FIGURE_MISSING: Reason.FIGURES_TO_CHECK,
}
"""What a portal is told instead: health data stays here, and so do whose file a fee rests on, how
an income compares to a threshold, what a quotient is, and what an authority has not set up.
"""


def as_portals_see(reason: str | None) -> Reason | None:
    """The reason as a portal may know it: health data stays with the authority's agents.

    So does a reason of a later release, of which this one cannot tell whether it is health data.
    """
    if reason is None or reason not in set(Reason):
        return None
    return SEEN_BY_PORTALS.get(Reason(reason), Reason(reason))
