"""Pricing under local tariffs: quotients, tax households and aids, to a record or to a person."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from services.tariff.content import Around, content_of
from services.tariff.engine.record import replay
from services.tariff.language.local import LocalTariff
from services.tariff.language.scale import Scale
from services.tariff.pricing import Doubtful, Priced, price
from services.tariff.settling import Settled
from shared.application import Application, Fund, LocalCare
from shared.canonical import canonical_json
from shared.decisions import DecisionKind, DecisionMode
from shared.evidence import EajeFacts, Facts, FamilyFund, Month, QfFacts
from shared.states import Reason
from tests.local_tariffs import bands, local, sourced
from tests.tariff_cases import RECEIVED_AT, case, qf, tax, terms, with_care

_ON = date(2026, 9, 1)
_GRID = (("0", "0.29"), ("400", "0.52"), ("1000", "0.80"))
_GARDERIE = bands(*_GRID)
_AWAY = {"kind": "non_resident", "factor": "2", "source": "page de la commune"}
_SIBLING = {
    "kind": "sibling",
    "ranks": [{"rank": "2+", "percent": "25"}],
    "source": "page de la commune",
}
_FIXED_MONTH = {"kind": "quotient_familial", "month": "2026-01", "source": "page de la commune"}
_AID = local(
    "award",
    {
        "bounds": "lower_included",
        "grid": [{"from": "0", "to": "900", "amount": "2400"}, {"from": "900", "amount": "0"}],
    },
    unit="year",
)


def _price(
    application: Application,
    facts: Facts,
    tariff: LocalTariff,
    rules: dict[str, Any] | None = None,
    **care: Any,
) -> Priced | Doubtful:
    wanted = with_care(
        application,
        **{
            "type": LocalCare.PERISCOLAIRE,
            "contract_hours": None,
            "instalments": None,
            "units_a_month": 16,
            **care,
        },
    )
    asked = case(wanted, facts, scheme=terms(**(rules or {})), scale=Scale((tariff,)))
    return price(asked, _ON)


def _amounts(priced: Priced | Doubtful) -> tuple[int | None, int | None]:
    assert isinstance(priced, Priced)
    return priced.decided.price_cents, priced.decided.monthly_cents


@pytest.mark.parametrize(
    ("euros", "amounts"),
    [(399, (29, 464)), (400, (52, 832)), (999, (52, 832)), (1_000, (80, 1_280))],
)
def test_a_quotient_sets_the_price_of_its_band(
    application: Application, euros: int, amounts: tuple[int, int]
) -> None:
    """Sixteen half hours a month."""
    assert amounts == _amounts(_price(application, qf(euros), _GARDERIE))


def test_hours_of_a_contract_are_units_too(application: Application) -> None:
    """Where the price is by the half hour: 20 hours a month are 40 of them."""
    priced = _price(
        application,
        qf(700),
        _GARDERIE,
        units_a_month=None,
        contract_hours=Decimal("200.00"),
        instalments=10,
    )

    assert (52, 2_080) == _amounts(priced)


def test_care_whose_amount_is_not_known_has_a_price_and_no_month(
    application: Application,
) -> None:
    """The family is told the price of a unit."""
    assert (52, None) == _amounts(_price(application, qf(700), _GARDERIE, units_a_month=None))


@pytest.mark.parametrize("euros", [0, 700])
def test_what_is_decided_replays_and_is_explained(application: Application, euros: int) -> None:
    """From the sealed record alone."""
    tariff = bands(*_GRID, policies=["child_not_listed"])
    priced = _price(application, qf(euros), tariff)
    assert isinstance(priced, Priced)
    assert priced.record is not None

    assert canonical_json(dict(priced.record)) == replay(priced.record, tariff)
    around = Around(
        reference="7K3F-9QXM-2WT3",
        application=application,
        terms=terms(),
        author=None,
        decided_at=RECEIVED_AT,
        received_at=RECEIVED_AT,
        structure=None,
        campaign=None,
    )
    sealed = content_of(Settled(priced=priced), around, mode=DecisionMode.AUTOMATIC)
    assert "quotient familial" in sealed.decode().casefold()


@pytest.mark.parametrize(
    ("facts", "tariff", "reason"),
    [
        (qf(0), _GARDERIE, Reason.QUOTIENT_ZERO),
        (qf(None), _GARDERIE, Reason.FIGURE_MISSING),
        (qf(700, child_listed=False), _GARDERIE, Reason.CHILD_NOT_LISTED),
        (tax(), _GARDERIE, Reason.EVIDENCE_UNFIT),
        (qf(700), bands(*_GRID, modifiers=[_AWAY]), Reason.RESIDENCE_TO_CHECK),
        (qf(700), bands(*_GRID, modifiers=[_SIBLING]), Reason.FIGURE_MISSING),
    ],
)
def test_what_a_price_depends_on_and_nobody_knows_goes_to_a_person(
    application: Application, facts: Facts, tariff: LocalTariff, reason: Reason
) -> None:
    """Each by its reason."""
    assert Doubtful(reason) == _price(application, facts, tariff)


def test_a_quotient_of_nothing_may_be_a_quotient(application: Application) -> None:
    """Where the tariff does not send it to an agent."""
    tariff = bands(*_GRID, policies=["child_not_listed"])

    assert (29, 464) == _amounts(_price(application, qf(0), tariff))


def test_a_fee_for_want_of_a_figure_is_provisional(application: Application) -> None:
    """At the highest price, as the tariff says; it stands until the figure comes."""
    priced = _price(application, qf(None), bands(*_GRID, missing_data="highest_price"))

    assert (80, 1_280) == _amounts(priced)
    assert isinstance(priced, Priced)
    assert (DecisionKind.PROVISIONAL, "resources_unknown", None) == (
        priced.kind,
        priced.ground,
        priced.waits_for,
    )


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        (qf(700, asked=Month(year=2026, month=1), answered=Month(year=2026, month=1)), None),
        (qf(700), Reason.QUOTIENT_OF_ANOTHER_MONTH),
        (
            qf(700, asked=Month(year=2026, month=1), answered=Month(year=2026, month=11)),
            Reason.QUOTIENT_OF_ANOTHER_MONTH,
        ),
    ],
)
def test_a_tariff_of_one_month_takes_no_other(
    application: Application, facts: QfFacts, reason: Reason | None
) -> None:
    """The MSA answers for the current month, whatever was asked."""
    found = _price(application, facts, bands(*_GRID, measure=_FIXED_MONTH))

    assert (found.reason if isinstance(found, Doubtful) else None) is reason


@pytest.mark.parametrize(
    ("commune", "rules", "amounts"),
    [
        ("13004", {"communes": ["13004"]}, (52, 832)),
        ("13108", {"communes": ["13004"]}, (104, 1_664)),
    ],
)
def test_who_lives_elsewhere_pays_the_price_of_it_and_waits_for_nobody(
    application: Application, commune: str, rules: dict[str, Any], amounts: tuple[int, int]
) -> None:
    """A tariff that has a price for non-residents does not ask an agent about each."""
    address = application.address.model_copy(update={"commune": commune})
    family = application.model_copy(update={"address": address})
    found = _price(family, qf(700, address_city="ARLES"), bands(*_GRID, modifiers=[_AWAY]), rules)

    assert amounts == _amounts(found)
    assert isinstance(found, Priced)
    assert found.waits_for is None


def test_a_second_child_pays_less(application: Application) -> None:
    """As its family declares its rank."""
    tariff = bands(*_GRID, modifiers=[_SIBLING])

    assert (39, 624) == _amounts(_price(application, qf(700), tariff, rank=2))
    assert (52, 832) == _amounts(_price(application, qf(700), tariff, rank=1))


@pytest.mark.parametrize(
    ("certified", "declared", "amounts"),
    [
        (None, Fund.OTHER, (314, 5_024)),
        (None, Fund.MSA, (52, 832)),
        (FamilyFund.CNAF, Fund.OTHER, (52, 832)),
    ],
)
def test_a_certified_fund_counts_before_a_declared_one(
    application: Application,
    certified: FamilyFund | None,
    declared: Fund,
    amounts: tuple[int, int],
) -> None:
    """Outside the CAF and the MSA there may be a price of its own."""
    outside = {"kind": "other_fund", "price": "3.14", "source": "page de la commune"}
    family = application.model_copy(update={"fund": declared})
    found = _price(family, qf(700, fund=certified), bands(*_GRID, modifiers=[outside]))

    assert amounts == _amounts(found)


def test_a_tax_household_is_measured_by_its_parts(application: Application) -> None:
    """30 000 € and 2.5 parts: 12 000 € a part, in the second band."""
    tariff = bands(
        ("0", "10.00"),
        ("12000", "21.00"),
        evidence_profile="tax",
        measure=sourced(kind="income_of_reference_per_part"),
        unit="month",
    )

    assert (2_100, 2_100) == _amounts(_price(application, tax(), tariff, units_a_month=None))
    assert Doubtful(Reason.FIGURE_MISSING) == _price(
        application, tax(parts_hundredths=None), tariff
    )


@pytest.mark.parametrize(
    ("euros", "kind", "ground"),
    [
        (899, DecisionKind.AWARDED, None),
        (900, DecisionKind.NOT_AWARDED, "outside_bands"),
    ],
)
def test_an_aid_is_awarded_or_refused_by_its_bands(
    application: Application, euros: int, kind: DecisionKind, ground: str | None
) -> None:
    """With the operations that led there, in both cases."""
    found = _price(application, qf(euros), _AID, {"kind": "aid"}, type=LocalCare.AIDE)

    assert isinstance(found, Priced)
    assert (kind, ground, True) == (found.kind, found.ground, found.record is not None)


def test_local_tariffs_may_rest_on_certified_resources(
    application: Application, facts: EajeFacts
) -> None:
    """48 000 € a year are 4 000 € a month; their disabled children are nobody's business here."""
    tariff = bands(
        ("0", "1.00"),
        ("4000", "2.00"),
        evidence_profile="eaje",
        measure=sourced(kind="resources_month"),
    )
    counted = facts.model_copy(update={"aeeh_children": 1})
    found = _price(application, counted, tariff)

    assert (200, 3_200) == _amounts(found)
    assert isinstance(found, Priced)
    assert found.waits_for is None
