"""Names that no two families share, and how the register folds them."""

import pytest

from services.simulator.population.names import SURNAMES, Line, folded, surname


def test_no_two_families_share_a_surname() -> None:
    """Over a whole turn of the list and both lines, every folded surname is another."""
    names = {folded(surname(7, n, line)) for n in range(SURNAMES) for line in Line}

    assert 2 * SURNAMES == len(names)


def test_surnames_go_on_past_the_list() -> None:
    """Beyond the list, surnames double up and are still each one family's own."""
    numbers = [
        *range(100),
        *range(SURNAMES, SURNAMES + 100),
        *range(2 * SURNAMES, 2 * SURNAMES + 100),
    ]

    assert len(numbers) == len({surname(7, n, Line.APPLICANT) for n in numbers})


def test_another_seed_has_other_surnames() -> None:
    """The first family of two seeds does not bear the same name."""
    assert surname(7, 0, Line.APPLICANT) != surname(8, 0, Line.APPLICANT)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("Marchetti-Lô", "MARCHETTI LO"),
        ("D’Œuvrard", "D OEUVRARD"),
        ("N'Diaye", "N DIAYE"),
        ("Ÿsaye  Ünal", "YSAYE UNAL"),
        ("LÆTITIA", "LAETITIA"),
    ],
)
def test_folding(written: str, kept: str) -> None:
    """Accents, case, apostrophes, hyphens and ligatures never tell two people apart."""
    assert kept == folded(written)
