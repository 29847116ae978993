"""Cells as spreadsheets open them: no text is taken for a formula, and amounts are French ones."""

from shared.money import Money

_BEGIN_FORMULAS = frozenset("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")


def text_cell(text: str | None) -> str:
    """A text that no spreadsheet takes for a formula; nothing for None."""
    return f"'{text}" if text and text[0] in _BEGIN_FORMULAS else text or ""


def french_euros(cents: int | None) -> str:
    """`1234,56`: a number to a French spreadsheet, below zero too; nothing for None."""
    return "" if cents is None else str(Money(cents)).replace(".", ",")
