"""`berceau tariff quote`: figures for a machine, sentences for a person, refusals with a remedy."""

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from services.command.tariff.commands import app

_USUAL = {
    "--scale": "psu",
    "--on": "2026-01-15",
    "--care": "collectif",
    "--children": "2",
    "--aeeh": "0",
    "--resources-annual": "48000.00",
}


def _run(*flags: str, **changes: str | None) -> tuple[int, str]:
    """Run a quote with some options changed (`on="…"`), or left out (None)."""
    options = _USUAL | {f"--{name.replace('_', '-')}": value for name, value in changes.items()}
    words = [word for name, value in options.items() if value is not None for word in (name, value)]
    result = CliRunner(env={"COLUMNS": "300", "NO_COLOR": "1"}).invoke(
        app, ["quote", *words, *flags]
    )
    return result.exit_code, result.output


def _json(**changes: str | None) -> dict[str, Any]:
    code, output = _run("--json", **changes)
    assert code == 0, output
    content: dict[str, Any] = json.loads(output)
    return content


def test_a_machine_reads_cents_and_operations() -> None:
    """Integers for money, and every operation with its result."""
    quote = _json(hours_month="126.50")

    assert (206, 26059) == (quote["hourly_cents"], quote["monthly_cents"])
    assert "260.59" == quote["operations"][-1]["result"]


def test_without_hours_there_is_no_month() -> None:
    """The key is there, and null."""
    assert _json()["monthly_cents"] is None


@pytest.mark.parametrize(
    ("rounding", "hourly"), [(None, 223), ("half-up", 223), ("half-even", 222), ("truncate", 222)]
)
def test_rounding_is_chosen_and_half_up_by_default(rounding: str | None, hourly: int) -> None:
    """4 450 € a month at 0.05 % is 2.225 exactly: each mode settles it in its own way."""
    quote = _json(on="2018-06-15", resources_annual="53400.00", rounding=rounding)

    assert hourly == quote["hourly_cents"]


def test_the_month_comes_from_the_rounded_hour_unless_told() -> None:
    """2 000 € for one child, 180 hours: 223.20 from the hour, 222.84 from the month."""
    published = {"children": "1", "resources_annual": "24000", "hours_month": "180"}

    assert 22320 == _json(**published)["monthly_cents"]
    assert 22284 == _json(**published, rounding_stage="month")["monthly_cents"]


def test_monthly_resources_are_taken_as_published() -> None:
    """Twelve times a month, exactly."""
    quote = _json(resources_annual=None, resources_month="6716.92")

    assert 347 == quote["hourly_cents"]
    assert "80603.04" == quote["operations"][0]["inputs"]["annual_resources"]


def test_a_person_reads_the_price_and_why() -> None:
    """The two figures first, then the explanation."""
    code, output = _run(hours_month="126.50")

    assert 0 == code
    assert "Prix d'une heure   2,06\u00a0€" in output
    assert "Montant du mois    260,59\u00a0€" in output
    assert "données pour cette simulation" in output


@pytest.mark.parametrize(
    ("changes", "option", "remedy"),
    [
        ({"on": "15/01/2026"}, "--on", "AAAA-MM-JJ"),
        ({"on": "2016-12-31"}, "--on", "2017-01-01"),
        ({"care": "halte"}, "--care", "micro_creche"),
        ({"children": "0"}, "--children", "un enfant au moins"),
        ({"children": "deux"}, "--children", "entier"),
        ({"aeeh": "3"}, "--aeeh", "au plus 2"),
        ({"scale": "qf"}, "--scale", "psu"),
        ({"resources_annual": "48 000,00"}, "--resources-annual", "48000.00"),
        ({"resources_annual": "-1"}, "--resources-annual", "sans signe"),
        ({"resources_annual": None}, "--resources-annual", "l'une des deux"),
        ({"resources_month": "4000"}, "--resources-month", "l'une des deux"),
        ({"hours_month": "126.505"}, "--hours-month", "126.50"),
        ({"hours_month": "745"}, "--hours-month", "744"),
        ({"rounding": "up"}, "--rounding", "half-even"),
        ({"on": None}, "--on", "Missing"),
    ],
)
def test_bad_input_is_refused_with_its_option_and_remedy(
    changes: dict[str, str | None], option: str, remedy: str
) -> None:
    """Exit code 2, the option by name, and what to write instead."""
    code, output = _run(**changes)

    assert 2 == code
    assert option in output
    assert remedy in output
