"""Measuring a family: from its figures to the one that a local tariff compares. One operation each.

A figure that did not come gives None, and a policy on what to do; nothing is supposed.
"""

from collections.abc import Sequence
from fractions import Fraction
from math import floor

from services.tariff.engine.fee import exact
from services.tariff.engine.household import LocalSituation, Quotient
from services.tariff.engine.trace import Trace
from services.tariff.language.local import MeasuredTariff
from services.tariff.language.measure import Measure
from services.tariff.language.policies import Policy
from services.tariff.language.words import MeasureKind
from shared.money import Money

_MONTHS = 12
_HUNDREDTHS = 100


def measure(situation: LocalSituation, tariff: MeasuredTariff, trace: Trace) -> Fraction | Policy:
    """The figure that the tariff compares, in euros, or what an agent has to look at.

    `RESOURCES_UNKNOWN` is a figure that did not come: the tariff says what to do then.
    """
    wanted = tariff.measure
    if wanted.kind is MeasureKind.QUOTIENT_FAMILIAL:
        found = _quotient(situation, tariff, trace)
    else:
        found = _income(situation, wanted, trace)
    if isinstance(found, Policy):
        return found
    trace.applied("measure", wanted.kind.value, wanted)
    return _cut(found, trace) if wanted.cut else found


def _quotient(situation: LocalSituation, tariff: MeasuredTariff, trace: Trace) -> Fraction | Policy:
    chosen = _of_months(situation.quotients, tariff.measure)
    lowest = quotient_of(situation, tariff.measure)
    if lowest is None:
        return Policy.RESOURCES_UNKNOWN
    if lowest == Money(0) and Policy.QUOTIENT_ZERO in tariff.for_an_agent:
        return Policy.QUOTIENT_ZERO
    return trace.did(
        "measure",
        f"quotient_familial, {tariff.measure.month}",
        {quotient.month: str(quotient.value) for quotient in chosen},
        lowest.exact,
    )


def quotient_of(situation: LocalSituation, wanted: Measure) -> Money | None:
    """The quotient that counts, of one month or the lowest of several; None when one lacks."""
    chosen = _of_months(situation.quotients, wanted)
    return min((quotient.value for quotient in chosen), default=None)


def _of_months(quotients: Sequence[Quotient], wanted: Measure) -> Sequence[Quotient]:
    """The quotients that the tariff looks at; none when one of them is missing."""
    latest = sorted(quotients, key=lambda quotient: quotient.month, reverse=True)
    if wanted.month is not None and wanted.month[0].isdigit():
        return [quotient for quotient in latest if quotient.month == wanted.month]
    return latest[: wanted.months] if len(latest) >= wanted.months else ()


def _income(situation: LocalSituation, wanted: Measure, trace: Trace) -> Fraction | Policy:
    name = "income_of_reference" if wanted.of_income else "annual_resources"
    annual: Money | None = getattr(situation, name)
    parts = situation.parts_hundredths
    if annual is None or (wanted.per_part and parts is None):
        return Policy.RESOURCES_UNKNOWN
    if wanted.per_part and not parts:
        return Policy.PARTS_ZERO
    formula, inputs = name, {name: str(annual)}
    found = annual.exact
    if wanted.monthly:
        formula, found = f"{formula} / 12", found / _MONTHS
    if wanted.per_part and parts:
        formula, found = f"{formula} / parts", found / Fraction(parts, _HUNDREDTHS)
        inputs["parts"] = _parts(parts)
    return trace.did("measure", f"max({formula}, 0)", inputs, max(found, Fraction(0)))


def _parts(hundredths: int) -> str:
    whole, rest = divmod(hundredths, _HUNDREDTHS)
    return f"{whole}.{rest:02d}"


def _cut(found: Fraction, trace: Trace) -> Fraction:
    return trace.did(
        "measure_cut", "whole euros of measure", {"measure": exact(found)}, Fraction(floor(found))
    )
