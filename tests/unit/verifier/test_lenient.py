"""Single values of the State's JSON: unknown is unknown, and a figure is a figure."""

from decimal import Decimal

import pytest

from services.verifier.provider.lenient import cents, partial_date, sex, text, whole
from shared.civil_status import PartialDate, Sex


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("1992-07-19", PartialDate(1992, 7, 19)),
        ("2012-04-00", PartialDate(2012, 4)),
        ("1990-00-00", PartialDate(1990)),
        ("1990-00-12", PartialDate(1990)),
        ("0000-00-00", None),
        ("200&-04-23", None),
        ("2012-13-01", None),
        ("1789-07-14", None),
        ("", None),
        (None, None),
        (19920719, None),
    ],
)
def test_dates_keep_what_is_known(given: object, expected: PartialDate | None) -> None:
    """Zeros are unknown parts; what is no date is no date."""
    assert expected == partial_date(given)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("  3 RUE\u00a0 DES\tTILLEULS ", "3 RUE DES TILLEULS"),
        ("LO\0", "LO"),
        ("\0 LO", "LO"),
        ("L\ud800O", "LO"),
        ("\0", None),
        ("  ", None),
        (["LO"], None),
        ("A" * 500, "A" * 200),
    ],
)
def test_text_can_be_stored_and_printed(given: object, expected: str | None) -> None:
    """No NUL, no lone surrogate, no endless text goes further."""
    assert expected == text(given)


@pytest.mark.parametrize(
    ("given", "expected"), [("f", Sex.FEMALE), ("M", Sex.MALE), ("X", None), ("", None), (1, None)]
)
def test_sex_is_known_or_not(given: object, expected: Sex | None) -> None:
    """Only M and F are read."""
    assert expected is sex(given)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (40923, 4092300),
        ("40923.5", 4092350),
        (Decimal("0.01"), 1),
        (0, 0),
        ("", None),
        ("\0", None),
        (None, None),
    ],
)
def test_euros_are_read_in_cents(given: object, expected: int | None) -> None:
    """Zero is an amount, nothing is unknown."""
    assert expected == cents(given)


@pytest.mark.parametrize(
    "given",
    [
        Decimal("0.001"),
        Decimal("1e999999999999"),
        10**4000,
        "40 923",
        "²",
        True,
        [],
        Decimal("1e-999999999999"),
    ],
)
def test_what_is_no_amount_is_refused(given: object) -> None:
    """A fee may hang on it: nothing is rounded, nothing is guessed."""
    with pytest.raises(ValueError, match="not a"):
        cents(given)


def test_a_whole_number_may_be_written_with_decimals() -> None:
    """`2.0` is two; `2.5` is refused."""
    assert whole(Decimal("2.0")) == 2
    with pytest.raises(ValueError, match="not a whole number"):
        whole(Decimal("2.5"))


def test_a_figure_that_is_nested_beyond_reason_is_refused() -> None:
    """It is never written out to be looked at: that alone would overflow the stack."""
    nested: list[object] = []
    for _ in range(100_000):
        nested = [nested]

    with pytest.raises(ValueError, match="not a figure"):
        whole(nested)
