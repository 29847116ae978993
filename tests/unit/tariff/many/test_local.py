"""Local tariffs by the million give, to the cent, what `decide` gives one by one."""

from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.tariff.engine.decide import decide
from services.tariff.engine.household import LocalSituation, Quotient, Regime
from services.tariff.engine.many.households import Households
from services.tariff.engine.many.local import price_locally
from services.tariff.engine.needs import names_of
from services.tariff.language.local import LocalTariff
from services.tariff.language.national import load_shipped_scale, shipped_ids
from services.tariff.language.words import Unit
from shared.decisions import Verdict
from shared.money import Money, Rounding
from tests.local_tariffs import bands, local, sourced
from tests.unit.tariff.many.told import rows, told

_CENTS = st.integers(min_value=0, max_value=10**9)
_NEAR = st.integers(min_value=0, max_value=2_200).map(lambda euros: 100 * euros)  # edges of bands
_AMOUNTS = (_CENTS | _NEAR).map(Money)
_COUNTS = st.none() | st.integers(min_value=0, max_value=9)
_MONTHS = st.lists(st.sampled_from(["2026-07", "2026-08", "2026-09"]), unique=True)
_INCOMES = st.none() | _AMOUNTS
_PARTS = st.none() | st.integers(min_value=0, max_value=12).map(lambda quarters: 25 * quarters)
_RESOURCES = st.none() | st.integers(-(10**6), 10**9).map(Money)
_RESIDENT = st.sampled_from(Verdict)
_RANK = st.none() | st.integers(min_value=1, max_value=6)
_REGIME = st.none() | st.sampled_from(Regime)
_HOURS = st.none() | st.integers(min_value=0, max_value=74_400).map(lambda n: Decimal(n).scaleb(-2))
_MEASURES = {
    "quotient_familial": ("qf", {"month": "lowest_of_2"}),
    "income_of_reference": ("tax", {}),
    "income_of_reference_per_part": ("tax", {"cut": "euro"}),
    "income_of_reference_per_part_month": ("tax", {}),
    "resources_month": ("tax", {}),
    "resources_month_per_part": ("tax", {}),
    "resources_year": ("eaje", {}),
}
_WAYS: list[dict[str, Any]] = [
    {"factor": "1.5"},
    {"add": "1.005"},
    {"percent": "20"},
    {"price": "4.125"},
    {"no_price": True},
]
_MISSING = ["floor", "ceiling", "highest_price", "review", sourced(price="1.665"), None]


@st.composite
def _families(draw: st.DrawFn, names: frozenset[str] = frozenset()) -> LocalSituation:
    said = _said(names)
    return LocalSituation(
        quotients=tuple(Quotient(month, draw(_AMOUNTS)) for month in draw(_MONTHS)),
        income_of_reference=draw(_INCOMES),
        parts_hundredths=draw(_PARTS),
        annual_resources=draw(_RESOURCES),
        children=draw(_COUNTS),
        aeeh_children=draw(_COUNTS),
        resident=draw(_RESIDENT),
        rank=draw(_RANK),
        regime=draw(_REGIME),
        granted=frozenset(draw(said)),
        denied=frozenset(draw(said)),
        units=draw(_HOURS),
        monthly_hours=draw(_HOURS),
    )


@cache
def _said(names: frozenset[str]) -> st.SearchStrategy[set[str]]:
    """Some of what may be said of a family; made once for each set of names."""
    return st.sets(st.sampled_from(sorted(names))) if names else st.just(set())


@st.composite
def _modifiers(draw: st.DrawFn) -> list[dict[str, Any]]:
    every = [
        sourced(kind="non_resident", **draw(st.sampled_from(_WAYS))),
        sourced(
            kind="sibling",
            ranks=[{"rank": "2", "percent": "25"}, {"rank": "3+", "percent": "33.3"}],
        ),
        sourced(kind="children", at_least=3, percent="10"),
        sourced(kind="reduction", name="pass", percent="50", min="0.755"),
        sourced(kind="other_fund", price="3.14"),
        sourced(
            kind="surcharge",
            label="Majoration",
            when=draw(st.sampled_from(["always", "non_resident"])),
            **draw(st.sampled_from([{"amount": "0.105"}, {"percent": "7.5"}])),
        ),
    ]
    chosen = draw(st.lists(st.sampled_from(range(len(every))), unique=True))
    return [every[place] for place in chosen]


@st.composite
def _tariffs(draw: st.DrawFn) -> LocalTariff:
    kind = draw(st.sampled_from(sorted(_MEASURES)))
    profile, more = _MEASURES[kind]
    words: dict[str, Any] = {
        "measure": sourced(kind=kind, **more),
        "evidence_profile": profile,
        "unit": draw(st.sampled_from(Unit)).value,
        "rounding": sourced(
            mode=draw(st.sampled_from(Rounding)).value,
            stage=draw(st.sampled_from(["unit", "month"])),
        ),
        "modifiers": draw(_modifiers()),
        "price": draw(st.sampled_from([None, sourced(min="0.5", max="6.105")])),
        "missing_data": draw(st.sampled_from(_MISSING)),
    }
    words = {name: value for name, value in words.items() if value is not None}
    method = draw(st.sampled_from([_bands, _line, _rate, _rates, _flat, _ranks, _award]))
    tariff: LocalTariff = method(words)
    return tariff


def _bands(words: dict[str, Any]) -> LocalTariff:
    bounds = "lower_included" if len(words["modifiers"]) % 2 else "upper_included"
    return bands(("0", "0.405"), ("400", "1.15"), ("900", "2.675"), bounds=bounds, **words)


def _line(words: dict[str, Any]) -> LocalTariff:
    points = [
        {"at": "100", "price": "1.50"},
        {"at": "700", "price": "3.205"},
        {"at": "2000", "price": "6.696"},
    ]
    return local("linear", {"points": points}, **words)


def _rate(words: dict[str, Any]) -> LocalTariff:
    return local("effort_rate", {"rate": "0.42", "price": {"min": "0.21", "max": "8"}}, **words)


def _rates(words: dict[str, Any]) -> LocalTariff:
    rates = [{"children": "1", "rate": "0.5"}, {"children": "2-3", "rate": "0.3125"}]
    part = {"rates": [*rates, {"children": "4+", "rate": "0.2"}]}
    return local("effort_rate", part | {"price": {"min": "0.2", "max": "9"}}, **words)


def _unmeasured(words: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in words.items() if name not in {"measure", "missing_data"}}


def _flat(words: dict[str, Any]) -> LocalTariff:
    return local("flat", {"price": "21.005"}, **_unmeasured(words))


def _ranks(words: dict[str, Any]) -> LocalTariff:
    prices = [{"of": "1", "price": "12"}, {"of": "2+", "price": "9.995"}]
    return local("flat", {"by": "rank", "prices": prices}, **_unmeasured(words))


def _award(words: dict[str, Any]) -> LocalTariff:
    grid = [
        {"from": "0", "to": "600", "amount": "150"},
        {"from": "600", "to": "750", "hole": "review"},
        {"from": "750", "to": "1200", "amount": "50.505"},
        {"from": "1200", "amount": "0"},
    ]
    conditions = [
        sourced(kind="resident"),
        sourced(kind="children", at_least=2),
        sourced(kind="granted", name="emploi", label="Un emploi"),
    ][: 1 + len(words["modifiers"]) % 3]
    plain = {k: v for k, v in words.items() if k not in {"modifiers", "price", "missing_data"}}
    part = {"bounds": "upper_included", "grid": grid, "conditions": conditions}
    return local("award", part, **plain)


@settings(max_examples=200, deadline=None)
@given(_tariffs(), st.data())
def test_scalar_equals_vector(tariff: LocalTariff, data: st.DataObject) -> None:
    """Every method, modifier, measure, unit, rounding and policy, with what nobody knows."""
    some = st.lists(_families(names_of(tariff)), min_size=1, max_size=8)
    families = data.draw(some)
    one_by_one = [decide(family, tariff, tariff.valid_from) for family in families]
    columns = price_locally(Households.of(families, tariff), tariff)

    assert [told(outcome) for outcome in one_by_one] == rows(columns)


@pytest.mark.parametrize("tariff_id", [one for one in shipped_ids() if one != "psu"])
@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_each_shipped_tariff_agrees(tariff_id: str, data: st.DataObject) -> None:
    """The real grids, period after period."""
    tariff = data.draw(st.sampled_from(load_shipped_scale(tariff_id).tariffs))
    if not isinstance(tariff, LocalTariff):
        return
    families = data.draw(st.lists(_families(names_of(tariff)), min_size=1, max_size=6))
    one_by_one = [decide(family, tariff, tariff.valid_from) for family in families]
    columns = price_locally(Households.of(families, tariff), tariff)

    assert [told(outcome) for outcome in one_by_one] == rows(columns)


def test_more_decimals_than_any_contract_has() -> None:
    """Refused, rather than priced on other units than were told."""
    family = LocalSituation(quotients=(Quotient("2026-09", Money(100)),), units=Decimal(1) / 3)

    with pytest.raises(ValueError, match="six decimals"):
        Households.of([family], bands(("0", "1")))
