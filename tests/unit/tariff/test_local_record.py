"""The record of a decision under a local tariff: what it rested on, and the way back to it."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from services.tariff.engine.decide import decide
from services.tariff.engine.household import LocalSituation, Quotient, Regime
from services.tariff.engine.needs import needs
from services.tariff.engine.record import (
    Declared,
    DeclaredSource,
    decision_record,
    replay,
    told_month,
    told_price,
)
from services.tariff.engine.situation import Contract, Situation
from services.tariff.language.local import LocalTariff
from services.tariff.language.words import Unit
from shared.application import CareType
from shared.canonical import canonical_json
from shared.decisions import Verdict
from shared.errors import TariffError
from shared.evidence import QF_SOURCE
from shared.money import Money
from shared.provenance import Provenance
from tests.local_tariffs import ON, bands, local, sourced

_SAID = Declared(DeclaredSource.APPLICATION, datetime(2026, 9, 1, 8, 0, tzinfo=UTC))
_CERTIFIED = Provenance(
    source=QF_SOURCE, fetched_at=datetime(2026, 9, 2, 8, 0, tzinfo=UTC), http_status=200
)
_FAMILY = LocalSituation(
    quotients=(Quotient("2026-09", Money.parse("700")), Quotient("2026-08", Money.parse("600"))),
    income_of_reference=Money.parse("24000"),
    parts_hundredths=250,
    annual_resources=Money.parse("26000"),
    children=3,
    aeeh_children=1,
    resident=Verdict.NO,
    rank=2,
    regime=Regime.MSA,
    granted=frozenset({"agents", "inconnue"}),
    contract=Contract(Decimal("885.5"), 7),
)
_MODIFIERS = [
    sourced(kind="non_resident", factor="2"),
    sourced(kind="sibling", ranks=[{"rank": "2+", "percent": "25"}]),
    sourced(kind="children", at_least=3, percent="10"),
    sourced(kind="reduction", name="agents", percent="50", min="0.20"),
    sourced(kind="other_fund", price="3.14"),
    sourced(kind="surcharge", label="Majoration", percent="15", when="non_resident"),
]
_WHOLE = bands(("0", "0.30"), ("650", "0.48"), modifiers=_MODIFIERS, missing_data="ceiling")


def _record(tariff: LocalTariff, family: LocalSituation = _FAMILY) -> dict[str, Any]:
    return decision_record(
        family,
        decide(family, tariff, ON),
        tariff=tariff,
        on=ON,
        evidence=_CERTIFIED,
        application=_SAID,
        resources_year=2024,
    )


def _tariffs() -> Iterator[tuple[str, LocalTariff]]:
    yield "bands", _WHOLE
    points = [{"at": "0", "price": "1.50"}, {"at": "500", "price": "3.205"}]
    yield "linear", local("linear", {"points": points}, unit="hour")
    for kind in ("income_of_reference", "income_of_reference_per_part_month", "resources_year"):
        measure = sourced(kind=kind)
        rates = [{"children": "1", "rate": "1"}, {"children": "2+", "rate": "0.5"}]
        part = {"rates": rates, "price": {"max": "9"}}
        yield kind, local("effort_rate", part, measure=measure, evidence_profile="tax")
    yield "flat", local("flat", {"by": "rank", "prices": [{"of": "1+", "price": "3"}]}, unit="year")
    hole = [{"from": "0", "hole": "review"}]
    yield "hole", local("bands", {"bounds": "lower_included", "grid": hole})
    conditions = [sourced(kind="resident"), sourced(kind="disabled_child")]
    award = {"bounds": "lower_included", "grid": [{"from": "0", "amount": "9"}]}
    yield "refused", local("award", award | {"conditions": conditions}, unit="once")
    yield "awarded", local("award", award | {"conditions": conditions[1:]}, unit="once")


@pytest.mark.parametrize("name", [name for name, _ in _tariffs()])
@pytest.mark.parametrize("unknown", [False, True])
def test_a_record_is_replayed_byte_for_byte(name: str, *, unknown: bool) -> None:
    """Fees, aids, refusals and what goes to an agent alike, from what the record says alone."""
    tariff = dict(_tariffs())[name]
    family = replace(_FAMILY, quotients=(), income_of_reference=None) if unknown else _FAMILY
    written = canonical_json(_record(tariff, family))

    assert written == replay(json.loads(written), tariff)


def test_a_record_names_only_what_its_tariff_uses() -> None:
    """Neither the income nor the AEEH of a family whose price is by its quotient."""
    record = _record(bands(("0", "0.30"), ("650", "0.48"), unit="meal"))

    assert {"quotients", "monthly_units"} == set(record["inputs"])


def test_every_modifier_asks_for_what_it_needs() -> None:
    """And the record has it, under its own provenance."""
    inputs = _record(_WHOLE)["inputs"]

    assert {
        "quotients",
        "resident",
        "rank",
        "children",
        "granted",
        "regime",
        "units",
        "monthly_hours",
        "contract",
    } == needs(_WHOLE)
    assert ["agents"] == inputs["granted"]["value"]  # no name that the tariff does not know
    assert "certified" == inputs["children"]["provenance"]["kind"]
    assert "declared" == inputs["resident"]["provenance"]["kind"]


def test_parameters_say_what_was_applied_and_where_it_was_read() -> None:
    """In the order of the computation."""
    parameters = _record(_WHOLE)["parameters"]

    assert [
        "measure",
        "bands",
        "non_resident",
        "sibling",
        "children",
        "reduction",
        "surcharge",
        "rounding",
        "stage",
    ] == list(parameters)
    assert {
        "value": "2",
        "source": "page de la commune",
        "certainty": "published",
        "note": None,
    } == parameters["non_resident"]


def test_the_year_of_an_income_is_told_with_it() -> None:
    """A quotient has its month instead."""
    tariffs = dict(_tariffs())

    assert 2024 == _record(tariffs["resources_year"])["inputs"]["annual_resources_cents"]["year"]
    assert "year" not in _record(_WHOLE)["inputs"]["quotients"]


def test_a_fee_is_told_whatever_its_method() -> None:
    """Price, unit and month, for a letter that does not know the methods."""
    record = _record(_WHOLE)

    assert (Money(37), Unit.HALF_HOUR) == told_price(record)
    assert Money(37 * 253) == told_month(record)
    assert [32, 5] == [line["cents"] for line in record["fee"]["lines"]]


def test_no_fee_is_told_as_none() -> None:
    """With its reason, or the ground of a refused aid."""
    tariffs = dict(_tariffs())
    hole, refused = _record(tariffs["hole"]), _record(tariffs["refused"])

    assert (None, None) == (told_price(hole), told_month(hole))
    assert {"reason": "no_band"} == hole["no_fee"]
    assert {"ground": "not_resident"} == refused["not_awarded"]


def test_a_provisional_fee_says_so() -> None:
    """In its own key, with the policy that set it."""
    record = _record(_WHOLE, replace(_FAMILY, quotients=()))

    assert "ceiling" == record["fee"]["provisional"]
    assert _record(_WHOLE)["fee"]["provisional"] is None


def test_a_situation_of_another_kind_is_refused() -> None:
    """The PSU's figures make no record of a local tariff."""
    psu = Situation(
        care_type=CareType.COLLECTIF, children=1, aeeh_children=0, annual_resources=Money(0)
    )
    outcome = decide(_FAMILY, _WHOLE, ON)

    with pytest.raises(TariffError, match="ne s'applique pas"):
        decision_record(psu, outcome, tariff=_WHOLE, on=ON, evidence=_SAID, application=_SAID)
