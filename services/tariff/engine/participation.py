"""The family's participation (PSU), from its situation to a fee, one operation after the other."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from services.tariff.engine import psu
from services.tariff.engine.billing import Bill, bill, owing, unsettled
from services.tariff.engine.fee import FIXED_PRICE, Fee, NoFee, Operation
from services.tariff.engine.situation import Situation
from services.tariff.engine.trace import Trace
from services.tariff.language.missing import FixedPrice
from services.tariff.language.policies import Policy
from services.tariff.language.psu import PsuTariff
from services.tariff.language.words import Missing, Stage
from shared.money import Money, Rounding

OWN_LINE = "Participation familiale"


@dataclass(frozen=True, slots=True)
class _Hour:
    """The exact price of an hour, the rate that gave it, and what stood in for resources."""

    price: Fraction
    rate: Decimal
    operations: tuple[Operation, ...]
    provisional: Missing | str | None = None


def participation(
    situation: Situation, tariff: PsuTariff, *, rounding: Rounding, stage: Stage
) -> Fee | NoFee:
    """The fee of a situation under a PSU tariff that is in force."""
    surcharge = tariff.surcharge
    if unsettled(surcharge, situation.resident):
        return NoFee(Policy.RESIDENCE_UNKNOWN)
    hour = _hour(situation, tariff)
    if isinstance(hour, Policy):
        return NoFee(hour)
    _, cutting = psu.hourly_rounded(hour.price, rounding)
    trace = Trace()
    owed = owing((surcharge,), situation.resident)
    billed = bill(hour.price, owed, rounding=rounding, trace=trace, line=OWN_LINE)
    monthly, billing = _month(situation, billed, rounding, stage)
    return Fee(
        hourly=billed.price,
        monthly=monthly,
        operations=(*hour.operations, cutting, *trace.operations, *billing),
        hourly_exact=billed.exact,
        rate=hour.rate,
        rounding=rounding,
        stage=stage,
        lines=billed.lines if owed else (),
        provisional=hour.provisional,
    )


def _hour(situation: Situation, tariff: PsuTariff) -> _Hour | Policy:
    """The price of an hour before rounding, or what an agent has to look at."""
    policy = tariff.missing_data
    if situation.annual_resources is None and isinstance(policy, FixedPrice):
        price, fixing = psu.fixed_price(policy.price)
        return _Hour(price, Decimal(0), (fixing,), FIXED_PRICE)
    counted = _counted(situation, tariff)
    if isinstance(counted, Policy):
        return counted
    resources, counting, provisional = counted
    rate, finding = psu.rate_of(situation, tariff.care[situation.care_type])
    price, pricing = psu.hourly_price(resources, rate)
    return _Hour(price, rate, (*counting, *finding, pricing), provisional)


def _counted(
    situation: Situation, tariff: PsuTariff
) -> tuple[Fraction, list[Operation], Missing | None] | Policy:
    """Monthly resources as the scale counts them, and how."""
    floor, ceiling = tariff.monthly_resources.floor.value, tariff.ceiling.value
    policy = tariff.missing_data
    if situation.annual_resources is not None:
        monthly, dividing = psu.twelfth(situation.annual_resources)
        counted, bounding = psu.bounded(monthly, floor, ceiling)
        return counted, [dividing, bounding], None
    if not isinstance(policy, Missing) or policy is Missing.REVIEW:
        return Policy.RESOURCES_UNKNOWN
    counted, standing = psu.unknown(floor, ceiling, policy)
    return counted, [standing], policy


def _month(
    situation: Situation, billed: Bill, rounding: Rounding, stage: Stage
) -> tuple[Money | None, list[Operation]]:
    """The amount of a month, from the price that the stage of rounding commands."""
    operations = [] if situation.contract is None else [psu.spread(situation.contract)]
    if situation.hours is None:
        return None, operations
    price = billed.price.exact if stage is Stage.HOUR else billed.exact
    monthly, billing = psu.monthly_amount(price, situation.hours, rounding)
    return monthly, [*operations, billing]
