"""Amounts and rates as a tariff writes them: quoted, so that no float ever holds them."""

import re
from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer
from pydantic_core import PydanticCustomError

from shared.errors import MoneyFormatError
from shared.money import Money

_RATE = re.compile(r"\d\.\d{1,6}\Z", re.ASCII)


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


def _rate(value: object) -> Decimal:
    if isinstance(value, Decimal):
        return value
    if _RATE.match(_quoted(value)) is None:
        raise PydanticCustomError(
            "not_rate", 'écrivez le taux en pour cent, par exemple "0.0619" pour 0,0619 %'
        )
    return Decimal(_quoted(value))


Euros = Annotated[Money, BeforeValidator(_money), PlainSerializer(str)]
Rate = Annotated[Decimal, BeforeValidator(_rate), PlainSerializer(str)]
