"""The records, one model for each kind; what refers to another record gives its code.

A record is told apart by its address: its code, and for a structure and a scheme, whose codes are
their authority's own, `authority/code`. Neither ever changes; nothing is ever deleted.
"""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Self, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from services.command.records.details import Details
from services.command.records.dossier import Dossier
from services.command.records.faults import RecordsError, in_french
from services.command.records.fields import (
    API_PARTICULIER,
    DGFIP,
    EAJE,
    PSU,
    CallsASecond,
    CareTypes,
    Code,
    Colour,
    Endpoints,
    Ground,
    Instant,
    Name,
    Profile,
    Provider,
    RequestsAMinute,
    Siret,
    Stages,
    TariffId,
    is_package,
    one_of,
    refused,
    served,
)
from services.command.records.kinds import Kind
from services.command.records.parts import Part, plain
from services.command.records.scheme_rules import Rules
from services.command.records.signatories import Contact, Signatories, Signatory

_Model = TypeVar("_Model", bound=BaseModel)


class Record(BaseModel):
    """What every record has; it does not change, and has no field that we do not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    kind_of_record: ClassVar[Kind]
    lists: ClassVar[frozenset[str]] = frozenset()  # fields that hold several words
    documents: ClassVar[Mapping[str, type[Part]]] = {}  # fields that have fields of their own
    personal: ClassVar[tuple[str, ...]] = ()  # what names people: the journal does not repeat it
    settled: ClassVar[frozenset[str]] = frozenset()  # fields that never change

    code: Code

    @property
    def address(self) -> str:
        """What tells this record from the others of its kind."""
        return self.code

    def plain(self) -> dict[str, Any]:
        """Text, whole numbers, lists and parts, in the order of the fields; nothing for nothing."""
        return plain(self)

    def whole(self) -> dict[str, Any]:
        """The same with an empty text for None, as files have it: they leave nothing unsaid."""
        return dict.fromkeys(type(self).model_fields, "") | self.plain()


class Authority(Record):
    """A collectivité, who signs its decisions, and how families reach it."""

    kind_of_record = Kind.AUTHORITY
    documents = {"signatories": Signatory, "contact": Contact}
    personal = ("signatories.", "contact.dpo", "contact.email", "contact.phone")

    name: Name
    kind: Annotated[str, one_of("commune", "epci", "ccas", "departement")]
    siret: Siret
    colour: Colour | None = None
    signatories: Signatories = ()
    contact: Contact = Contact()


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
    """An établissement, the kinds of care that it gives, where it is, when it is closed."""

    kind_of_record = Kind.STRUCTURE
    lists = frozenset({"care_types"})
    documents = {"details": Details}

    name: Name
    care_types: CareTypes
    details: Details = Details()


class Habilitation(_Owned):
    """The right to call a provider; its token is never a field.

    `recipient` is the SIRET of the administration that receives the data, `endpoints` what may be
    asked for (`eaje`, `qf`, `tax`, or the profile of a package), `delegation_id` goes with the
    token of a software editor, `pace` is in calls a second (1 for the DGFiP, whose 50 a minute the
    verifiers share), `burst` in calls that may gather while idle, `dossier` what DataPass asks for.
    """

    kind_of_record = Kind.HABILITATION
    lists = frozenset({"endpoints"})
    documents = {"dossier": Dossier}
    personal = ("dossier.contacts.",)

    recipient: Siret
    provider: Provider = API_PARTICULIER
    endpoints: Endpoints = (EAJE,)
    delegation_id: Name | None = None
    token_expires_at: Instant | None = None
    pace: CallsASecond = 18
    burst: CallsASecond = 2
    dossier: Dossier = Dossier()

    @model_validator(mode="before")
    @classmethod
    def _as_its_provider_has_it(cls, values: dict[str, Any]) -> dict[str, Any]:
        """What is not said of another provider is what it serves, at the pace that it takes."""
        match values.get("provider"):
            case "dgfip":
                return {"endpoints": served(DGFIP), "pace": 1, "burst": 1} | values
            case str(package) if is_package(package):
                return {"endpoints": served(package)} | values
        return values

    @model_validator(mode="after")
    def _endpoints_are_its_providers(self) -> Self:
        own = served(self.provider)
        if not set(self.endpoints) <= set(own):
            raise refused(
                f"« {self.provider} » ne sert que : {', '.join(own)} (endpoints) : retirez le "
                "reste, ou donnez son fournisseur (provider)"
            )
        return self


class Scheme(_Within):
    """A dispositif: what is priced, from which evidence, under whose validation.

    Its tariff may be published after it: until then its applications go to an agent.
    """

    kind_of_record = Kind.SCHEME
    lists = frozenset({"stages"})
    documents = {"rules": Rules}

    habilitation: Code
    name: Name
    profile: Profile = EAJE
    tariff: TariffId = PSU
    validation: Annotated[str, one_of("agent", "automatic")] = "agent"
    automatic_ground: Ground | None = None
    stages: Stages = ("admission",)
    rules: Rules = Rules()

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
