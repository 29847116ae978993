"""The bearer: who has just come through FranceConnect, as FranceConnect told the portal. Pure.

Source: the pivot identity of FranceConnect (`family_name`, `given_name`, `gender`, `birthdate`).
The birth place is not asked for: nothing here is compared with it.
"""

import re
from enum import StrEnum
from typing import Annotated

from pydantic import BeforeValidator, Field, Secret

from services.verifier.provider.matching import Doubt, doubt_about
from services.verifier.provider.wire import WireHousehold
from shared.application import Code, Frozen
from shared.civil_status import CivilStatus, Name, PartialDate, Sex

_UNKNOWN_PARTS = re.compile(r"(-00){1,2}\Z")


class Gender(StrEnum):
    """`gender`, in FranceConnect's words."""

    MALE = "male"
    FEMALE = "female"


def _known_parts(birthdate: object) -> object:
    """`1992-07-00` is `1992-07`: FranceConnect writes what nobody knows as zeros."""
    return _UNKNOWN_PARTS.sub("", birthdate) if isinstance(birthdate, str) else birthdate


def _none_if_empty(name: object) -> object:
    return name or None if isinstance(name, str) else name


class Bearer(Frozen):
    """The pivot identity, in FranceConnect's words; first names are one text, between spaces."""

    family_name: Name
    preferred_username: Annotated[Name | None, BeforeValidator(_none_if_empty)] = None
    given_name: Name
    gender: Gender
    birthdate: Annotated[PartialDate, BeforeValidator(_known_parts)]

    @property
    def birth_name(self) -> str:
        """As a civil status has it."""
        return self.family_name

    @property
    def usage_name(self) -> str | None:
        """As a civil status has it."""
        return self.preferred_username

    @property
    def first_names(self) -> tuple[str, ...]:
        """One by one."""
        return tuple(self.given_name.split())

    @property
    def sex(self) -> Sex:
        """As a civil status has it."""
        return Sex.MALE if self.gender is Gender.MALE else Sex.FEMALE

    @property
    def birth(self) -> PartialDate:
        """As a civil status has it."""
        return self.birthdate


class EvidenceRequest(Frozen):
    """What a portal hands in at its FranceConnect callback.

    The token is used for one call, within the minute that it lives, and kept nowhere.
    """

    scheme: Code
    access_token: Secret[Annotated[str, Field(min_length=1, max_length=4_096)]]
    identity: Bearer


def doubt_between(bearer: Bearer, applicant: CivilStatus) -> Doubt | None:
    """Why an applicant may not be who came through FranceConnect; None when it is.

    By the rule that tells whether an answer of the State is about an applicant.
    """
    told = {
        "nom_naissance": bearer.birth_name,
        "nom_usage": bearer.usage_name,
        "prenoms": bearer.given_name,
        "date_naissance": _wire_date(bearer.birth),
        "sexe": bearer.sex,
    }
    return doubt_about(applicant, WireHousehold.model_validate({"allocataires": [told]}))


def _wire_date(birth: PartialDate) -> str:
    return f"{birth.year:04d}-{birth.month or 0:02d}-{birth.day or 0:02d}"
