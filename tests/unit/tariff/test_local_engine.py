"""The local methods: each operation by hand, each modifier, and what no machine prices."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from services.tariff.engine.decide import decide
from services.tariff.engine.fee import LocalFee, NoFee, NotAwarded
from services.tariff.engine.household import LocalSituation, Quotient, Regime
from services.tariff.engine.situation import Contract
from services.tariff.language.local import LocalTariff
from services.tariff.language.national import load_national_scale
from services.tariff.language.policies import Ground, Policy
from services.tariff.language.words import Stage
from shared.decisions import Verdict
from shared.errors import TariffError
from shared.money import Money
from tests.local_tariffs import ON, bands, local, sourced

_FAMILY = LocalSituation(
    quotients=(Quotient("2026-09", Money.parse("700")),),
    children=2,
    aeeh_children=0,
    resident=Verdict.YES,
    rank=1,
    regime=Regime.CAF,
)
_STEPS = bands(("0", "0.30"), ("650", "0.48"), ("1150", "0.62"))


def _fee(tariff: LocalTariff, family: LocalSituation = _FAMILY) -> LocalFee:
    fee = decide(family, tariff, ON)
    assert isinstance(fee, LocalFee), fee
    return fee


def _price(tariff: LocalTariff, **changes: Any) -> str:
    return str(_fee(tariff, replace(_FAMILY, **changes)).price)


def _reason(tariff: LocalTariff, **changes: Any) -> Policy:
    outcome = decide(replace(_FAMILY, **changes), tariff, ON)
    assert isinstance(outcome, NoFee)
    return outcome.reason


def _quotients(**months: str) -> tuple[Quotient, ...]:
    return tuple(Quotient(m[1:].replace("_", "-"), Money.parse(q)) for m, q in months.items())


def test_each_operation_can_be_done_again_by_hand() -> None:
    """The trace of one ordinary family, whole: steps, formulas, inputs and results."""
    fee = _fee(_STEPS, replace(_FAMILY, units=Decimal(40)))

    assert [
        ("measure", "quotient_familial, current", {"2026-09": "700.00"}, "700"),
        (
            "band",
            "value of the band that holds measure",
            {
                "measure": "700",
                "bounds": "lower_included",
                "from": "650",
                "to": "1150",
                "band": "2",
                "bands": "3",
            },
            "0.48",
        ),
        (
            "price",
            "round(price_exact, 0.01)",
            {"price_exact": "0.48", "rounding": "half-up"},
            "0.48",
        ),
        (
            "monthly",
            "round(price * monthly_units, 0.01)",
            {"price": "0.48", "monthly_units": "40", "rounding": "half-up"},
            "19.2",
        ),
    ] == [(step.step, step.formula, step.inputs, step.result) for step in fee.operations]
    assert (Money(48), Money(1920)) == (fee.price, fee.monthly)


def test_hours_become_units_of_the_tariff() -> None:
    """126.50 hours are 253 half hours; a contract is spread first, as for the PSU."""
    by_hours = _fee(_STEPS, replace(_FAMILY, monthly_hours=Decimal("126.50")))
    by_contract = _fee(_STEPS, replace(_FAMILY, contract=Contract(Decimal("885.5"), 7)))

    assert (Money(253 * 48), Money(253 * 48)) == (by_hours.monthly, by_contract.monthly)
    assert ["monthly_hours", "monthly_units", "monthly"] == [
        step.step for step in by_contract.operations[-3:]
    ]


@pytest.mark.parametrize(
    ("unit", "monthly"), [("month", "0.48"), ("year", None), ("once", None), ("meal", None)]
)
def test_a_month_is_told_only_when_its_units_are_known(unit: str, monthly: str | None) -> None:
    """A price by the month is its own amount; a price by the year makes no month."""
    fee = _fee(bands(("0", "0.30"), ("650", "0.48"), unit=unit))

    assert monthly == (None if fee.monthly is None else str(fee.monthly))


@pytest.mark.parametrize(
    ("kind", "figures", "price"),
    [
        ("income_of_reference", {"income_of_reference": Money.parse("1150")}, "0.62"),
        ("income_of_reference", {"income_of_reference": Money.parse("1149.99")}, "0.48"),
        (
            "income_of_reference_per_part",
            {"income_of_reference": Money.parse("1625"), "parts_hundredths": 250},
            "0.48",
        ),
        (
            "income_of_reference_per_part_month",
            {"income_of_reference": Money.parse("19499.99"), "parts_hundredths": 250},
            "0.30",
        ),
        ("resources_month", {"annual_resources": Money.parse("7800")}, "0.48"),
        ("resources_month", {"annual_resources": Money.parse("-5000")}, "0.30"),
        ("resources_year", {"annual_resources": Money.parse("7800")}, "0.62"),
        (
            "resources_month_per_part",
            {"annual_resources": Money.parse("23400"), "parts_hundredths": 300},
            "0.48",
        ),
    ],
)
def test_a_family_is_measured_as_the_tariff_says(
    kind: str, figures: dict[str, Any], price: str
) -> None:
    """By its income of reference, its parts or its resources, of a year or of a month."""
    tariff = bands(
        ("0", "0.30"),
        ("650", "0.48"),
        ("1150", "0.62"),
        evidence_profile="tax",
        measure=sourced(kind=kind),
    )

    assert price == _price(tariff, **figures)


@pytest.mark.parametrize(
    ("month", "price"),
    [("current", "0.62"), ("2026-07", "0.48"), ("lowest_of_3", "0.30"), ("lowest_of_2", "0.30")],
)
def test_the_month_of_the_quotient_is_the_tariffs(month: str, price: str) -> None:
    """The latest, one month for all, or the lowest of so many."""
    tariff = bands(
        ("0", "0.30"),
        ("650", "0.48"),
        ("1150", "0.62"),
        measure=sourced(kind="quotient_familial", month=month),
    )
    quotients = _quotients(_2026_07="700", _2026_09="1200", _2026_08="600")

    assert price == _price(tariff, quotients=quotients)


@pytest.mark.parametrize("month", ["2026-01", "lowest_of_3"])
def test_a_month_that_did_not_come_is_missing(month: str) -> None:
    """The lowest of two months is not the lowest of three."""
    tariff = bands(("0", "0.30"), measure=sourced(kind="quotient_familial", month=month))

    assert Policy.RESOURCES_UNKNOWN is _reason(
        tariff, quotients=_quotients(_2026_08="600", _2026_09="700")
    )


def test_cents_are_cut_before_the_comparison_when_the_tariff_says_so() -> None:
    """A grid of whole euros has no room for 649.99 between 649 and 650."""
    measure = sourced(kind="quotient_familial", month="current", cut="euro")
    grid = [{"from": "0", "to": "649", "price": "0.30"}, {"from": "650", "price": "0.48"}]
    tariff = local("bands", {"bounds": "both_included", "grid": grid}, measure=measure)
    fee = _fee(tariff, replace(_FAMILY, quotients=_quotients(_2026_09="649.99")))

    assert ("measure_cut", "649") == (fee.operations[1].step, fee.operations[1].result)
    assert "0.30" == str(fee.price)


_LINE = local(
    "linear",
    {
        "points": [
            {"at": "0", "price": "1.50"},
            {"at": "500", "price": "3.205"},
            {"at": "2000", "price": "6.70"},
        ]
    },
    unit="meal",
)


@pytest.mark.parametrize(
    ("quotient", "price", "formula"),
    [
        ("0.01", "1.50", "price + (measure - at) * (next_price - price) / (next_at - at)"),
        ("250", "2.35", "price + (measure - at) * (next_price - price) / (next_at - at)"),
        ("500", "3.21", "price + (measure - at) * (next_price - price) / (next_at - at)"),
        ("2000", "6.70", "price of the last point"),
        ("9999", "6.70", "price of the last point"),
    ],
)
def test_a_line_is_followed_between_two_points(quotient: str, price: str, formula: str) -> None:
    """And its ends hold beyond them."""
    fee = _fee(_LINE, replace(_FAMILY, quotients=_quotients(_2026_09=quotient)))

    assert (price, formula) == (str(fee.price), fee.operations[1].formula)


@pytest.mark.parametrize(
    ("bounds", "price"),
    [({}, "0.21"), ({"min": "0.22"}, "0.22"), ({"max": "0.20"}, "0.20"), ({"min": "0.21"}, "0.21")],
)
def test_an_effort_rate_is_bounded_on_the_price(bounds: dict[str, str], price: str) -> None:
    """0.42 % of 50, as Lingo's own tests have it."""
    tariff = local("effort_rate", {"rate": "0.42", "price": bounds})

    assert price == _price(tariff, quotients=_quotients(_2026_09="50"))


def test_an_effort_rate_may_go_by_children() -> None:
    """And nothing is supposed of their number."""
    rates = [{"children": "1", "rate": "1"}, {"children": "2+", "rate": "0.5"}]
    tariff = local("effort_rate", {"rates": rates})

    assert ("7.00", "3.50") == (_price(tariff, children=1), _price(tariff, children=5))
    assert Policy.CHILDREN_UNKNOWN is _reason(tariff, children=None)


@pytest.mark.parametrize(
    ("part", "changes", "price"),
    [
        ({"price": "21"}, {"quotients": ()}, "21.00"),
        (
            {"by": "rank", "prices": [{"of": "1", "price": "9"}, {"of": "2+", "price": "5"}]},
            {},
            "9.00",
        ),
        (
            {"by": "rank", "prices": [{"of": "1", "price": "9"}, {"of": "2+", "price": "5"}]},
            {"rank": 4},
            "5.00",
        ),
        (
            {"by": "children", "prices": [{"of": "1-2", "price": "9"}, {"of": "3+", "price": "5"}]},
            {"children": 3},
            "5.00",
        ),
    ],
)
def test_a_flat_price_needs_no_income(
    part: dict[str, Any], changes: dict[str, Any], price: str
) -> None:
    """One price, or one by rank or by children."""
    assert price == _price(local("flat", part), **changes)


@pytest.mark.parametrize(
    ("modifier", "changes", "price"),
    [
        ({"kind": "non_resident", "factor": "2"}, {"resident": Verdict.NO}, "0.96"),
        ({"kind": "non_resident", "factor": "2"}, {}, "0.48"),
        ({"kind": "non_resident", "add": "1.00"}, {"resident": Verdict.NO}, "1.48"),
        ({"kind": "non_resident", "percent": "20"}, {"resident": Verdict.NO}, "0.58"),
        ({"kind": "non_resident", "price": "3.43"}, {"resident": Verdict.NO}, "3.43"),
        (
            {"kind": "non_resident", "grid": [{"from": "0", "price": "2"}]},
            {"resident": Verdict.NO},
            "2.00",
        ),
        ({"kind": "sibling", "ranks": [{"rank": "2+", "percent": "25"}]}, {"rank": 1}, "0.48"),
        ({"kind": "sibling", "ranks": [{"rank": "2+", "percent": "25"}]}, {"rank": 2}, "0.36"),
        ({"kind": "children", "at_least": 3, "percent": "10"}, {"children": 2}, "0.48"),
        ({"kind": "children", "at_least": 3, "percent": "10"}, {"children": 3}, "0.43"),
        ({"kind": "reduction", "name": "agents", "percent": "50"}, {}, "0.48"),
        (
            {"kind": "reduction", "name": "agents", "percent": "50"},
            {"granted": frozenset({"agents"})},
            "0.24",
        ),
        (
            {"kind": "reduction", "name": "agents", "percent": "50", "min": "0.30"},
            {"granted": frozenset({"agents"})},
            "0.30",
        ),
        (
            {"kind": "reduction", "name": "agents", "percent": "50", "min": "21"},
            {"granted": frozenset({"agents"})},
            "0.48",
        ),
        (
            {"kind": "other_fund", "price": "3.14"},
            {"regime": Regime.OTHER, "quotients": ()},
            "3.14",
        ),
        ({"kind": "other_fund", "price": "3.14"}, {"regime": Regime.MSA}, "0.48"),
    ],
)
def test_a_modifier_changes_the_price_of_those_it_is_for(
    modifier: dict[str, Any], changes: dict[str, Any], price: str
) -> None:
    """And of nobody else."""
    tariff = bands(("0", "0.30"), ("650", "0.48"), modifiers=[sourced(**modifier)])

    assert price == _price(tariff, **changes)


def test_modifiers_apply_in_the_order_of_the_file() -> None:
    """One euro more and then half is not half and then one euro more."""
    away = sourced(kind="non_resident", add="1")
    half = sourced(kind="sibling", ranks=[{"rank": "2+", "percent": "50"}])
    family = {"resident": Verdict.NO, "rank": 2}
    prices = [
        _price(bands(("0", "3"), modifiers=order), **family)
        for order in ([away, half], [half, away])
    ]

    assert ["2.00", "2.50"] == prices


def test_the_price_is_bounded_after_its_modifiers() -> None:
    """Whatever they gave."""
    tariff = bands(
        ("0", "0.30"),
        modifiers=[sourced(kind="non_resident", factor="9")],
        price=sourced(min="0.50", max="2"),
    )

    assert ("0.50", "2.00") == (_price(tariff), _price(tariff, resident=Verdict.NO))


def test_a_surcharge_is_a_line_of_its_own() -> None:
    """The price of the unit is the sum of the lines, each in cents; bounds leave them be."""
    tariff = bands(
        ("0", "0.33"),
        modifiers=[
            sourced(kind="surcharge", label="Majoration", percent="15", when="non_resident"),
            sourced(kind="surcharge", label="Goûter", amount="0.205", when="always"),
        ],
        price=sourced(max="0.33"),
    )
    fee = _fee(tariff, replace(_FAMILY, resident=Verdict.NO, units=Decimal(10)))

    assert [("Prix du barème", 33), ("Majoration", 5), ("Goûter", 21)] == [
        (line.label, line.amount.cents) for line in fee.lines
    ]
    assert (Money(59), Money(590)) == (fee.price, fee.monthly)
    assert Money(54) == _fee(tariff).price


def test_the_stage_of_rounding_counts() -> None:
    """Forty times 3.205 is 128.20, and forty times 3.21 is 128.40."""
    family = replace(_FAMILY, quotients=_quotients(_2026_09="500"), units=Decimal(40))
    at_month = decide(family, _LINE, ON, stage=Stage.MONTH)

    assert isinstance(at_month, LocalFee)
    assert (Money(12840), Money(12820)) == (_fee(_LINE, family).monthly, at_month.monthly)


@pytest.mark.parametrize(
    ("policy", "price", "provisional"),
    [
        ("floor", "0.30", "floor"),
        ("ceiling", "0.62", "ceiling"),
        ("highest_price", "0.62", "highest_price"),
        (sourced(price="1.66"), "1.66", "fixed_price"),
    ],
)
def test_missing_data_gets_the_tariffs_own_price_provisionally(
    policy: Any, price: str, provisional: str
) -> None:
    """And the fee says that it is not the last word."""
    tariff = bands(("0", "0.30"), ("650", "0.48"), ("1150", "0.62"), missing_data=policy)
    fee = _fee(tariff, replace(_FAMILY, quotients=()))

    assert (price, provisional) == (str(fee.price), str(fee.provisional))
    assert _fee(tariff).provisional is None


def test_missing_data_is_still_modified() -> None:
    """A non-resident without a quotient pays a non-resident's highest price, a sibling its part."""
    modifiers = [
        sourced(
            kind="non_resident",
            grid=[{"from": "0", "to": "9", "price": "1"}, {"from": "9", "price": "4"}],
        ),
        sourced(kind="sibling", ranks=[{"rank": "2+", "percent": "50"}]),
    ]
    tariff = bands(("0", "0.30"), modifiers=modifiers, missing_data="highest_price")

    assert "2.00" == _price(tariff, quotients=(), resident=Verdict.NO, rank=2)


@pytest.mark.parametrize(
    ("words", "changes", "reason"),
    [
        ({}, {"quotients": ()}, Policy.RESOURCES_UNKNOWN),
        ({"missing_data": "review"}, {"quotients": ()}, Policy.RESOURCES_UNKNOWN),
        ({}, {"quotients": _quotients(_2026_09="0")}, Policy.QUOTIENT_ZERO),
        (
            {"modifiers": [sourced(kind="non_resident", factor="2")]},
            {"resident": Verdict.UNKNOWN},
            Policy.RESIDENCE_UNKNOWN,
        ),
        (
            {"modifiers": [sourced(kind="non_resident", no_price=True)]},
            {"resident": Verdict.NO},
            Policy.NON_RESIDENT,
        ),
        (
            {
                "modifiers": [
                    sourced(kind="surcharge", label="Ailleurs", amount="1", when="non_resident")
                ]
            },
            {"resident": Verdict.UNKNOWN},
            Policy.RESIDENCE_UNKNOWN,
        ),
        (
            {"modifiers": [sourced(kind="sibling", ranks=[{"rank": "2+", "percent": "5"}])]},
            {"rank": None},
            Policy.RANK_UNKNOWN,
        ),
        (
            {"modifiers": [sourced(kind="children", at_least=3, percent="5")]},
            {"children": None},
            Policy.CHILDREN_UNKNOWN,
        ),
        (
            {
                "evidence_profile": "tax",
                "measure": sourced(kind="income_of_reference_per_part"),
            },
            {"income_of_reference": Money(1), "parts_hundredths": 0},
            Policy.PARTS_ZERO,
        ),
    ],
)
def test_what_a_machine_must_not_price_goes_to_an_agent(
    words: dict[str, Any], changes: dict[str, Any], reason: Policy
) -> None:
    """Each by its name: nothing doubtful is silently priced."""
    assert reason is _reason(bands(("0", "0.30"), **words), **changes)


def test_a_hole_of_the_published_grid_goes_to_an_agent() -> None:
    """Roncq's non-residents between 800 and 860: no price was ever voted for them."""
    grid = [
        {"from": "0", "to": "800", "price": "1"},
        {"from": "800", "to": "860", "hole": "review"},
        {"from": "860", "price": "2"},
    ]
    tariff = local("bands", {"bounds": "lower_included", "grid": grid})

    assert Policy.NO_BAND is _reason(tariff, quotients=_quotients(_2026_09="830"))
    assert "2.00" == _price(tariff, quotients=_quotients(_2026_09="860"))


def test_a_quotient_of_zero_is_priced_where_the_tariff_says_so() -> None:
    """A list of policies of one's own, without it."""
    tariff = bands(("0", "0.30"), policies=["residence_unknown"])

    assert "0.30" == _price(tariff, quotients=_quotients(_2026_09="0"))


_AID = local(
    "award",
    {
        "bounds": "upper_included",
        "grid": [
            {"from": "0", "to": "500", "amount": "150"},
            {"from": "500", "to": "750", "amount": "50"},
            {"from": "750", "amount": "0"},
        ],
        "conditions": [
            sourced(kind="resident"),
            sourced(kind="children", at_least=2),
            sourced(kind="granted", name="assistante-maternelle", label="Emploie une assistante"),
        ],
    },
    unit="once",
)
_AIDED = replace(_FAMILY, granted=frozenset({"assistante-maternelle"}))


@pytest.mark.parametrize(
    ("quotient", "amount"), [("500", "150.00"), ("500.01", "50.00"), ("750", "50.00")]
)
def test_an_aid_is_awarded_by_band(quotient: str, amount: str) -> None:
    """Upper bounds included, as Illkirch's coupons."""
    fee = _fee(_AID, replace(_AIDED, quotients=_quotients(_2026_09=quotient)))

    assert amount == str(fee.price)
    assert ["condition"] * 3 == [step.step for step in fee.operations[:3]]


@pytest.mark.parametrize(
    ("changes", "ground"),
    [
        ({"quotients": _quotients(_2026_09="751")}, Ground.OUTSIDE_BANDS),
        ({"resident": Verdict.NO}, Ground.NOT_RESIDENT),
        ({"children": 1}, Ground.TOO_FEW_CHILDREN),
        (
            {"granted": frozenset(), "denied": frozenset({"assistante-maternelle"})},
            Ground.CONDITION_UNMET,
        ),
    ],
)
def test_an_aid_is_refused_on_a_named_ground(changes: dict[str, Any], ground: Ground) -> None:
    """By the tariff's own conditions, each of which somebody certified."""
    outcome = decide(replace(_AIDED, **changes), _AID, ON)

    assert isinstance(outcome, NotAwarded)
    assert ground is outcome.ground


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"resident": Verdict.UNKNOWN}, Policy.RESIDENCE_UNKNOWN),
        ({"children": None}, Policy.CHILDREN_UNKNOWN),
        ({"granted": frozenset()}, Policy.CONDITION_UNCHECKED),
        ({"quotients": ()}, Policy.RESOURCES_UNKNOWN),
    ],
)
def test_an_aid_is_never_refused_for_want_of_knowing(
    changes: dict[str, Any], reason: Policy
) -> None:
    """What nobody checked goes to an agent."""
    outcome = decide(replace(_AIDED, **changes), _AID, ON)

    assert isinstance(outcome, NoFee)
    assert reason is outcome.reason


def test_a_tariff_prices_only_its_own_kind_of_situation() -> None:
    """The PSU does not price a quotient, nor a local tariff the PSU's figures."""
    with pytest.raises(TariffError, match="suit la méthode psu"):
        decide(_FAMILY, load_national_scale().in_force(ON), ON)


@pytest.mark.parametrize(
    "changes",
    [
        {"rank": 0},
        {"children": -1},
        {"parts_hundredths": -50},
        {"quotients": _quotients(_2026_09="-1")},
        {"quotients": (*_FAMILY.quotients, *_FAMILY.quotients)},
    ],
)
def test_an_impossible_situation_is_refused(changes: dict[str, Any]) -> None:
    """Counts and quotients that no family can have never reach a price."""
    with pytest.raises(ValueError, match=r"rank|negative|quotient"):
        replace(_FAMILY, **changes)
