"""A tax number is read as families write it, and shown nowhere."""

import json

import pytest
from pydantic import TypeAdapter, ValidationError

from shared.taxation import TaxNumber

_NUMBERS = TypeAdapter(TaxNumber)


@pytest.mark.parametrize(
    "text", ["3000111222333", "30 00 111 222 333", " 30\u00a000 111 222\u202f333 ", "0000000000000"]
)
def test_thirteen_digits_are_a_number(text: str) -> None:
    """Spaced as notices print it, or not; leading zeros are digits."""
    assert "".join(text.split()) == TaxNumber.parse(text).digits


@pytest.mark.parametrize(
    "written", ["", "300011122233", "30001112223334", "300011122233A", "٣٠٠٠١١١٢٢٢٣٣٣", "3" * 60]
)
def test_anything_else_is_refused_with_a_remedy(written: str) -> None:
    """In French, for it reaches the person who typed."""
    with pytest.raises(ValidationError) as refused:
        _NUMBERS.validate_json(json.dumps(written))

    assert ["tax_number"] == [error["type"] for error in refused.value.errors()]


@pytest.mark.parametrize("written", [3000111222333, None, ["3000111222333"]])
def test_a_number_comes_as_text(written: object) -> None:
    """A figure would lose its leading zeros."""
    with pytest.raises(ValidationError):
        _NUMBERS.validate_json(json.dumps(written))


def test_it_is_shown_nowhere_but_where_it_is_sealed() -> None:
    """Not in `repr`, not in `str`; its JSON, which is sealed, holds it."""
    number = TaxNumber.parse("3000111222333")

    assert "3000111222333" not in f"{number!r} {number}"
    assert b'"3000111222333"' == _NUMBERS.dump_json(number)
    assert number == _NUMBERS.validate_json(_NUMBERS.dump_json(number))


def test_its_form_is_published() -> None:
    """For those who hand it in."""
    assert {"type": "string", "pattern": r"^[0-9](\s?[0-9]){12}$"} == _NUMBERS.json_schema()
