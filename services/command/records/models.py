"""The records, one model for each kind; what refers to another record gives its code.

A record is told apart by its address: its code, and for a structure and a scheme, whose codes are
their authority's own, `authority/code`. Neither ever changes; nothing is ever deleted.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar, Self, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from services.command.records.faults import RecordsError, in_french
from services.command.records.fields import (
    EAJE,
    CallsASecond,
    CareTypes,
    Code,
    Ground,
    Instant,
    Name,
    Profile,
    RequestsAMinute,
    Siret,
    Stages,
    one_of,
    refused,
)
from services.command.records.kinds import Kind

_Model = TypeVar("_Model", bound=BaseModel)


class Record(BaseModel):
    """What every record has; it does not change, and has no field that we do not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    kind_of_record: ClassVar[Kind]
    lists: ClassVar[frozenset[str]] = frozenset()  # fields that hold several words
    settled: ClassVar[frozenset[str]] = frozenset()  # fields that never change

    code: Code

    @property
    def address(self) -> str:
        """What tells this record from the others of its kind."""
        return self.code

    def plain(self) -> dict[str, Any]:
        """Text, whole numbers and lists of text, in the order of the fields; nothing for None."""
        return {name: said(value) for name, value in self if value is not None}

    def whole(self) -> dict[str, Any]:
        """The same with an empty text for None, as files have it: they leave nothing unsaid."""
        return dict.fromkeys(type(self).model_fields, "") | self.plain()


class Authority(Record):
    """A collectivité."""

    kind_of_record = Kind.AUTHORITY

    name: Name
    kind: Annotated[str, one_of("commune", "epci", "ccas", "departement")]
    siret: Siret


class _Owned(Record):
    """A record of an authority, which is another authority's never."""

    settled = frozenset({"authority"})

    authority: Code


class _Within(_Owned):
    """A record whose code is its authority's own."""

    @property
    def address(self) -> str:
        return f"{self.authority}/{self.code}"


class Structure(_Within):
    """An établissement, and the kinds of care that it gives."""

    kind_of_record = Kind.STRUCTURE
    lists = frozenset({"care_types"})

    name: Name
    care_types: CareTypes


class Habilitation(_Owned):
    """The right to call a provider; its token is never a field.

    `recipient` is the SIRET of the administration that receives the data, `pace` is in calls a
    second, `burst` in calls that may gather while idle.
    """

    kind_of_record = Kind.HABILITATION

    recipient: Siret
    token_expires_at: Instant | None = None
    pace: CallsASecond = 18
    burst: CallsASecond = 2


class Scheme(_Within):
    """A dispositif: what is priced, from which evidence, under whose validation."""

    kind_of_record = Kind.SCHEME
    lists = frozenset({"stages"})

    habilitation: Code
    name: Name
    profile: Profile = EAJE
    tariff: Annotated[str, one_of("psu")] = "psu"
    validation: Annotated[str, one_of("agent", "automatic")] = "agent"
    automatic_ground: Ground | None = None
    stages: Stages = ("admission",)

    @model_validator(mode="after")
    def _automatic_has_its_ground(self) -> Self:
        if self.validation == "automatic" and self.automatic_ground is None:
            raise refused(
                "la validation automatique veut le motif écrit du DPO (automatic_ground) : "
                "donnez-le, ou gardez « agent »"
            )
        return self


class Portal(_Owned):
    """A family portal; its keys stand beside it (`berceau portal key`)."""

    kind_of_record = Kind.PORTAL

    name: Name
    requests_per_minute: RequestsAMinute = 1_200


MODELS: Mapping[Kind, type[Record]] = {
    model.kind_of_record: model for model in (Authority, Structure, Habilitation, Scheme, Portal)
}


def read(kind: Kind, values: Mapping[str, object]) -> Record:
    """A record from what a person gave.

    Raises:
        RecordsError: with every fault of the record.
    """
    return validated(MODELS[kind], values)


def validated(model: type[_Model], values: Mapping[str, object]) -> _Model:
    """A value from what a person gave; what is empty is not given.

    Raises:
        RecordsError: with every fault of the value.
    """
    given = {name: value for name, value in values.items() if value not in ("", None, [], ())}
    try:
        return model.model_validate(given)
    except ValidationError as broken:
        raise RecordsError(*(in_french(one) for one in broken.errors())) from None


def said(value: object) -> object:
    """A value as files and the journal hold it: an instant as text, a tuple as a list."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return list(value) if isinstance(value, tuple) else value
