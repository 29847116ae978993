"""Computing: what a tariff gives for an application, and the record of it. Pure.

Each kind of evidence sets its own tariffs, and no other: the State says of the quotient familial
and of tax data that they set no PSU fee (API Particulier, *cas d'usage*).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from services.tariff.engine.decide import decide
from services.tariff.engine.fee import Fee, LocalFee, NoFee, NotAwarded, Outcome
from services.tariff.engine.household import LocalSituation
from services.tariff.engine.record import Declared, DeclaredSource, decision_record
from services.tariff.engine.situation import Situation
from services.tariff.language.local import LocalTariff, MeasuredTariff
from services.tariff.language.policies import Policy
from services.tariff.language.tariff import Tariff
from services.tariff.situations import local_situation, month_of, psu_situation
from shared.application import Application
from shared.decisions import Verdict
from shared.evidence import EajeFacts, Facts, QfFacts
from shared.states import Reason
from shared.taxation import TaxFacts

_TO_AN_AGENT: Mapping[Policy, Reason] = {
    Policy.RESOURCES_UNKNOWN: Reason.FIGURE_MISSING,
    Policy.PARTS_ZERO: Reason.FIGURE_MISSING,
    Policy.RANK_UNKNOWN: Reason.FIGURE_MISSING,
    Policy.CHILDREN_UNKNOWN: Reason.FIGURE_MISSING,
    Policy.QUOTIENT_ZERO: Reason.QUOTIENT_ZERO,
    Policy.NO_BAND: Reason.PRICE_MISSING,
    Policy.NON_RESIDENT: Reason.PRICE_MISSING,
    Policy.RESIDENCE_UNKNOWN: Reason.RESIDENCE_TO_CHECK,
    Policy.CONDITION_UNCHECKED: Reason.CONDITION_TO_CHECK,
}


class Computable(Protocol):
    """What is computed from."""

    @property
    def application(self) -> Application: ...
    @property
    def facts(self) -> Facts: ...
    @property
    def received_at(self) -> datetime: ...
    @property
    def papers(self) -> Declared | None: ...


@dataclass(frozen=True, slots=True, repr=False)
class Computed:
    """A fee or an aid with its record; `ground` says what it is provisional for the want of."""

    record: Mapping[str, Any]
    ground: str | None = None

    @property
    def provisional(self) -> bool:
        """Whether it stands until a figure comes."""
        return self.ground is not None


@dataclass(frozen=True, slots=True, repr=False)
class Refused:
    """An aid that is not awarded, on which ground, with its record when it came to the money."""

    ground: str
    record: Mapping[str, Any] | None = None


def compute(
    case: Computable, tariff: Tariff, on: date, *, resident: Verdict
) -> Computed | Refused | Reason:
    """What a tariff gives on a day, or the reason why a person must look."""
    facts = case.facts
    if isinstance(facts, QfFacts) and _of_another_month(facts, tariff):
        return Reason.QUOTIENT_OF_ANOTHER_MONTH
    if isinstance(tariff, LocalTariff):
        situation = local_situation(case.application, facts, resident)
        outcome: Outcome = decide(situation, tariff, on)
        return _read(outcome, _record(case, situation, outcome, tariff, on))
    if not isinstance(facts, EajeFacts):
        return Reason.EVIDENCE_UNFIT
    family = psu_situation(case.application.care, facts, resident)
    if family is None:
        return Reason.PRICE_MISSING
    outcome = decide(family, tariff, on)
    return _read(outcome, _record(case, family, outcome, tariff, on))


def _read(outcome: Outcome, record: Mapping[str, Any]) -> Computed | Refused | Reason:
    match outcome:
        case NoFee(reason=policy):
            return _TO_AN_AGENT.get(policy, Reason.FIGURES_TO_CHECK)
        case NotAwarded(ground=ground):
            return Refused(ground.value, record)
        case Fee(provisional=None) | LocalFee(provisional=None):
            return Computed(record)
        case Fee() | LocalFee():
            return Computed(record, Reason.RESOURCES_UNKNOWN.value)


def _record(
    case: Computable,
    situation: Situation | LocalSituation,
    outcome: Outcome,
    tariff: Tariff,
    on: date,
) -> dict[str, Any]:
    facts = case.facts
    return decision_record(
        situation,
        outcome,
        tariff=tariff,
        on=on,
        evidence=case.papers or facts.provenance,
        application=Declared(DeclaredSource.APPLICATION, case.received_at),
        resources_year=_year(facts),
    )


def _year(facts: Facts) -> int | None:
    match facts:
        case EajeFacts():
            return facts.resources_year
        case TaxFacts():
            return facts.income_year
        case QfFacts():
            return None


def _of_another_month(facts: QfFacts, tariff: Tariff) -> bool:
    """Whether the tariff goes by the quotient of one month, and this one is of another."""
    if not isinstance(tariff, MeasuredTariff) or facts.quotient_familial_euros is None:
        return False
    month = tariff.measure.month or ""
    return month[:1].isdigit() and month != month_of(facts)
