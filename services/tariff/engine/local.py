"""The local methods, from a family's situation to an outcome: a fee, an aid, or why neither."""

from fractions import Fraction

from services.tariff.engine import billing
from services.tariff.engine.awarding import amount_of
from services.tariff.engine.fee import LocalFee, NoFee, NotAwarded
from services.tariff.engine.household import LocalSituation
from services.tariff.engine.measuring import measure
from services.tariff.engine.methods import flat_price, method_price
from services.tariff.engine.modifying import lacking, modified, price_instead
from services.tariff.engine.trace import Trace
from services.tariff.engine.unmeasured import price_for_want_of_data
from services.tariff.language.local import (
    AwardTariff,
    FlatTariff,
    LocalTariff,
    MeasuredTariff,
)
from services.tariff.language.modifiers import Surcharge
from services.tariff.language.policies import Ground, Policy
from services.tariff.language.words import Missing, Stage
from shared.money import Rounding

Provisional = Missing | str | None
_AID_LINE = "Aide du barème"


def decide_locally(
    situation: LocalSituation, tariff: LocalTariff, *, rounding: Rounding, stage: Stage
) -> LocalFee | NoFee | NotAwarded:
    """The outcome of a situation under a local tariff that is in force."""
    trace = Trace()
    lack = lacking(situation, tariff)
    if lack is not None:
        return NoFee(lack)
    found, provisional = _found(situation, tariff, trace)
    match found:
        case Policy():
            return NoFee(found, trace.operations, trace.parameters)
        case Ground():
            return NotAwarded(found, trace.operations, trace.parameters)
        case Fraction():
            return _fee(
                found,
                provisional,
                situation,
                tariff,
                rounding=rounding,
                stage=stage,
                trace=trace,
            )


def _found(
    situation: LocalSituation, tariff: LocalTariff, trace: Trace
) -> tuple[Fraction | Policy | Ground, Provisional]:
    """The exact price that this family pays for a unit, or the aid, before any rounding."""
    if isinstance(tariff, AwardTariff):
        return amount_of(situation, tariff, trace), None
    own, provisional = _own(situation, tariff, trace)
    if isinstance(own, Policy):
        return own, None
    return modified(own, situation, tariff, trace), provisional


def _own(
    situation: LocalSituation, tariff: LocalTariff, trace: Trace
) -> tuple[Fraction | Policy, Provisional]:
    """The price of the method, or the one that stands in its place."""
    instead = price_instead(situation, tariff, trace)
    if instead is not None:
        return instead, None
    if isinstance(tariff, FlatTariff):
        return flat_price(situation, tariff, trace), None
    if not isinstance(tariff, MeasuredTariff):
        raise TypeError(f"{tariff.method} is no local method")
    measured = measure(situation, tariff, trace)
    if measured is Policy.RESOURCES_UNKNOWN:
        wanted = price_for_want_of_data(situation, tariff, trace)
        return wanted if isinstance(wanted, tuple) else (wanted, None)
    if isinstance(measured, Policy):
        return measured, None
    return method_price(measured, situation, tariff, trace), None


def _fee(
    price: Fraction,
    provisional: Provisional,
    situation: LocalSituation,
    tariff: LocalTariff,
    *,
    rounding: Rounding,
    stage: Stage,
    trace: Trace,
) -> LocalFee:
    """The price in cents, its lines, and the month."""
    billing.rounded(price, rounding, trace)
    label = _AID_LINE if isinstance(tariff, AwardTariff) else billing.OWN_LINE
    bill = billing.bill(
        price, _surcharges(situation, tariff), rounding=rounding, trace=trace, line=label
    )
    monthly = billing.month(
        bill, situation, tariff.unit, rounding=rounding, stage=stage, trace=trace
    )
    trace.applied("rounding", tariff.rounding.mode.value, tariff.rounding)
    trace.applied("stage", tariff.rounding.stage.value, tariff.rounding)
    return LocalFee(
        unit=tariff.unit,
        price=bill.price,
        price_exact=bill.exact,
        monthly=monthly,
        lines=bill.lines,
        operations=trace.operations,
        parameters=trace.parameters,
        rounding=rounding,
        stage=stage,
        provisional=provisional,
    )


def _surcharges(situation: LocalSituation, tariff: LocalTariff) -> tuple[Surcharge, ...]:
    said = (modifier for modifier in tariff.modifiers if isinstance(modifier, Surcharge))
    return billing.owing(said, situation.resident)
