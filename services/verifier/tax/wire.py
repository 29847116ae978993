"""The situation of a tax household, the token and the refusals as they come over the wire. Pure.

Every field is optional: only what the habilitation was granted comes back. An absent, null or empty
field is unknown; a figure of the wrong kind is an answer outside the contract, and is refused.
Unknown keys are left alone. Source: OpenAPI 1.0, `SituationsIRAssiettesMillesimeJAXBbean`.
"""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from services.verifier.provider.lenient import (
    Count,
    Text,
    WholeOrUnknown,
    Year,
    cents,
    text,
    whole,
)
from services.verifier.provider.wire import read_json
from services.verifier.tax import dates
from shared.civil_status import PartialDate
from shared.taxation import FamilySituation

_MOST_EUROS = 9_999_999_999
_LONGEST_TOKEN = 8192


def _object_or_empty(value: object) -> object:
    return value if isinstance(value, dict) else {}


def _known(value: object) -> object:
    """Null and empty text are an object without a field; other kinds stay wrong."""
    return {} if value in (None, "") else value


def _family_situation(value: object) -> FamilySituation | None:
    letter = (text(value) or "").upper()
    return FamilySituation(letter) if letter in set(FamilySituation) else None


Income = Annotated[Annotated[int, Field(ge=0, le=_MOST_EUROS)] | None, BeforeValidator(whole)]
Tax = Annotated[
    Annotated[int, Field(ge=-_MOST_EUROS, le=_MOST_EUROS)] | None, BeforeValidator(whole)
]
Parts = Annotated[Annotated[int, Field(ge=25, le=9999)] | None, BeforeValidator(cents)]
Birth = Annotated[PartialDate | None, BeforeValidator(dates.birth)]
Day = Annotated[date | None, BeforeValidator(dates.day)]
Situation = Annotated[FamilySituation | None, BeforeValidator(_family_situation)]


class _Wire(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class WireDependants(_Wire):
    """Persons in charge; the count alone is granted by default."""

    number: Count = Field(None, alias="nbPac")


class WireAddress(_Wire):
    """The address in parts; the swagger's spelling of the last two is not the documentation's."""

    complement: Text = Field(None, alias="complementAdresse")
    street: Text = Field(None, alias="voie")
    documented_city: Text = Field(None, alias="commune")
    spelt_city: Text = Field(None, alias="getcommune")
    documented_postcode: Text = Field(None, alias="codePostal")
    spelt_postcode: Text = Field(None, alias="getcodePostal")

    @property
    def city(self) -> str | None:
        return self.documented_city or self.spelt_city

    @property
    def postcode(self) -> str | None:
        return self.documented_postcode or self.spelt_postcode


@dataclass(frozen=True, slots=True)
class Declarant:
    """One of the one or two persons who declare for a household."""

    birth_name: str | None
    usage_name: str | None
    first_names: str | None
    birth: PartialDate | None


class WireSituation(_Wire):
    """The body of a 200: amounts in whole euros, parts in hundredths."""

    income_year: Year = Field(None, alias="annRevenu")
    reference_income: Income = Field(None, alias="rfr")
    family_situation: Situation = Field(None, alias="sitFam")
    parts: Parts = Field(None, alias="nbPart")
    dependants: Annotated[WireDependants, BeforeValidator(_known)] = Field(
        WireDependants(), alias="pac"
    )
    total_tax: Tax = Field(None, alias="montTotIr")
    tax_on_scale: Income = Field(None, alias="mntRevbareme")
    address_line: Text = Field(None, alias="aft")
    address: Annotated[WireAddress, BeforeValidator(_object_or_empty)] = Field(
        WireAddress(), alias="aftDetail"
    )
    established_on: Day = Field(None, alias="datEtab")
    collected_on: Day = Field(None, alias="datRec")
    birth_name_1: Text = Field(None, alias="nmNaiDec1")
    usage_name_1: Text = Field(None, alias="nmUsaDec1")
    first_names_1: Text = Field(None, alias="prnmDec1")
    birth_1: Birth = Field(None, alias="dateNaisDec1")
    birth_name_2: Text = Field(None, alias="nmNaiDec2")
    usage_name_2: Text = Field(None, alias="nmUsaDec2")
    first_names_2: Text = Field(None, alias="prnmDec2")
    birth_2: Birth = Field(None, alias="dateNaisDec2")

    @property
    def declarants(self) -> tuple[Declarant, ...]:
        """Who declares, as far as the answer says it."""
        both = (
            Declarant(self.birth_name_1, self.usage_name_1, self.first_names_1, self.birth_1),
            Declarant(self.birth_name_2, self.usage_name_2, self.first_names_2, self.birth_2),
        )
        return tuple(one for one in both if one != Declarant(None, None, None, None))

    @classmethod
    def read(cls, body: bytes) -> Self:
        """The situation that a body holds.

        Raises:
            pydantic.ValidationError: a JSON value outside the contract.
            ValueError: no JSON at all.
        """
        return cls.model_validate(read_json(body))


class WireGrant(_Wire):
    """The token endpoint's answer (RFC 6749, 5.1); `expires_in` in seconds, None when not said."""

    access_token: Annotated[str, Field(pattern=r"^[!-~]+$", max_length=_LONGEST_TOKEN, repr=False)]
    expires_in: WholeOrUnknown = None

    @classmethod
    def read(cls, body: bytes) -> Self:
        """The grant that a body holds.

        Raises:
            ValueError: it holds none that could be sent.
        """
        return cls.model_validate(read_json(body))


class WireTokenRefusal(_Wire):
    """Why there is no token (RFC 6749, 5.2)."""

    error: Text = None


class WireRefusal(_Wire):
    """What stands under `erreur`."""

    code: WholeOrUnknown = None


class WireRefused(_Wire):
    """A refusal of the API: `{"erreur": {"code": 4101, "message": …, "horodatage": …}}`."""

    erreur: Annotated[WireRefusal, BeforeValidator(_object_or_empty)] = WireRefusal()


def json_object(body: bytes) -> dict[str, Any] | None:
    """The object that a body holds, empty for another JSON value; None when it is not JSON."""
    try:
        value = read_json(body)
    except ValueError:
        return None
    return value if isinstance(value, dict) else {}
