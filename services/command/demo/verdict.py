"""The verdict on a run: what was handed in, what came of it, what is lost, what is wrong."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from services.command.demo.oracle import Expected

STATES = (
    "decided",
    "proposed",
    "to_review",
    "parked",
    "estimated",
    "withdrawn",
    "quarantined",
    "closed",
)
SETTLED = frozenset(state.upper() for state in STATES)
_TOLD = {
    "disability_counted": "agent_validates",
    "disability_exceeds_children": "figures_to_check",
    "other_representative_file": "agent_validates",
    "author_missing": "agent_validates",
}
"""What portals are told instead of a reason that tells of a disability, or of whose file it is."""


@dataclass(frozen=True, slots=True)
class Case:
    """One family of the run: what should come of it, and what the public API says did.

    `reference` is None when intake refused the enrolment; `state` is None when the application
    was not found, or had not settled in time.
    """

    expected: Expected
    reference: str | None
    state: str | None = None
    reason: str | None = None
    decision: Mapping[str, Any] | None = None

    @property
    def lost(self) -> bool:
        """Accepted, and never settled."""
        return self.reference is not None and self.state not in SETTLED

    @property
    def wrong(self) -> bool:
        """Settled elsewhere, or at another fee, than the seed implies; or refused at the door."""
        if self.lost:
            return False
        awaited = replace(self.expected, reason=_as_told(self.expected.reason))
        return self._came_to != awaited

    @property
    def _came_to(self) -> Expected:
        """Fees are compared where the public API shows them: in a decision in force."""
        if self.decision is None:
            return Expected(
                self.state or "REFUSED",
                self.reason,
                self.expected.hourly_cents if self.state == "PROPOSED" else None,
                self.expected.monthly_cents if self.state == "PROPOSED" else None,
            )
        return Expected(
            self.state or "REFUSED",
            self.reason,
            self.decision["hourly_cents"],
            self.decision["monthly_cents"],
        )


@dataclass(frozen=True, slots=True)
class Verdict:
    """A whole run; `seconds` from the first enrolment handed in to the last application settled."""

    cases: Sequence[Case]
    seconds: float

    def outcomes(self) -> Counter[tuple[str, str | None]]:
        """How many came to each state and reason."""
        return Counter((case.state, case.reason) for case in self.cases if case.state is not None)

    @property
    def lost(self) -> int:
        return sum(case.lost for case in self.cases)

    @property
    def wrong(self) -> int:
        return sum(case.wrong for case in self.cases)

    def as_json(self) -> dict[str, Any]:
        """The line that ends `--json`."""
        states = Counter(case.state for case in self.cases)
        return {
            "submitted": sum(case.reference is not None for case in self.cases),
            **{state: states[state.upper()] for state in STATES},
            "lost": self.lost,
            "wrong": self.wrong,
            "seconds": round(self.seconds, 1),
        }


def _as_told(reason: str | None) -> str | None:
    return _TOLD.get(reason, reason) if reason else None
