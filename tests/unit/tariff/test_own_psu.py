"""A structure's own PSU tariff: its ceiling, its surcharge, and what it does without resources."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from services.tariff.engine.decide import decide
from services.tariff.engine.fee import Fee, NoFee
from services.tariff.engine.record import Declared, DeclaredSource, decision_record, replay
from services.tariff.engine.situation import Situation
from services.tariff.language.national import load_national_scale
from services.tariff.language.policies import OF_PROFILE, Policy
from services.tariff.language.psu import PsuTariff
from services.tariff.language.words import Profile
from shared.application import CareType
from shared.canonical import canonical_json
from shared.decisions import Verdict
from shared.money import Money
from tests.local_tariffs import sourced

_ON = date(2026, 1, 15)
_SAID = Declared(DeclaredSource.APPLICATION, datetime(2026, 1, 2, tzinfo=UTC))
_RICH = Situation(
    care_type=CareType.COLLECTIF,
    children=1,
    aeeh_children=0,
    annual_resources=Money.parse("120000"),
    monthly_hours=Decimal("100.00"),
)
_UNKNOWN = replace(_RICH, annual_resources=None)
_AWAY = sourced(
    kind="surcharge", label="Majoration hors commune", percent="15", when="non_resident"
)


def _own(**words: Any) -> PsuTariff:
    content = load_national_scale().in_force(_ON).content
    return PsuTariff.model_validate(content | {"id": "psu-essai"} | words)


def _fee(situation: Situation, tariff: PsuTariff) -> Fee:
    fee = decide(situation, tariff, _ON)
    assert isinstance(fee, Fee), fee
    return fee


def _record(situation: Situation, tariff: PsuTariff) -> dict[str, Any]:
    return decision_record(
        situation,
        decide(situation, tariff, _ON),
        tariff=tariff,
        on=_ON,
        evidence=_SAID,
        application=_SAID,
    )


def test_a_local_ceiling_goes_on_applying_the_rate() -> None:
    """10 000 € a month: 5.26 € under the national ceiling, 5.88 € under one of 9 500 €."""
    own = _own(local_ceiling=sourced(value="9500.00"))

    assert (Money(526), Money(588)) == (_fee(_RICH, _own()).hourly, _fee(_RICH, own).hourly)
    parameters = _record(_RICH, own)["parameters"]
    assert ("9500.00", "8500.00") == (
        parameters["ceiling"]["value"],
        parameters["national_ceiling"]["value"],
    )


@pytest.mark.parametrize("ceiling", ["8500.00", "6860.00"])
def test_a_local_ceiling_is_above_the_national_one(ceiling: str) -> None:
    """Since 2024 a lower one is not allowed."""
    with pytest.raises(ValidationError, match=r"dépasse le plafond national, 8500\.00"):
        _own(local_ceiling=sourced(value=ceiling))


def test_a_surcharge_is_a_line_of_its_own() -> None:
    """15 % of 5.26 € is 0.79 €, on the price and on each hour of the month."""
    fee = _fee(replace(_RICH, resident=Verdict.NO), _own(surcharge=_AWAY))

    assert [("Participation familiale", 526), ("Majoration hors commune", 79)] == [
        (line.label, line.amount.cents) for line in fee.lines
    ]
    assert (Money(605), Money(60500)) == (fee.hourly, fee.monthly)


def test_a_resident_owes_no_surcharge() -> None:
    """And the fee is told in one line, as the national scale's."""
    fee = _fee(replace(_RICH, resident=Verdict.YES), _own(surcharge=_AWAY))

    assert ((), Money(526)) == (fee.lines, fee.hourly)


def test_an_unknown_residence_goes_to_an_agent_only_where_it_counts() -> None:
    """A mismatch of addresses is unknown, never no."""
    outcome = decide(_RICH, _own(surcharge=_AWAY), _ON)

    assert NoFee(Policy.RESIDENCE_UNKNOWN) == outcome
    assert isinstance(decide(_RICH, _own(), _ON), Fee)


@pytest.mark.parametrize(
    ("policy", "hourly", "provisional"),
    [
        ("floor", 50, "floor"),
        ("ceiling", 526, "ceiling"),
        ("highest_price", 526, "highest_price"),
        (sourced(price="1.66"), 166, "fixed_price"),
    ],
)
def test_unknown_resources_get_the_tariffs_own_price(
    policy: Any, hourly: int, provisional: str
) -> None:
    """Provisionally, and the record says so."""
    fee = _fee(_UNKNOWN, _own(missing_data=policy))

    assert (Money(hourly), Money(hourly * 100)) == (fee.hourly, fee.monthly)
    assert provisional == _record(_UNKNOWN, _own(missing_data=policy))["fee"]["provisional"]


@pytest.mark.parametrize("words", [{}, {"missing_data": "review"}])
def test_unknown_resources_go_to_an_agent_otherwise(words: dict[str, str]) -> None:
    """Nothing is supposed of a family's income."""
    assert NoFee(Policy.RESOURCES_UNKNOWN) == decide(_UNKNOWN, _own(**words), _ON)


@pytest.mark.parametrize("situation", [_RICH, _UNKNOWN, replace(_RICH, resident=Verdict.NO)])
@pytest.mark.parametrize(
    "words",
    [
        {"surcharge": _AWAY},
        {"missing_data": "ceiling"},
        {"missing_data": sourced(price="1.66")},
        {"local_ceiling": sourced(value="9500.00"), "policies": ["aeeh"]},
    ],
)
def test_a_record_is_replayed_byte_for_byte(situation: Situation, words: dict[str, Any]) -> None:
    """Whatever the structure added."""
    tariff = _own(**words)
    written = canonical_json(_record(situation, tariff))

    assert written == replay(json.loads(written), tariff)


def test_what_goes_to_an_agent_is_the_profiles_unless_the_tariff_says_it() -> None:
    """A list of one's own stands in its place."""
    assert OF_PROFILE[Profile.EAJE] == _own().for_an_agent
    assert {Policy.AEEH} == _own(policies=["aeeh"]).for_an_agent


def test_a_tariff_that_uses_no_new_word_keeps_its_digest() -> None:
    """And one that uses it has another."""
    national = load_national_scale().in_force(_ON)
    digests = {
        PsuTariff.model_validate(national.content | words).digest
        for words in ({}, {"missing_data": "floor"}, {"policies": ["aeeh"]})
    }

    assert national.digest in digests
    assert 3 == len(digests)
