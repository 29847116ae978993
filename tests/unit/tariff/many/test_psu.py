"""The PSU by the million gives, to the cent, what `decide` gives one by one."""

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from services.tariff.engine.decide import decide
from services.tariff.engine.many.psu import PsuSituations, price_psu
from services.tariff.engine.situation import Situation
from services.tariff.language.missing import FixedPrice
from services.tariff.language.modifiers import Surcharge
from services.tariff.language.national import load_national_scale
from services.tariff.language.psu import Bound, PsuTariff
from services.tariff.language.words import Missing, Stage, When
from shared.application import CareType
from shared.decisions import Verdict
from shared.money import Money, Rounding
from tests.unit.tariff.many.told import rows, told

_RESOURCES = st.integers(min_value=-(10**9), max_value=10**13).map(Money)
_POLICIES = [None, *Missing, FixedPrice(price=Decimal("1.665"), source="essai")]


@st.composite
def _situations(draw: st.DrawFn) -> Situation:
    children = draw(st.integers(min_value=1, max_value=30))
    return Situation(
        care_type=draw(st.sampled_from(CareType)),
        children=children,
        aeeh_children=draw(st.integers(min_value=0, max_value=children)),
        annual_resources=draw(st.none() | _RESOURCES),
        resident=draw(st.sampled_from(Verdict)),
        monthly_hours=draw(st.none() | st.decimals(min_value=0, max_value=744, places=2)),
    )


@st.composite
def _tariffs(draw: st.DrawFn) -> PsuTariff:
    """A shipped period, with what a structure may add to it."""
    tariff = draw(st.sampled_from(load_national_scale().tariffs))
    assert isinstance(tariff, PsuTariff)
    rule = {
        "mode": draw(st.sampled_from(Rounding)),
        "stage": draw(st.sampled_from([Stage.HOUR, Stage.MONTH])),
    }
    way = draw(st.sampled_from([{"amount": Decimal("0.155")}, {"percent": Decimal("12.5")}]))
    when = draw(st.sampled_from(When))
    surcharge = Surcharge(label="Majoration", when=when, source="essai", **way)
    ceiling = Bound(value=Money(1_000_000), source="essai")
    return tariff.model_copy(
        update={
            "rounding": tariff.rounding.model_copy(update=rule),
            "missing_data": draw(st.sampled_from(_POLICIES)),
            "surcharge": draw(st.sampled_from([None, surcharge])),
            "local_ceiling": draw(st.sampled_from([None, ceiling])),
        }
    )


@settings(max_examples=150, deadline=None)
@given(st.lists(_situations(), min_size=1, max_size=12), _tariffs())
def test_scalar_equals_vector(situations: list[Situation], tariff: PsuTariff) -> None:
    """Every shipped period, mode, stage and policy; floor, ceiling, AEEH past the last bracket."""
    one_by_one = [decide(situation, tariff, tariff.valid_from) for situation in situations]
    columns = price_psu(PsuSituations.of(situations), tariff)

    assert [told(outcome) for outcome in one_by_one] == rows(columns)
