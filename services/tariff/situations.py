"""Situations: what the engine is told of a family, from its evidence and its application. Pure.

What a source does not certify stays unknown: nothing is supposed for it.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from services.tariff.engine.household import LocalSituation, Quotient, Regime
from services.tariff.engine.situation import Contract, Situation
from shared.application import Application, Care, CareType, Fund
from shared.decisions import Verdict
from shared.evidence import EajeFacts, Facts, FamilyFund, Month, QfFacts
from shared.money import Money
from shared.paris import day_in_paris
from shared.taxation import TaxFacts

_REGIMES: Mapping[FamilyFund | Fund, Regime] = {
    FamilyFund.CNAF: Regime.CAF,
    FamilyFund.MSA: Regime.MSA,
    Fund.CAF: Regime.CAF,
    Fund.MSA: Regime.MSA,
    Fund.OTHER: Regime.OTHER,
}


def psu_situation(care: Care, facts: EajeFacts, resident: Verdict) -> Situation | None:
    """The situation that the national scale prices; None for care that is not of its kinds."""
    if not isinstance(care.type, CareType):
        return None
    return Situation(
        care_type=care.type,
        children=facts.children or 0,
        aeeh_children=facts.aeeh_children or 0,
        annual_resources=_money(facts.annual_resources_cents),
        contract=contract_of(care),
        resident=resident,
    )


def local_situation(application: Application, facts: Facts, resident: Verdict) -> LocalSituation:
    """The situation that a local tariff prices."""
    care = application.care
    return LocalSituation(
        **_figures(facts),
        resident=resident,
        rank=care.rank,
        regime=_regime(application, facts),
        units=None if care.units_a_month is None else Decimal(care.units_a_month),
        contract=contract_of(care),
    )


def contract_of(care: Care) -> Contract | None:
    """The hours of a contract and its invoices, where both are known."""
    return Contract(care.hours, care.instalments) if care.hours and care.instalments else None


def month_of(facts: QfFacts) -> str:
    """The month that a quotient is of (`2026-11`): as the answer says, else as it was asked.

    The MSA always answers for the current month, whatever was asked; without either, it is the
    month of the call.
    """
    return _written(facts.answered or facts.asked or _current(facts))


def _figures(facts: Facts) -> dict[str, Any]:
    match facts:
        case EajeFacts():
            return {
                "annual_resources": _money(facts.annual_resources_cents),
                "children": facts.children,
                "aeeh_children": facts.aeeh_children,
            }
        case TaxFacts():
            return {
                "income_of_reference": _money(facts.income_of_reference_cents),
                "parts_hundredths": facts.parts_hundredths,
                "children": facts.dependants,
            }
        case QfFacts(quotient_familial_euros=None):
            return {}
        case QfFacts(quotient_familial_euros=euros):
            return {"quotients": tuple(_quotients(facts, euros or 0))}


def _quotients(facts: QfFacts, euros: int) -> Iterator[Quotient]:
    """One a month: that of the answer, and those of earlier months, when they were asked for."""
    own = month_of(facts)
    yield Quotient(own, Money.of_euros(euros))
    for other in facts.earlier:
        if _written(other.month) != own:
            yield Quotient(_written(other.month), Money.of_euros(other.euros))


def _written(month: Month) -> str:
    return f"{month.year}-{month.month:02d}"


def _regime(application: Application, facts: Facts) -> Regime | None:
    """As the fund that answered certifies, else as the family says."""
    fund = facts.fund if isinstance(facts, QfFacts) and facts.fund else application.fund
    return None if fund is None else _REGIMES[fund]


def _current(facts: QfFacts) -> Month:
    day = day_in_paris(facts.provenance.fetched_at)
    return Month(year=day.year, month=day.month)


def _money(cents: int | None) -> Money | None:
    return None if cents is None else Money(cents)
