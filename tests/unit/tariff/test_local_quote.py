"""`berceau tariff quote` and `show` by every method: a figure, why, or who must look."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from services.command.tariff.commands import app

_HEAD = """\
id: essai
title: "Garderie du soir"
authority: essai
version: "2026-01-01"
valid_from: 2026-01-01
valid_to: 2026-12-31
review_by: 2030-01-01
legal_basis: "délibération d'essai"
evidence_profile: {profile}
rounding: {{ mode: half-up, stage: unit, source: "page" }}
unit: {unit}
method: {method}
"""
_QF = 'measure: { kind: quotient_familial, month: current, source: "page" }\n'
_GRID = 'grid: [{ from: "0", to: "650", price: "0.30" }, { from: "650", price: "0.48" }]'
_BANDS = f'bands: {{ bounds: lower_included, source: "page", {_GRID} }}\n'
_AWAY = '- { kind: non_resident, factor: "2", source: "page" }\n'
_CUT = '- { kind: reduction, name: agents, percent: "50", source: "page" }\n'
_MORE = """\
- { kind: surcharge, label: "Goûter", amount: "0.50", when: always, source: "page" }
"""
_POINTS = 'points: [{ at: "0", price: "1.50" }, { at: "500", price: "3.205" }]'


def _tariff(method: str, rest: str, *, unit: str = "half_hour", profile: str = "qf") -> str:
    return _HEAD.format(method=method, unit=unit, profile=profile) + rest


_TARIFFS = {
    "bands": _tariff("bands", _QF + _BANDS),
    "modified": _tariff("bands", _QF + _BANDS + "modifiers:\n" + _AWAY + _CUT + _MORE),
    "linear": _tariff("linear", f'{_QF}linear: {{ {_POINTS}, source: "page" }}\n', unit="meal"),
    "effort_rate": _tariff(
        "effort_rate",
        'measure: { kind: income_of_reference_per_part_month, source: "page" }\n'
        'effort_rate: { rate: "0.5", price: { min: "1.20", max: "6" }, source: "page" }\n',
        unit="day",
        profile="tax",
    ),
    "flat": _tariff("flat", 'flat: { price: "21", source: "page" }\n', unit="year"),
    "award": _tariff(
        "award",
        f'{_QF}award: {{ bounds: upper_included, source: "page", grid: [{{ from: "0", to: "600", '
        'amount: "150" }, { from: "600", amount: "0" }] }\n',
        unit="once",
    ),
}


@pytest.fixture
def quote(tmp_path: Path) -> Any:
    """A quote under one of these tariffs: the exit code and what is said."""

    def run(name: str, *words: str, verb: str = "quote") -> tuple[int, str]:
        file = tmp_path / f"{name}.yaml"
        file.write_text(_TARIFFS[name], "utf-8")
        on = ("--on", "2026-09-15")
        result = CliRunner(env={"COLUMNS": "300", "NO_COLOR": "1"}).invoke(
            app, [verb, "--tariff", str(file), *on, *words]
        )
        return result.exit_code, result.output

    return run


@pytest.mark.parametrize(
    ("name", "words", "figures"),
    [
        ("bands", ["--quotient-familial", "649.99"], ("half_hour", 30, None)),
        ("bands", ["--quotient-familial", "650", "--units", "40"], ("half_hour", 48, 1920)),
        (
            "bands",
            ["--quotient-familial", "650", "--hours-month", "20"],
            ("half_hour", 48, 1920),
        ),
        (
            "bands",
            ["--quotient-familial", "2026-08=700", "--quotient-familial", "2026-09=600"],
            ("half_hour", 30, None),
        ),
        ("modified", ["--quotient-familial", "650", "--resident"], ("half_hour", 98, None)),
        ("modified", ["--quotient-familial", "650", "--non-resident"], ("half_hour", 146, None)),
        (
            "modified",
            ["--quotient-familial", "650", "--resident", "--granted", "agents"],
            ("half_hour", 74, None),
        ),
        ("linear", ["--quotient-familial", "500", "--units", "16"], ("meal", 321, 5136)),
        ("effort_rate", ["--rfr", "24000", "--parts", "2.5"], ("day", 400, None)),
        ("flat", [], ("year", 2100, None)),
        ("award", ["--quotient-familial", "600"], ("once", 15000, None)),
    ],
)
def test_a_machine_reads_unit_and_cents(
    quote: Any, name: str, words: list[str], figures: tuple[str, int, int | None]
) -> None:
    """For every method, from a file."""
    code, said = quote(name, *words, "--json")
    assert 0 == code, said
    told = json.loads(said)

    assert figures == (told["unit"], told["price_cents"], told["monthly_cents"])
    assert told["price_cents"] == sum(line["cents"] for line in told["lines"])
    assert "2026-01-01" == told["scale"]["version"]


def test_a_person_reads_the_price_its_lines_and_why(quote: Any) -> None:
    """The figures first, then the explanation."""
    code, said = quote("modified", "--quotient-familial", "650", "--resident", "--units", "10")

    assert 0 == code
    assert "Prix pour une demi-heure   0,98\u00a0€" in said
    assert "dont Goûter" in said
    assert "Montant du mois            9,80\u00a0€" in said
    assert "donné pour cette simulation" in said


def test_an_agent_is_told_why_there_is_no_price(quote: Any) -> None:
    """With the options that would give one."""
    code, said = quote("modified", "--quotient-familial", "650")

    assert 0 == code
    assert "Aucun prix\u00a0: un agent examine" in said
    assert "--resident" in said
    told = json.loads(quote("modified", "--json")[1])
    assert "residence_unknown" == told["no_fee"]["reason"]


def test_a_refused_aid_says_its_ground(quote: Any) -> None:
    """In words, and in a word for a program."""
    words = ["--quotient-familial", "600.01"]

    assert "Aucune aide" in quote("award", *words)[1]
    told = json.loads(quote("award", *words, "--json")[1])
    assert "outside_bands" == told["not_awarded"]["ground"]


@pytest.mark.parametrize(
    ("name", "words", "option", "remedy"),
    [
        ("bands", ["--rank", "2"], "--rank", "ne l'utilise pas"),
        ("bands", ["--care", "collectif"], "--care", "ne l'utilise pas"),
        ("bands", ["--quotient-familial", "650 €"], "--quotient-familial", "2026-09=650"),
        ("bands", ["--quotient-familial", "2026-13=650"], "--quotient-familial", "2026-09=650"),
        ("bands", ["--quotient-familial", "-1"], "--quotient-familial", "650"),
        ("modified", ["--granted", "voisins"], "--granted", "agents"),
        ("effort_rate", ["--parts", "2,5"], "--parts", "2.5"),
        ("bands", ["--units", "x"], "--units", "16"),
        ("bands", ["--scale", "psu"], "--tariff", "l'un des deux"),
    ],
)
def test_bad_input_is_refused_with_its_option_and_remedy(
    quote: Any, name: str, words: list[str], option: str, remedy: str
) -> None:
    """Nothing that was typed is left aside without a word."""
    code, said = quote(name, *words)

    assert 2 == code
    assert option in said
    assert remedy in said


def test_a_day_outside_the_period_is_refused(tmp_path: Path) -> None:
    """A file is one period."""
    file = tmp_path / "essai.yaml"
    file.write_text(_TARIFFS["flat"], "utf-8")
    result = CliRunner(env={"COLUMNS": "300"}).invoke(
        app, ["quote", "--tariff", str(file), "--on", "2027-01-01"]
    )

    assert 2 == result.exit_code
    assert "n'est pas en vigueur le 2027-01-01" in result.output


@pytest.mark.parametrize("name", _TARIFFS)
def test_a_tariff_is_shown_as_a_person_reads_it(quote: Any, name: str) -> None:
    """Its title, period, rules with their sources, and what goes to an agent."""
    code, said = quote(name, verb="show")

    assert 0 == code
    assert said.startswith("Garderie du soir\n")
    assert "en vigueur du 1er janvier 2026 au 31 décembre 2026" in said
    assert "(source\u00a0: page)" in said
    assert "résidence alternée" in said


def test_a_tariff_is_shown_to_a_program(quote: Any) -> None:
    """All that it says, with its digest."""
    told = json.loads(quote("bands", "--json", verb="show")[1])

    assert ("essai", "0.48") == (told["id"], told["bands"]["grid"][1]["price"])
    assert told["digest"].startswith("sha256:")


def test_a_shipped_scale_is_shown_by_its_code() -> None:
    """The national one, on a day of 2018."""
    result = CliRunner().invoke(app, ["show", "--scale", "psu", "--on", "2018-05-01"])

    assert 0 == result.exit_code
    assert "version 2018-01-01" in result.output
    assert "687,30\u00a0€" in result.output


@pytest.mark.parametrize(
    ("words", "option"), [(["show"], "--scale"), (["show", "--scale", "rien"], "psu")]
)
def test_something_must_be_shown(words: list[str], option: str) -> None:
    """A file or a known code."""
    result = CliRunner(env={"COLUMNS": "300"}).invoke(app, words)

    assert 2 == result.exit_code
    assert option in result.output
