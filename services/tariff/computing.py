"""Computing: from certified facts to the engine's situation, and to the record of what it gives.

Pure. Each kind of evidence sets its own tariffs, and no other: the State says of the quotient
familial and of tax data that they set no PSU fee (API Particulier, *cas d'usage*).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from services.tariff.engine.decide import decide
from services.tariff.engine.record import Declared, DeclaredSource, decision_record
from services.tariff.engine.situation import Contract, Situation
from services.tariff.language.tariff import Tariff
from shared.application import Application, Care
from shared.evidence import EajeFacts, Facts
from shared.money import Money
from shared.states import Reason


class Computable(Protocol):
    """What is computed from."""

    @property
    def application(self) -> Application: ...
    @property
    def facts(self) -> Facts: ...
    @property
    def received_at(self) -> datetime: ...


@dataclass(frozen=True, slots=True, repr=False)
class Computed:
    """A fee or an aid with its record; `ground` says what it is provisional for the want of."""

    record: Mapping[str, Any]
    ground: str | None = None

    @property
    def provisional(self) -> bool:
        """Whether it stands until a figure comes."""
        return self.ground is not None


@dataclass(frozen=True, slots=True)
class Refused:
    """An aid that is not awarded, and on which ground."""

    ground: str


def compute(case: Computable, tariff: Tariff, on: date) -> Computed | Refused | Reason:
    """What a tariff gives on a day, or the reason why a person must look."""
    facts = case.facts
    if not isinstance(facts, EajeFacts):
        return Reason.EVIDENCE_UNFIT
    situation = _situation(case.application.care, facts)
    record = decision_record(
        situation,
        decide(situation, tariff, on),
        tariff=tariff,
        on=on,
        evidence=facts.provenance,
        application=Declared(DeclaredSource.APPLICATION, case.received_at),
        resources_year=facts.resources_year,
    )
    return Computed(record)


def _situation(care: Care, facts: EajeFacts) -> Situation:
    return Situation(
        care_type=care.type,
        children=facts.children or 0,
        aeeh_children=facts.aeeh_children or 0,
        annual_resources=Money(facts.annual_resources_cents or 0),
        contract=contract_of(care),
    )


def contract_of(care: Care) -> Contract | None:
    """The hours of a contract and its invoices, where both are known."""
    return Contract(care.hours, care.instalments) if care.hours and care.instalments else None
