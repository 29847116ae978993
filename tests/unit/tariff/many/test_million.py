"""A million situations, priced under the national scale and under real local grids."""

from time import perf_counter

import numpy as np
import pytest

from services.tariff.engine.many.exact import Exact, Ints
from services.tariff.engine.many.fees import Fees, all_of, none_of
from services.tariff.engine.many.households import Households
from services.tariff.engine.many.local import price_locally
from services.tariff.engine.many.psu import PsuSituations, price_psu
from services.tariff.engine.needs import names_of
from services.tariff.language.local import LocalTariff
from services.tariff.language.national import load_national_scale, load_shipped_scale, shipped_ids
from services.tariff.language.psu import PsuTariff

pytestmark = pytest.mark.prove
_MILLION = 1_000_000
_WITHIN_S = 10.0
_LOCAL = [
    name for name in shipped_ids() if isinstance(load_shipped_scale(name).tariffs[-1], LocalTariff)
]


def _drawn(lowest: int, highest: int) -> Ints:
    return np.random.default_rng(7).integers(lowest, highest, _MILLION)


def _best_of_three(price: object) -> tuple[float, Fees]:
    lasted = []
    for _ in range(3):
        started = perf_counter()
        fees = price()  # type: ignore[operator]
        lasted.append(perf_counter() - started)
    return min(lasted), fees


def test_a_million_under_the_national_scale() -> None:
    """PSU, every care and number of children, with hours: well under ten seconds."""
    tariff = load_national_scale().tariffs[-1]
    assert isinstance(tariff, PsuTariff)
    situations = PsuSituations(
        annual_cents=_drawn(0, 15_000_000),
        resources_known=all_of(_MILLION),
        children=_drawn(1, 9),
        aeeh_children=_drawn(0, 2),
        care=_drawn(0, 3),
        hours=_drawn(0, 20_000),
        hours_known=all_of(_MILLION),
        resident=_drawn(0, 2),
    )
    lasted, fees = _best_of_three(lambda: price_psu(situations, tariff))

    print(f"psu: {lasted:.2f} s")  # noqa: T201 -- the figure is what the proof is run for
    assert _MILLION == int(fees.priced.sum())
    assert lasted < _WITHIN_S


@pytest.mark.parametrize("name", _LOCAL)
def test_a_million_under_a_local_tariff(name: str) -> None:
    """Every shipped local tariff."""
    tariff = load_shipped_scale(name).tariffs[-1]
    assert isinstance(tariff, LocalTariff)
    families = Households(
        amount_cents=_drawn(1, 300_000),
        amount_known=all_of(_MILLION),
        parts_hundredths=25 * _drawn(4, 20),
        children=_drawn(1, 6),
        aeeh_children=_drawn(0, 2),
        resident=_drawn(0, 2),
        rank=_drawn(1, 4),
        other_fund=none_of(_MILLION),
        units=Exact.of_ints(_drawn(0, 100), over=1),
        units_known=all_of(_MILLION),
        granted={one: all_of(_MILLION) for one in names_of(tariff)},
        denied={one: none_of(_MILLION) for one in names_of(tariff)},
    )
    lasted, fees = _best_of_three(lambda: price_locally(families, tariff))

    print(f"{name}: {lasted:.2f} s")  # noqa: T201 -- idem
    assert int(fees.priced.sum()) > 0
    assert lasted < _WITHIN_S
