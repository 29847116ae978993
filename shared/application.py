"""An application (dossier): what a family's portal hands in, sealed at rest as a whole.

This is the body of `POST /v1/applications` and the content of the sealed column; the row beside it
holds no personal data. A pre-registration (`shared.pre_registration`) stands in that column until
it is admitted.
"""

import re
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Self

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

from shared.civil_status import Child, CivilStatus, CommuneCode, Day
from shared.taxation import TaxNumbers

_HOURS = r"[0-9]{1,5}(\.[0-9]{1,2})?"
_MOMENT = r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:.+"
_CODE = r"^[a-z0-9]+(-[a-z0-9]+)*$"


class IdentityAssurance(StrEnum):
    """How sure the portal is of who asks; whoever types a civil status could read an income."""

    FRANCECONNECT = "franceconnect"
    CHECKED_BY_PORTAL = "checked_by_portal"
    DECLARED = "declared"


class CareType(StrEnum):
    """The kinds of care that the national scale (PSU) tells apart."""

    COLLECTIF = "collectif"
    FAMILIAL_PARENTAL = "familial_parental"
    MICRO_CRECHE = "micro_creche"


class Fund(StrEnum):
    """The fund that pays the family's allowances, as the family says; the answer never names it."""

    CAF = "caf"
    MSA = "msa"


def _hours(value: object) -> object:
    """Refuse a JSON number (it would pass through a float) and whatever else is not hours."""
    written = isinstance(value, str | Decimal) and re.fullmatch(_HOURS, str(value)) is not None
    if not written or Decimal(str(value)) <= 0:
        raise PydanticCustomError(
            "hours",
            "Les heures s'écrivent entre guillemets, avec deux décimales au plus, par exemple "
            '"1518.00".',
        )
    return value


def _moment(value: object) -> object:
    """Refuse what pydantic would read as a number of seconds."""
    if isinstance(value, datetime) or (isinstance(value, str) and re.fullmatch(_MOMENT, value)):
        return value
    raise PydanticCustomError(
        "moment",
        "L'instant s'écrit AAAA-MM-JJThh:mm:ss avec son fuseau, par exemple 2026-11-20T09:30:00Z.",
    )


Hours = Annotated[
    Decimal,
    BeforeValidator(_hours),
    PlainSerializer(str),
    WithJsonSchema({"type": "string", "pattern": f"^{_HOURS}$", "examples": ["1518.00"]}),
]
Moment = Annotated[AwareDatetime, BeforeValidator(_moment)]
Instalments = Annotated[int, Field(strict=True, ge=1, le=60)]
Code = Annotated[str, Field(pattern=_CODE, max_length=64)]
AllocataireNumber = Annotated[str, Field(pattern=r"^[0-9]{7}[A-Z]?$")]
_Line = StringConstraints(strip_whitespace=True, min_length=1, max_length=200)


class Frozen(BaseModel):
    """What a portal hands in: it does not change, and has no field that we do not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Address(Frozen):
    """Where the family says that it lives."""

    line: Annotated[str, _Line]
    complement: Annotated[str, StringConstraints(max_length=200)] | None = None
    postcode: Annotated[str, Field(pattern=r"^[0-9]{5}$")]
    city: Annotated[str, _Line]
    commune: CommuneCode


class Period(Frozen):
    """The kind of care and its dates."""

    type: CareType
    start: Day
    end: Day | None = None

    @model_validator(mode="after")
    def _end_after_start(self) -> Self:
        if self.end is not None and self.end < self.start:
            raise PydanticCustomError(
                "care_dates", "L'accueil finit avant de commencer : vérifiez les deux dates."
            )
        return self


class Care(Period):
    """The care wanted: kind, dates, and the hours reserved over the whole contract.

    `contract_hours` are spread over `instalments` monthly invoices (PSU: hours of the contract
    divided by the number of months invoiced).
    """

    contract_hours: Hours
    instalments: Instalments


class Notice(Frozen):
    """The information notice on the exchange of data that the family was shown, and when."""

    version: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]
    shown_at: Moment


class Application(Frozen):
    """A family's application for one child, one scheme and one period.

    `other_representative` is given only when both live in one household: two households are two
    applications, and nothing of one is shown to the other.

    `tax_numbers` are in no dump of it: they are sealed apart, and destroyed once the State has
    answered (conditions of API Impôt particulier).
    """

    scheme: Code
    child: Child
    applicant: CivilStatus
    other_representative: CivilStatus | None = None
    identity_assurance: IdentityAssurance
    address: Address
    structure: Code
    care: Care
    fund: Fund | None = None
    allocataire_number: AllocataireNumber | None = None
    tax_numbers: TaxNumbers = Field(default=(), exclude=True)
    notice: Notice
