"""An application (dossier): what a family's portal hands in, sealed at rest as a whole.

This is the body of `POST /v1/applications` and the content of the sealed column; the row beside it
holds no personal data. A pre-registration (`shared.pre_registration`) stands in that column until
it is admitted.
"""

import re
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, BeforeValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from shared.care import Care as Care  # noqa: PLC0414 - one vocabulary
from shared.care import CareType as CareType  # noqa: PLC0414
from shared.care import Frozen as Frozen  # noqa: PLC0414
from shared.care import Hours as Hours  # noqa: PLC0414
from shared.care import Instalments as Instalments  # noqa: PLC0414
from shared.care import LocalCare as LocalCare  # noqa: PLC0414
from shared.care import Period as Period  # noqa: PLC0414
from shared.civil_status import Child, CivilStatus, CommuneCode
from shared.taxation import TaxNumbers

_MOMENT = r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:.+"
_CODE = r"^[a-z0-9]+(-[a-z0-9]+)*$"


class IdentityAssurance(StrEnum):
    """How sure the portal is of who asks; whoever types a civil status could read an income."""

    FRANCECONNECT = "franceconnect"
    CHECKED_BY_PORTAL = "checked_by_portal"
    DECLARED = "declared"


class Fund(StrEnum):
    """The fund that pays the family's allowances, as the family says; the answer never names it."""

    CAF = "caf"
    MSA = "msa"
    OTHER = "other"  # neither: local tariffs may have a price of their own


def _moment(value: object) -> object:
    """Refuse what pydantic would read as a number of seconds."""
    if isinstance(value, datetime) or (isinstance(value, str) and re.fullmatch(_MOMENT, value)):
        return value
    raise PydanticCustomError(
        "moment",
        "L'instant s'écrit AAAA-MM-JJThh:mm:ss avec son fuseau, par exemple 2026-11-20T09:30:00Z.",
    )


Moment = Annotated[AwareDatetime, BeforeValidator(_moment)]
Code = Annotated[str, Field(pattern=_CODE, max_length=64)]
AllocataireNumber = Annotated[str, Field(pattern=r"^[0-9]{7}[A-Z]?$")]
_Line = StringConstraints(strip_whitespace=True, min_length=1, max_length=200)


class Address(Frozen):
    """Where the family says that it lives."""

    line: Annotated[str, _Line]
    complement: Annotated[str, StringConstraints(max_length=200)] | None = None
    postcode: Annotated[str, Field(pattern=r"^[0-9]{5}$")]
    city: Annotated[str, _Line]
    commune: CommuneCode


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
