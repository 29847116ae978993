"""Roles: which representative of the household is asked about.

The applicant first. Another representative only when one is declared, which is to say that both
live in one household, and only once the State said that the applicant is not known or has no file.
Who was asked about stands beside each answer in the record, as a role and never as a name.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from shared.application import Application, IdentityAssurance
from shared.evidence import (
    EAJE_SOURCE,
    QF_SOURCE,
    Busy,
    Forbidden,
    InputRefused,
    NoFile,
    NotIdentified,
    Outcome,
    Unavailable,
)
from shared.protocol.recording import Told

_BY_CIVIL_STATUS = frozenset({EAJE_SOURCE, QF_SOURCE})
_NOT_FOUND = frozenset({NotIdentified.__name__, NoFile.__name__})
_UNTOLD = frozenset({Busy.__name__, Forbidden.__name__, Unavailable.__name__})


class Role(StrEnum):
    """Who is asked about."""

    APPLICANT = "applicant"
    OTHER = "other_representative"


@dataclass(frozen=True, slots=True, repr=False)
class Asking:
    """One call about an application.

    Attributes:
        application: with the person who is asked about as its applicant.
        role: who that is.
        other_to_ask: whether the other representative may be asked about after this.
        applicant_without_file: whether the applicant, asked about before, has no file.
    """

    application: Application
    role: Role = Role.APPLICANT
    other_to_ask: bool = False
    applicant_without_file: bool = False

    @property
    def recorded(self) -> str | None:
        """How the role is recorded; None for the applicant."""
        return None if self.role is Role.APPLICANT else self.role.value

    def in_its_words(self, outcome: Outcome) -> Outcome:
        """The outcome, with refused fields named where they stand in the application."""
        if self.role is Role.APPLICANT or not isinstance(outcome, InputRefused):
            return outcome
        fields = (field.replace("/applicant", f"/{self.role}", 1) for field in outcome.fields)
        return replace(outcome, fields=tuple(fields))


def next_asking(application: Application, source: str, told: Sequence[Told]) -> Asking:
    """About whom the next call is.

    Args:
        application: as it was handed in.
        source: who is asked; only who is asked by civil status is asked about two people.
        told: what was told before, the last first.
    """
    other = application.other_representative
    if other is None or source not in _BY_CIVIL_STATUS:
        return Asking(application)
    if not _is_others_turn(told):
        return Asking(application, other_to_ask=True)
    about_other = {
        "applicant": other,
        "other_representative": None,
        "identity_assurance": IdentityAssurance.DECLARED,
    }
    of_applicant = next((one for one in told if one.asked is None), None)
    return Asking(
        application.model_copy(update=about_other),
        Role.OTHER,
        applicant_without_file=of_applicant is not None and of_applicant.outcome == NoFile.__name__,
    )


def _is_others_turn(told: Sequence[Told]) -> bool:
    """After the applicant was not found, and again when the other call told nothing."""
    if not told:
        return False
    last = told[0]
    return last.outcome in (_NOT_FOUND if last.asked is None else _UNTOLD)
