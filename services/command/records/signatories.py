"""Who signs for an authority and how it is reached, as its record has them.

What stands in a row is what `shared.signing` reads of it; here it is what a person writes.
"""

from typing import Annotated, Self

from pydantic import Field, model_validator

from services.command.records.fields import Day, Email, Lines, Name, Phone, Url, refused
from services.command.records.parts import Part

_MOST = 50
_Months = Annotated[int, Field(ge=1, le=600)]


class Signatory(Part):
    """Whoever may sign decisions, by which delegation, from when to when (both days included)."""

    first_name: Name
    last_name: Name
    function: Name
    service: Name
    act: Name | None = None
    valid_from: Day | None = None
    valid_to: Day | None = None

    @model_validator(mode="after")
    def _begins_before_it_ends(self) -> Self:
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise refused("la délégation finit avant de commencer : vérifiez les deux jours")
        return self


class Contact(Part):
    """The service that a family reaches, its data protection officer, and its tribunal."""

    service: Name | None = None
    address: Lines = ()
    email: Email | None = None
    phone: Phone | None = None
    dpo: Name | None = None
    tribunal: Name | None = None
    tribunal_address: Name | None = None
    rules_url: Url | None = None
    privacy_url: Url | None = None
    retention_months: _Months | None = None


Signatories = Annotated[tuple[Signatory, ...], Field(max_length=_MOST)]
