"""`berceau tariff time`: published rules tried by hand, and refusals that say what to do."""

import json

import pytest
from typer.testing import CliRunner

from services.command.tariff.commands import app


def _asked(*options: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["time", *options])
    return result.exit_code, result.output


@pytest.mark.parametrize(
    ("options", "billed", "cents"),
    [
        ("--minutes 83 --block 1 --hourly 3.47", 83, 480),  # creche-planner: 4,80 €
        ("--minutes 85 --block 30 --grace 5", 90, None),  # Ty Bugale
        ("--minutes 5 --grace 5 --hourly 3.47", 0, 0),
        ("--minutes 31 --block 60 --grace 30 --grace-each-block", 60, None),  # Sucres d'Orge
        ("--minutes 420 --package 480 --package 360", 480, None),  # La Lanterne Magique
        ("--minutes 1", 30, None),  # a half hour that has begun
    ],
)
def test_time_is_billed_by_the_rule_that_is_given(
    options: str, billed: int, cents: int | None
) -> None:
    """Blocks, grace or packages; the price of the billed time, to the cent."""
    code, said = _asked(*options.split(), "--json")

    assert 0 == code
    told = json.loads(said)
    assert (billed, cents) == (told["billed_minutes"], told["price_cents"])


def test_a_person_reads_a_sentence() -> None:
    """With the no-break spaces that French wants."""
    told = "83 minutes\u00a0: 83 minutes facturées, soit 4,80\u00a0€ à 3,47\u00a0€ l'heure.\n"

    assert (0, told) == _asked("--minutes", "83", "--block", "1", "--hourly", "3.47")


@pytest.mark.parametrize(
    ("options", "remedy"),
    [
        ("--minutes 10 --block 30 --grace 30", "plus courte que le bloc"),
        ("--minutes 10 --package 60 --block 30", "retirez --block"),
        ("--minutes -1", "--minutes"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(options: str, remedy: str) -> None:
    """With exit code 2, and what to change."""
    code, said = _asked(*options.split())

    assert 2 == code
    assert remedy in said
