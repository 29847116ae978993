"""The PSU by the million gives, to the cent, what `decide` gives one by one."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from services.tariff.engine.decide import decide
from services.tariff.engine.many.psu import PsuSituations, price_psu
from services.tariff.engine.situation import Situation
from services.tariff.language.national import load_national_scale
from services.tariff.language.tariff import Tariff
from services.tariff.language.words import Stage
from shared.application import CareType
from shared.money import Money, Rounding


@st.composite
def _situations(draw: st.DrawFn) -> Situation:
    children = draw(st.integers(min_value=1, max_value=30))
    return Situation(
        care_type=draw(st.sampled_from(CareType)),
        children=children,
        aeeh_children=draw(st.integers(min_value=0, max_value=children)),
        annual_resources=Money(draw(st.integers(min_value=-(10**9), max_value=10**13))),
        monthly_hours=draw(st.none() | st.decimals(min_value=0, max_value=744, places=2)),
    )


def _rounded(tariff: Tariff, mode: Rounding, stage: Stage) -> Tariff:
    rule = tariff.rounding.model_copy(update={"mode": mode, "stage": stage})
    return tariff.model_copy(update={"rounding": rule})


@settings(max_examples=300)
@given(
    st.lists(_situations(), min_size=1, max_size=12),
    st.sampled_from(load_national_scale().tariffs),
    st.sampled_from(Rounding),
    st.sampled_from([Stage.HOUR, Stage.MONTH]),
)
def test_scalar_equals_vector(
    situations: list[Situation], tariff: Tariff, mode: Rounding, stage: Stage
) -> None:
    """Every shipped period, mode and stage; floor, ceiling, AEEH beyond the last bracket."""
    on: date = tariff.valid_from
    asked = _rounded(tariff, mode, stage)
    one_by_one = [decide(situation, asked, on) for situation in situations]
    fees = price_psu(PsuSituations.of(situations), asked)

    assert [fee.hourly.cents for fee in one_by_one] == [int(c) for c in fees.unit_cents]
    assert [fee.monthly is not None for fee in one_by_one] == list(fees.has_month)
    months = [
        int(cents) if known else None
        for cents, known in zip(fees.month_cents, fees.has_month, strict=True)
    ]
    assert [fee.monthly and fee.monthly.cents for fee in one_by_one] == months
