"""Local tariffs by the million: the steps of `services.tariff.engine.local`, in columns."""

from services.tariff.engine.many.awarding import amounts
from services.tariff.engine.many.billing import fees
from services.tariff.engine.many.fees import Fees, Prices
from services.tariff.engine.many.households import Households
from services.tariff.engine.many.measuring import measure
from services.tariff.engine.many.methods import flat_price, method_price
from services.tariff.engine.many.modifying import lacking, modified, prices_instead
from services.tariff.engine.unmeasured import price_without_measure
from services.tariff.language.local import (
    AwardTariff,
    FlatTariff,
    LocalTariff,
    MeasuredTariff,
)
from services.tariff.language.modifiers import Surcharge


def price_locally(families: Households, tariff: LocalTariff) -> Fees:
    """The fees that `decide` gives for each family under a local tariff, to the cent."""
    if isinstance(tariff, AwardTariff):
        prices = amounts(families, tariff)
    else:
        prices = modified(_own(families, tariff), families, tariff)
    surcharges = [one for one in tariff.modifiers if isinstance(one, Surcharge)]
    return fees(
        prices.without(lacking(families, tariff)),
        surcharges,
        away=families.away,
        units=(families.units, families.units_known),
        unit=tariff.unit,
        rounding=tariff.rounding,
    )


def _own(families: Households, tariff: LocalTariff) -> Prices:
    """The price of the method, or the one that stands in its place."""
    instead = prices_instead(families, tariff)
    if isinstance(tariff, FlatTariff):
        own = flat_price(families, tariff)
    elif isinstance(tariff, MeasuredTariff):
        own = _measured(families, tariff)
    else:
        raise TypeError(f"{tariff.method} is no local method")
    return own.put_rows(instead.known, instead.exact)


def _measured(families: Households, tariff: MeasuredTariff) -> Prices:
    measured, lack = measure(families, tariff)
    prices = method_price(measured, families, tariff)
    for rows, away in ((~families.away, False), (families.away, True)):
        price = price_without_measure(tariff, away=away)
        if price is not None:
            prices = prices.put(lack & rows, price)
    return prices
