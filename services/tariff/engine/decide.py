"""`decide`: the one door of the engine. Pure: the same arguments give the same fee for ever."""

from datetime import date

from services.tariff.engine import psu
from services.tariff.engine.fee import Fee
from services.tariff.engine.situation import Situation
from services.tariff.language.psu import PsuTariff
from services.tariff.language.tariff import Tariff
from services.tariff.language.words import Stage
from shared.errors import TariffError
from shared.money import Rounding

ENGINE_VERSION = "1"
"""Changes whenever the same situation and tariff would give another fee or another trace."""


def decide(
    situation: Situation,
    tariff: Tariff,
    on: date,
    *,
    rounding: Rounding | None = None,
    stage: Stage | None = None,
) -> Fee:
    """The fee of a situation under the tariff in force on a day.

    `rounding` and `stage` replace the tariff's own when given; one mode serves the hour and the
    month. With the stage `month`, the amount of the month comes from the exact hourly price.

    Raises:
        TariffError: when the tariff is not in force on that day.
    """
    tariff.require_in_force(on)
    if not isinstance(tariff, PsuTariff):
        raise TariffError(f"Le barème {tariff.id} n'est pas un barème PSU.")
    mode = rounding or tariff.rounding.mode
    when = stage or tariff.rounding.stage
    monthly_resources, dividing = psu.twelfth(situation.annual_resources)
    counted, bounding = psu.bounded(monthly_resources, tariff.monthly_resources)
    rate, finding = psu.rate_of(situation, tariff.care[situation.care_type])
    price, pricing = psu.hourly_price(counted, rate)
    hourly, cutting = psu.hourly_rounded(price, mode)
    operations = [dividing, bounding, *finding, pricing, cutting]
    monthly = None
    if situation.contract is not None:
        operations.append(psu.spread(situation.contract))
    if situation.hours is not None:
        billed = hourly.exact if when is Stage.HOUR else price
        monthly, billing = psu.monthly_amount(billed, situation.hours, mode)
        operations.append(billing)
    return Fee(
        hourly=hourly,
        monthly=monthly,
        operations=tuple(operations),
        hourly_exact=price,
        rate=rate,
        rounding=mode,
        stage=when,
    )
