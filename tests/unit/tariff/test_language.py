"""What the language of local tariffs refuses, where it says so, and the remedy that it gives."""

import re
from typing import Any

import pytest
from pydantic import ValidationError

from services.tariff.language.local import KINDS
from services.tariff.language.policies import (
    GROUNDS,
    OF_PROFILE,
    SENTENCES,
    Ground,
    Policy,
)
from services.tariff.language.published import Published, read_published, refuse_publication
from services.tariff.language.reading import read_tariff
from services.tariff.language.tariff import Tariff
from services.tariff.language.words import Method, Profile
from shared.errors import TariffError
from tests.local_tariffs import QUOTIENT, bands, local, sourced

_TEXT = """\
id: essai
title: "Garderie"
authority: essai
version: "2026-01-01"
valid_from: 2026-01-01
valid_to: null
review_by: 2027-01-01
legal_basis: "délibération"
evidence_profile: qf
method: bands
unit: half_hour
measure: { kind: quotient_familial, month: current, source: "page" }
rounding: { mode: half-up, stage: unit, source: "page" }
bands:
  bounds: lower_included
  source: "page"
  grid:
    - { from: "0", to: "400", price: "0.29" }
    - { from: "400", to: "600", price: "0.71" }
    - { from: "600", to: "860", hole: review }
    - { from: "860", price: "2.10" }
modifiers:
  - { kind: non_resident, factor: "2", source: "page" }
  - kind: sibling
    ranks: [{ rank: "2", percent: "25" }, { rank: "3+", percent: "50" }]
    source: "page"
  - { kind: reduction, name: agents, percent: "50", min: "21.00", source: "page" }
  - { kind: surcharge, label: "Goûter", percent: "15", when: always, source: "page" }
missing_data: highest_price
policies: [quotient_zero]
"""
_MORE_MODIFIER = '- { kind: non_resident, add: "1", source: "page" }'


@pytest.mark.parametrize(
    ("said", "instead", "place", "remedy"),
    [
        ('to: "600"', 'to: "610"', "bands.grid.2", 'chevauchement .* from: "610"'),
        ('to: "600"', 'to: "590"', "bands.grid.2", 'trou .* from: "590"'),
        ('to: "600"', 'to: "400"', "bands.grid.1", "personne ne peut être dans cette tranche"),
        ('from: "0"', 'from: "1"', "bands.grid.0", 'from: "0"'),
        ('"860", price', '"860", to: "999", price', "bands.grid.3", "retirez-le"),
        (', to: "400"', "", "bands.grid.1", "celle d'avant n'a pas de « to »"),
        ('price: "0.29"', "price: 0.29", "bands.grid.0.price", "guillemets"),
        ('price: "0.29"', 'price: "0,29"', "bands.grid.0.price", '"1.50"'),
        ('price: "0.29"', 'price: "-1"', "bands.grid.0.price", "sans signe"),
        ('price: "0.29"', 'price: "1", hole: review', "bands.grid.0", "trou assumé"),
        (', price: "0.29"', "", "bands.grid.0", "trou assumé"),
        ("lower_included", "lower", "bands.bounds", "upper_included"),
        ("lower_included", "both_included", "bands.grid.1", 'from: "401"'),
        ('factor: "2"', 'factor: "2", add: "1"', "modifiers.0", "une seule chose"),
        (', factor: "2"', "", "modifiers.0", "une seule chose"),
        ('rank: "2", p', 'rank: "4", p', "modifiers.1.ranks.1", "5 est attendu"),
        ('rank: "3+"', 'rank: "3"', "modifiers.1.ranks.1", r'"4\+"'),
        ('percent: "25"', 'percent: "101"', "modifiers.1.ranks.0.percent", '"100"'),
        ("kind: reduction", "kind: rebate", "modifiers.2", "non_resident, sibling"),
        ('label: "Goûter", ', "", "modifiers.3.label", "manque"),
        ('percent: "15"', 'percent: "15", amount: "1"', "modifiers.3", "amount"),
        ("- kind: sibling", f"{_MORE_MODIFIER}\n  - kind: sibling", "modifiers.1", "deux fois"),
        ("highest_price", "the_moon", "missing_data", "floor, ceiling"),
        ("highest_price", '{ price: "1.66" }', "missing_data.source", "source est due"),
        ("[quotient_zero]", "[zero]", "policies.0", "quotient_zero"),
        ("stage: unit", "stage: hour", "rounding.stage", "unit"),
        ("month: current, ", "", "measure", "lowest_of_3"),
        ("month: current", 'month: "2026-13"', "measure.month", "tariff-language.md"),
        ("quotient_familial, month: current", "none", "measure.kind", "dites par quoi"),
        ("quotient_familial, month: current", "resources_year", "measure.kind", "eaje ou tax"),
        ("evidence_profile: qf", "evidence_profile: caf", "evidence_profile", "eaje, qf, tax"),
        ("unit: half_hour", "unit: minute", "unit", "quarter_hour"),
        ("method: bands", "method: band", "method", "effort_rate"),
        ("valid_to: null", "valid_to: never", "valid_to", "2026-09-01"),
        ("unit: half_hour\n", "", "unit", "manque"),
        ("legal_basis", "motto: x\nlegal_basis", "motto", "langue des barèmes"),
        ("modifiers:", "flat: {}\nmodifiers:", "flat", "langue des barèmes"),
        ('title: "Garderie"', 'title: "G"', "title", "trop court"),
    ],
)
def test_a_fault_is_refused_with_its_place_and_remedy(
    said: str, instead: str, place: str, remedy: str
) -> None:
    """In French, in the words of the file, at the line where it stands."""
    assert said in _TEXT
    text = _TEXT.replace(said, instead, 1)

    with pytest.raises(TariffError) as refused:
        read_tariff(text, file="essai.yaml")

    assert re.search(
        rf"^essai\.yaml, ligne \d+, {re.escape(place)} : .*{remedy}",
        str(refused.value),
        re.MULTILINE,
    ), refused.value
    assert "Input" not in str(refused.value)


def test_the_line_is_the_one_of_the_band() -> None:
    """Not that of the grid: whoever mends the file is sent to the right one of its bands."""
    text = _TEXT.replace('to: "600"', 'to: "590"')
    line = 1 + text[: text.index("hole: review")].count("\n")

    with pytest.raises(TariffError, match=rf"ligne {line}, bands\.grid\.2 :"):
        read_tariff(text, file="essai.yaml")


@pytest.mark.parametrize("digits", ["0.5", "12.345678"])
def test_a_price_may_have_more_decimals_than_cents(digits: str) -> None:
    """A town printed 3.205: rounding says what becomes of it."""
    tariff = read_tariff(_TEXT.replace('"0.29"', f'"{digits}"'), file="essai.yaml")

    assert digits == tariff.content["bands"]["grid"][0]["price"]


_POINT = {"at": "0", "price": "1"}
_AWAY_GRID = sourced(kind="non_resident", grid=[{"from": "0", "price": "1"}])


@pytest.mark.parametrize(
    ("method", "part", "words", "remedy"),
    [
        ("linear", {"points": [_POINT]}, {}, "at least 2"),
        ("linear", {"points": [_POINT, {"at": "0", "price": "2"}]}, {}, "vont en montant"),
        ("linear", {"points": [_POINT, {"at": "9", "price": "0.5"}]}, {}, "ne baisse jamais"),
        (
            "linear",
            {"points": [_POINT, {"at": "9", "price": "2"}]},
            {"modifiers": [_AWAY_GRID]},
            "va avec la méthode bands",
        ),
        ("effort_rate", {}, {}, "rate"),
        ("effort_rate", {"rate": "1", "rates": [{"children": "1+", "rate": "1"}]}, {}, "rates"),
        ("effort_rate", {"rates": [{"children": "2+", "rate": "1"}]}, {}, "1 est attendu"),
        ("effort_rate", {"rate": "1", "price": {"min": "2", "max": "1"}}, {}, "au plus égal"),
        ("effort_rate", {"rate": "1"}, {"missing_data": "ceiling"}, "« max »"),
        ("effort_rate", {"rate": "1", "price": {"max": "9"}}, {"missing_data": "floor"}, "« min »"),
        ("flat", {}, {}, "prices"),
        ("flat", {"price": "1", "by": "rank"}, {}, "prices"),
        ("flat", {"by": "rank", "prices": [{"of": "1", "price": "1"}]}, {}, "ouverte"),
        ("flat", {"price": "1"}, {"measure": QUOTIENT}, "none"),
        (
            "award",
            {"bounds": "lower_included", "grid": [{"from": "0", "amount": "1"}]},
            {"missing_data": "floor"},
            "review",
        ),
        (
            "award",
            {"bounds": "lower_included", "grid": [{"from": "0", "amount": "1"}]},
            {"modifiers": [sourced(kind="non_resident", factor="2")]},
            "une aide n'en a pas",
        ),
        (
            "bands",
            {"bounds": "both_included", "grid": [{"from": "0", "price": "1"}]},
            {},
            "cut: euro",
        ),
    ],
)
def test_what_a_method_cannot_say_is_refused(
    method: str, part: dict[str, Any], words: dict[str, Any], remedy: str
) -> None:
    """Each with what to write instead."""
    with pytest.raises(ValidationError, match=remedy):
        local(method, part, **words)


def test_a_band_without_a_whole_euro_is_unreachable_when_cents_are_cut() -> None:
    """Nobody has a whole quotient between 1900.01 and 1900.99."""
    cut = QUOTIENT | {"cut": "euro"}

    with pytest.raises(ValidationError, match="aucun euro entier"):
        bands(("0", "1"), ("1900.01", "2"), ("1900.99", "3"), measure=cut)
    assert bands(("0", "1"), ("1900", "2"), ("1901", "3"), measure=cut)


def test_whole_bounds_are_asked_for_whole_euros() -> None:
    """0-399.50 is no band of whole euros."""
    grid = [{"from": "0", "to": "399.50", "price": "1"}, {"from": "400.50", "price": "2"}]

    with pytest.raises(ValidationError, match="euros entiers"):
        local(
            "bands",
            {"bounds": "both_included", "grid": grid},
            measure=QUOTIENT | {"cut": "euro"},
        )


def test_non_residents_grid_is_held_to_the_same_rules() -> None:
    """A hole of theirs is said too."""
    grid = [{"from": "0", "to": "800", "price": "1"}, {"from": "860", "price": "2"}]

    with pytest.raises(ValidationError, match="trou"):
        bands(("0", "1"), modifiers=[sourced(kind="non_resident", grid=grid)])


def test_every_policy_and_every_ground_has_its_sentence() -> None:
    """Plain French, that ends as a sentence does."""
    assert (list(Policy), list(Ground)) == (list(SENTENCES), list(GROUNDS))
    assert all(text[0].isupper() and text[-1] == "." for text in SENTENCES.values())


def test_every_profile_has_its_policies() -> None:
    """Health data is the EAJE's alone, a quotient of zero the QF's, parts the tax office's."""
    assert list(Profile) == list(OF_PROFILE)
    alone = {policy: [p for p in Profile if policy in OF_PROFILE[p]] for policy in Policy}
    assert ([Profile.EAJE], [Profile.QF], [Profile.TAX]) == (
        alone[Policy.AEEH],
        alone[Policy.QUOTIENT_ZERO],
        alone[Policy.PARTS_ZERO],
    )


def test_every_method_has_its_model() -> None:
    """And none is left out."""
    assert list(Method) == list(KINDS)


def test_what_a_tariff_says_is_read_back_from_its_content() -> None:
    """The same digest, whatever it uses."""
    tariff = read_tariff(_TEXT, file="essai.yaml")

    assert tariff.digest == type(tariff).model_validate(tariff.content).digest


def _published(tariff: Tariff, text: str = _TEXT) -> Published:
    return Published(tariff.id, tariff.version, text, tariff.digest)


def test_a_published_text_says_what_was_published() -> None:
    """One that says anything else is refused: it would price families unseen."""
    tariff = read_tariff(_TEXT, file="essai.yaml")

    assert tariff == read_published(_published(tariff))
    with pytest.raises(TariffError, match="n'est pas celui qui fut publié"):
        read_published(_published(tariff, _TEXT.replace("0.29", "0.28")))


def test_a_correction_has_the_next_free_name() -> None:
    """After those that there are."""
    tariff = read_tariff(_TEXT, file="essai.yaml")
    corrected = tariff.model_copy(update={"version": "2026-01-01.1"})
    other = tariff.model_copy(update={"title": "Autre"})

    with pytest.raises(TariffError, match=r"s'appelle 2026-01-01\.2\."):
        refuse_publication(other, [tariff, corrected])
    refuse_publication(corrected, [tariff])


def test_a_list_that_is_too_short_says_how_many_lines_it_needs() -> None:
    """A line needs two points, a grid one band."""
    text = _TEXT[: _TEXT.index("    - { from")] + _TEXT[_TEXT.index("modifiers:") :]
    text = text.replace("  grid:\n", "  grid: []\n")

    with pytest.raises(TariffError, match=r"bands\.grid : il manque des lignes : 1 au moins"):
        read_tariff(text, file="essai.yaml")
