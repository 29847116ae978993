"""Amounts and rates as a tariff writes them: quoted, so that no float ever holds them."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError

from shared.errors import MoneyFormatError
from shared.money import Money

_RATE = r"\d\.\d{1,6}"
_PRICE = r"\d{1,6}(\.\d{1,6})?"
_LEVEL = r"\d{1,9}(\.\d{1,2})?"
_PERCENT = r"\d{1,3}(\.\d{1,6})?"
_EUROS = r"-?\d{1,12}(\.\d{1,2})?"


def _quoted(value: object) -> str:
    if not isinstance(value, str):
        raise PydanticCustomError(
            "not_quoted",
            "{found} est un nombre YAML, donc inexact : écrivez-le entre guillemets",
            {"found": str(value)},
        )
    return value


def _money(value: object) -> Money:
    if isinstance(value, Money):
        return value
    try:
        return Money.parse(_quoted(value))
    except MoneyFormatError as error:
        raise PydanticCustomError(
            "not_money", 'écrivez le montant en euros, par exemple "814.62"'
        ) from error


def _decimal(pattern: str, remedy: str) -> Callable[[object], Decimal]:
    """Read a quoted decimal of that form; anything else gets the remedy."""
    form = re.compile(rf"{pattern}\Z", re.ASCII)

    def read(value: object) -> Decimal:
        if isinstance(value, Decimal):
            return value
        if form.match(_quoted(value)) is None:
            raise PydanticCustomError("not_figure", "{remedy}", {"remedy": remedy})
        return Decimal(_quoted(value))

    return read


def _schema(pattern: str, example: str) -> WithJsonSchema:
    """What an editor is told: a string, never a number."""
    ascii_digits = pattern.replace(r"\d", "[0-9]")
    return WithJsonSchema({"type": "string", "pattern": f"^{ascii_digits}$", "examples": [example]})


Euros = Annotated[Money, BeforeValidator(_money), PlainSerializer(str), _schema(_EUROS, "814.62")]
"""An amount in euros and cents."""
Rate = Annotated[
    Decimal,
    BeforeValidator(
        _decimal(_RATE, 'écrivez le taux en pour cent, par exemple "0.0619" pour 0,0619 %')
    ),
    PlainSerializer(str),
    _schema(_RATE, "0.0619"),
]
"""A rate of the PSU, in percent of monthly resources an hour."""
Price = Annotated[
    Decimal,
    BeforeValidator(_decimal(_PRICE, 'écrivez le prix en euros, sans signe, par exemple "1.50"')),
    PlainSerializer(str),
    _schema(_PRICE, "1.50"),
]
"""A price in euros, which may have more decimals than cents: rounding says what becomes of them."""
Level = Annotated[
    Decimal,
    BeforeValidator(
        _decimal(_LEVEL, 'écrivez la borne en euros, au centime au plus, par exemple "650"')
    ),
    PlainSerializer(str),
    _schema(_LEVEL, "650"),
]
"""A level of what families are measured by, in euros."""
Percent = Annotated[
    Decimal,
    BeforeValidator(_decimal(_PERCENT, 'écrivez le pourcentage, par exemple "25" pour 25 %')),
    PlainSerializer(str),
    _schema(_PERCENT, "25"),
]
Factor = Annotated[
    Decimal,
    BeforeValidator(_decimal(_PERCENT, 'écrivez le multiplicateur, par exemple "2"')),
    PlainSerializer(str),
    _schema(_PERCENT, "2"),
]
