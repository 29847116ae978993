"""How single values of the State's JSON are read.

What is absent, null or empty is unknown (None). Text and dates that cannot be read are unknown too:
nothing is computed from them. A figure that is not one raises `ValueError`: a fee may hang on it.
"""

import re
from decimal import Decimal
from functools import partial
from itertools import takewhile
from typing import Annotated

from pydantic import BeforeValidator, Field

from shared.civil_status import PartialDate, Sex
from shared.evidence import FamilyFund

_LONGEST_TEXT = 200
_LONGEST_URL = 8_192  # the verification pages' are of 800 characters and more
_LONGEST_CODE = 64
_LARGEST_AMOUNT = 100_000_000_000  # cents: a household's year, and far beyond
_LARGEST_QUOTIENT = 10_000_000  # euros a month
_FIGURE = re.compile(r"-?\d{1,10}(?:\.\d{1,6})?\Z", re.ASCII)
_VISIBLE = re.compile(r"[!-~]+\Z", re.ASCII)
_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})\Z", re.ASCII)


def text(value: object) -> str | None:
    """Printable text with single spaces, without NUL nor lone surrogates; else None."""
    if not isinstance(value, str):
        return None
    kept = "".join(letter for letter in value if letter.isprintable() or letter.isspace())
    return " ".join(kept.split())[:_LONGEST_TEXT] or None


def opaque(value: object, *, longest: int) -> str | None:
    """What is kept as it is, or not at all: visible ASCII without spaces, of a bounded length."""
    if not isinstance(value, str) or len(value) > longest:
        return None
    return value if _VISIBLE.match(value) else None


def fund(value: object) -> FamilyFund | None:
    """`CNAF` or `MSA`; anything else is unknown."""
    name = (text(value) or "").upper()
    return FamilyFund(name) if name in set(FamilyFund) else None


def sex(value: object) -> Sex | None:
    """`M` or `F`; anything else is unknown."""
    letter = (text(value) or "").upper()
    return Sex(letter) if letter in set(Sex) else None


def partial_date(value: object) -> PartialDate | None:
    """`2012-04-00` is April 2012; `0000-00-00` and `200&-04-23` are unknown."""
    found = _DATE.match(text(value) or "")
    known = takewhile(int, found.groups() if found else ())
    try:
        return PartialDate.parse("-".join(known))
    except ValueError:
        return None


def _number(value: object) -> Decimal | None:
    """The figure as it is written, exactly; the pattern bounds it before any arithmetic does."""
    if not isinstance(value, str | int | Decimal | None):
        raise ValueError("not a figure")  # noqa: TRY004 - pydantic reads it as a refusal
    written = "" if value is None else str(value).strip(" \0")
    if written and not _FIGURE.match(written):
        raise ValueError("not a figure")
    return Decimal(written) if written else None


def whole(value: object) -> int | None:
    """A whole number, also when it comes as text.

    Raises:
        ValueError: for anything that is neither a whole number nor unknown.
    """
    number = _number(value)
    return None if number is None else _integer(number)


def cents(value: object) -> int | None:
    """An amount of euros, in cents.

    Raises:
        ValueError: for anything that is neither an amount, to the cent at most, nor unknown.
    """
    number = _number(value)
    return None if number is None else _integer(number.scaleb(2))


def _integer(number: Decimal) -> int:
    if number != number.to_integral_value():
        raise ValueError("not a whole number")
    return int(number)


def _part_of_date(value: object) -> int | None:
    """A year or a month; the provider writes 0 for one that it was not given."""
    return whole(value) or None


def whole_or_unknown(value: object) -> int | None:
    """A whole number where nothing hangs on it: what cannot be read is unknown."""
    try:
        return whole(value)
    except ValueError:
        return None


Text = Annotated[str | None, BeforeValidator(text)]
WireSex = Annotated[Sex | None, BeforeValidator(sex)]
WireDate = Annotated[PartialDate | None, BeforeValidator(partial_date)]
Count = Annotated[Annotated[int, Field(ge=0, le=99)] | None, BeforeValidator(whole)]
Cents = Annotated[Annotated[int, Field(ge=0, le=_LARGEST_AMOUNT)] | None, BeforeValidator(cents)]
Euros = Annotated[Annotated[int, Field(ge=0, le=_LARGEST_QUOTIENT)] | None, BeforeValidator(whole)]
Year = Annotated[Annotated[int, Field(ge=1900, le=2200)] | None, BeforeValidator(_part_of_date)]
WholeOrUnknown = Annotated[int | None, BeforeValidator(whole_or_unknown)]
MonthNumber = Annotated[Annotated[int, Field(ge=1, le=12)] | None, BeforeValidator(_part_of_date)]
WireFund = Annotated[FamilyFund | None, BeforeValidator(fund)]
ProofUrl = Annotated[str | None, BeforeValidator(partial(opaque, longest=_LONGEST_URL))]
ProofCode = Annotated[str | None, BeforeValidator(partial(opaque, longest=_LONGEST_CODE))]
