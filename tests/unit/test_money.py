"""Money: what is read, what is printed, and how an exact amount becomes cents."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import MoneyFormatError
from shared.money import Money, Rounding, round_to_cents

_CENTS = st.integers(min_value=-(10**11), max_value=10**11)
_EXACT = st.fractions(min_value=-(10**6), max_value=10**6, max_denominator=10**5)


@pytest.mark.parametrize(
    ("text", "cents"),
    [("48000", 4800000), ("48000.5", 4800050), ("814.62", 81462), ("-0.05", -5), ("0", 0)],
)
def test_euros_are_read_with_a_point(text: str, cents: int) -> None:
    """Whole euros, one decimal or two are amounts, with or without a sign."""
    assert Money(cents) == Money.parse(text)


@pytest.mark.parametrize(
    "text", ["", "1,50", "1.234", "1e3", "NaN", " 1", "1 000", "+1", "١", ".5", "1.", "1" * 13]
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    """Commas, spaces, exponents, other digits and a third decimal are refused, not guessed."""
    with pytest.raises(MoneyFormatError):
        Money.parse(text)


@given(_CENTS)
def test_an_amount_survives_its_text(cents: int) -> None:
    """What is written with two decimals is read back as the same cents."""
    assert Money(cents) == Money.parse(str(Money(cents)))


def test_whole_euros_of_the_state_become_cents() -> None:
    """The State's APIs give whole euros."""
    assert Money(4092300) == Money.of_euros(40923)


@pytest.mark.parametrize(
    ("cents", "printed"),
    [
        (222, "2,22\u00a0€"),
        (4800000, "48\u202f000,00\u00a0€"),
        (-5, "-0,05\u00a0€"),
        (123456789, "1\u202f234\u202f567,89\u00a0€"),
    ],
)
def test_a_letter_prints_a_comma_and_spaces_that_do_not_break(cents: int, printed: str) -> None:
    """French typography: a comma, thousands apart, the sign of the euro after a space."""
    assert printed == Money(cents).in_french


@pytest.mark.parametrize(
    ("euros", "rounding", "cents"),
    [
        ("2.225", Rounding.HALF_UP, 223),
        ("2.225", Rounding.HALF_EVEN, 222),
        ("2.235", Rounding.HALF_EVEN, 224),
        ("2.2251", Rounding.HALF_EVEN, 223),
        ("2.2299", Rounding.TRUNCATE, 222),
        ("2.2284", Rounding.HALF_UP, 223),
        ("-2.225", Rounding.HALF_UP, -223),
        ("-2.2299", Rounding.TRUNCATE, -222),
        ("1/3", Rounding.HALF_UP, 33),
    ],
)
def test_rounding_is_the_one_that_was_named(euros: str, rounding: Rounding, cents: int) -> None:
    """Each mode settles halves in its own way, alike above and below zero."""
    assert Money(cents) == round_to_cents(Fraction(euros), rounding)


@given(_EXACT, st.sampled_from(Rounding))
def test_rounding_never_moves_an_amount_by_a_cent(euros: Fraction, rounding: Rounding) -> None:
    """Half a cent at most for the two halves, less than a cent for truncation."""
    moved = abs(round_to_cents(euros, rounding).exact - euros)
    limit = Fraction(1, 100) if rounding is Rounding.TRUNCATE else Fraction(1, 200)

    assert moved <= limit
    assert moved < Fraction(1, 100)


@given(_CENTS, st.sampled_from(Rounding))
def test_cents_are_left_alone(cents: int, rounding: Rounding) -> None:
    """An amount that is already in cents is not moved by any rounding."""
    assert Money(cents) == round_to_cents(Money(cents).exact, rounding)
