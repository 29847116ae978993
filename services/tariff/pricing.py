"""Pricing one application on a day: certified facts and a scheme in, a decision or a doubt out.

Pure: no database, no clock of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from services.tariff.admissibility.entry import Candidate, checks_of
from services.tariff.admissibility.residence import RESIDENCE
from services.tariff.computing import Computed, Refused, compute
from services.tariff.doubts import Yes, doubt, moved, needs_a_yes
from services.tariff.engine.needs import needs
from services.tariff.engine.origin import Declared
from services.tariff.language.local import LocalTariff
from services.tariff.language.scale import Scale
from services.tariff.language.tariff import Tariff
from services.tariff.language.words import Method
from services.tariff.terms import SchemeTerms
from services.tariff.versions import Decided
from shared.application import Application
from shared.decisions import CheckResult, DecisionKind, Verdict
from shared.errors import TariffError
from shared.evidence import EajeFacts, Facts, Proof
from shared.states import Reason

_SEEN_BY_AN_AGENT = frozenset({Reason.DOUBTFUL_YEAR, Reason.CHILD_NOT_LISTED})


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Case:
    """An application, opened, with what its fee is computed from.

    `others_file` says that the facts are of the other representative's file; `by_hand`, that an
    agent settled it before, whom a machine does not overrule. `papers`: an agent read the figures
    on papers, and answers for their year and for the child.
    """

    application: Application
    facts: Facts
    terms: SchemeTerms
    scale: Scale
    received_at: datetime
    others_file: bool = False
    by_hand: bool = False
    drafts: bool = False
    papers: Declared | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Priced:
    """What is decided from a day on; `waits_for` says why an agent must say yes first, if one must.

    Without a record nothing was computed: an aid was refused before the money. `proof` is the
    State's, of the evidence that the record rests on: for who controls the fee.
    """

    on: date
    kind: DecisionKind
    tariff: Tariff
    record: Mapping[str, Any] | None
    checks: tuple[CheckResult, ...]
    waits_for: Reason | None
    ground: str | None = None
    proof: Proof | None = None

    @property
    def decided(self) -> Decided:
        """What it comes to, for comparison with another version."""
        checks = [check.model_dump(mode="json") for check in self.checks]
        decision = {"kind": self.kind, "admissibility": checks}
        return Decided.of({"record": self.record, "decision": decision})


@dataclass(frozen=True, slots=True)
class Doubtful:
    """Figures that a machine must not price."""

    reason: Reason


def price(case: Case, on: date) -> Priced | Doubtful:
    """What an application comes to under the tariff in force on a day.

    What is doubtful comes first, then who may enter, then the money. Only an aid is refused by a
    check, and by a certain one: elsewhere a check makes a fee wait for an agent.
    """
    try:
        tariff = case.scale.in_force(on)
    except TariffError:
        tariff = None
    reason = doubt(case.facts, tariff)
    if case.papers is not None and reason in _SEEN_BY_AN_AGENT:
        reason = None
    if reason is not None:
        return Doubtful(reason)
    if tariff is None:
        return Doubtful(Reason.TARIFF_MISSING)
    checks = _checks(case, on)
    refused = _refused(checks) if _is_aid(case.terms, tariff) else None
    outcome = Refused(refused.check) if refused else _computed(case, tariff, on, checks)
    if isinstance(outcome, Reason):
        return Doubtful(outcome)
    return _priced(case, on, tariff, checks, outcome)


def _checks(case: Case, on: date) -> tuple[CheckResult, ...]:
    candidate = Candidate(
        application=case.application, facts=case.facts, on=on, own_figures=not case.others_file
    )
    return checks_of(candidate, case.terms.rules)


def _is_aid(terms: SchemeTerms, tariff: Tariff) -> bool:
    """Whether money is paid to the family: by the scheme's kind, or its tariff's method."""
    return terms.is_aid or tariff.method is Method.AWARD


def _computed(
    case: Case, tariff: Tariff, on: date, checks: tuple[CheckResult, ...]
) -> Computed | Refused | Reason:
    """The money; a family is resident when the scheme's rules say where, and its check says so."""
    found = (check.verdict for check in checks if check.check == RESIDENCE)
    return compute(case, tariff, on, resident=next(found, Verdict.UNKNOWN))


def _refused(checks: tuple[CheckResult, ...]) -> CheckResult | None:
    return next((check for check in checks if check.verdict is Verdict.NO), None)


def _priced(
    case: Case,
    on: date,
    tariff: Tariff,
    checks: tuple[CheckResult, ...],
    outcome: Computed | Refused,
) -> Priced:
    return Priced(
        on=on,
        kind=_kind(case.terms, tariff, outcome),
        tariff=tariff,
        record=outcome.record,
        checks=checks,
        waits_for=needs_a_yes(_yes(case, tariff, checks, outcome)),
        ground=outcome.ground,
        proof=_proof(case.facts) if outcome.record is not None else None,
    )


def _proof(facts: Facts) -> Proof | None:
    return facts.proof if isinstance(facts, EajeFacts) else None


def _kind(terms: SchemeTerms, tariff: Tariff, outcome: Computed | Refused) -> DecisionKind:
    if isinstance(outcome, Refused):
        return DecisionKind.NOT_AWARDED
    if _is_aid(terms, tariff):
        return DecisionKind.AWARDED
    return DecisionKind.PROVISIONAL if outcome.provisional else DecisionKind.FEE


def _yes(
    case: Case, tariff: Tariff, checks: tuple[CheckResult, ...], outcome: Computed | Refused
) -> Yes:
    """All that may ask for a person's yes; what an aid is refused for is certain."""
    certain = isinstance(outcome, Refused)
    return Yes(
        automatic=case.terms.automatic and not case.drafts and not case.by_hand,
        identity=case.application.identity_assurance,
        others_file=case.others_file,
        checks=() if certain else tuple(c for c in checks if not _priced_by(tariff, c)),
        moved=not certain and moved(case.application.address, case.facts, tariff),
        disability=outcome.record is not None and _counts_disability(outcome.record),
    )


def _priced_by(tariff: Tariff, check: CheckResult) -> bool:
    """Whether living elsewhere has its own price, and so is no bar."""
    elsewhere = check.check == RESIDENCE and check.verdict is Verdict.NO
    return elsewhere and isinstance(tariff, LocalTariff) and "resident" in needs(tariff)


def _counts_disability(record: Mapping[str, Any]) -> bool:
    """Whether the decision rests on children with AEEH: there are some, and the tariff asked."""
    return bool(record["inputs"].get("aeeh_children", {}).get("value"))
