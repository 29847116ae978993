"""What the tax office says of a household, in its words, and the number by which it is asked.

Source: DGFiP, API Impôt particulier, presentation v2.9 (May 2025) and OpenAPI 1.0.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    TypeAdapter,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from shared.provenance import Provenance

TAX_PROFILE = "tax"  # of a scheme that rests on what the tax office certifies
TAX_SOURCE = "dgfip-impot-particulier-1.0/derniere-situation"
TAX_NUMBERS_FIELD = "/tax_numbers"  # where they stand in an application, as a JSON pointer
MOST_HOUSEHOLDS = 2
_THIRTEEN_DIGITS = re.compile(r"[0-9]{13}\Z", re.ASCII)


class FamilySituation(StrEnum):
    """The family situation of a tax household (`sitFam`)."""

    MARRIED = "M"
    PACSED = "O"
    SINGLE = "C"
    DIVORCED = "D"
    WIDOWED = "V"


class TaxStatus(StrEnum):
    """Whether income tax is due: three values, for a missing amount is not an amount of zero."""

    TAXED = "taxed"
    NOT_TAXED = "not_taxed"
    UNKNOWN = "unknown"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FiscalAddress(_Frozen):
    """Where the tax office knows a household, on 1 January of the year after the income's."""

    line: str | None = None  # all of it, in one line
    complement: str | None = None
    street: str | None = None
    postcode: str | None = None
    city: str | None = None


class TaxFacts(_Frozen):
    """What the tax office certifies of a family: one tax household, or two added together.

    `income_of_reference_cents` is the revenu fiscal de référence of `income_year` in cents, and
    `parts_hundredths` the parts in hundredths (2.75 is 275); both, and `dependants`, are sums when
    there are two households, and None when a term was not given. Situation, address and the dates
    of the notice (`established_on`, `collected_on`) are those of the applicant's household. Never
    for the PSU fee.
    """

    kind: Literal["tax"] = "tax"
    households: Annotated[int, Field(ge=1, le=MOST_HOUSEHOLDS)]
    income_of_reference_cents: Annotated[int, Field(ge=0)] | None
    parts_hundredths: Annotated[int, Field(gt=0)] | None
    income_year: int | None
    family_situation: FamilySituation | None
    dependants: Annotated[int, Field(ge=0)] | None
    tax_status: TaxStatus
    address: FiscalAddress | None
    established_on: date | None
    collected_on: date | None
    provenance: Provenance
    other_provenance: Provenance | None = None


@dataclass(frozen=True, slots=True)
class TaxNumber:
    """A taxpayer's number (numéro fiscal, SPI): 13 digits, of declarant 1 or 2 of a household.

    It opens a household's figures, so it stands in no `repr` and no `str`. Only its form is
    checked: the usual control key does not hold for the numbers of the DGFiP's own sandbox.
    """

    digits: str = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read 13 digits, also when spaced as tax notices print them.

        Raises:
            PydanticCustomError: with a French remedy, for anything else.
        """
        digits = "".join(text.split())
        if _THIRTEEN_DIGITS.match(digits) is None:
            raise PydanticCustomError(
                "tax_number",
                "Le numéro fiscal a 13 chiffres : recopiez celui qui figure en haut de la "
                "première page de l'avis d'impôt.",
            )
        return cls(digits)

    @classmethod
    def __get_pydantic_core_schema__(
        cls, _source: type[Any], _handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """On the wire: a string."""
        text = core_schema.no_info_after_validator_function(
            cls.parse, core_schema.str_schema(strict=True)
        )
        return core_schema.json_or_python_schema(
            json_schema=text,
            python_schema=core_schema.union_schema(
                [core_schema.is_instance_schema(cls), text], mode="left_to_right"
            ),
            serialization=core_schema.plain_serializer_function_ser_schema(
                lambda number: number.digits, return_schema=core_schema.str_schema()
            ),
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, _schema: CoreSchema, _handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"type": "string", "pattern": r"^[0-9](\s?[0-9]){12}$"}


TaxNumbers = Annotated[tuple[TaxNumber, ...], Field(max_length=MOST_HOUSEHOLDS)]
"""The applicant's, then the other parent's when they are two tax households."""
_NUMBERS: TypeAdapter[tuple[TaxNumber, ...]] = TypeAdapter(TaxNumbers)


def write_tax_numbers(numbers: Sequence[TaxNumber]) -> bytes:
    """The content that is sealed, apart from the application, until the State has answered."""
    return _NUMBERS.dump_json(tuple(numbers))


def read_tax_numbers(content: bytes) -> tuple[TaxNumber, ...]:
    """The numbers of a sealed content.

    Raises:
        ValidationError: when the content is no tax numbers.
    """
    return _NUMBERS.validate_json(content)
