"""About whom, about which child and about which month an answer was asked for. Pure."""

from dataclasses import dataclass
from typing import Self

from services.verifier.provider.matching import Identity
from shared.application import Application
from shared.civil_status import Child
from shared.evidence import Month


@dataclass(frozen=True, slots=True, repr=False)
class Asked:
    """What an answer is compared with; `period` is None for the current month."""

    applicant: Identity
    child: Child | None = None
    period: Month | None = None

    @classmethod
    def about(cls, application: Application, *, period: Month | None = None) -> Self:
        """The applicant and the child of an application."""
        return cls(application.applicant, application.child, period)
