"""The dossier of a habilitation: what DataPass asks for, kept beside the right that it gave.

Nothing in it is required: a habilitation is often recorded before it is granted. What is missing
for a request is told by `berceau habilitation check`. Its words follow the steps of the forms of
DataPass (etalab/data_pass, 2026: projet, traitement, cadre juridique, données, contacts).
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, ValidationError

from services.command.records.fields import Ground, Instant, Name, ground, refused, some_of
from services.command.records.parts import Part

_LONGEST_LIST = 100
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+\Z", re.ASCII)
_PHONE = re.compile(r"\+?[\d .]{6,20}\Z", re.ASCII)
_SCOPE = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,99}\Z", re.ASCII)


class Datum(StrEnum):
    """What a deliberation may name, as people write it."""

    RESOURCES = "ressources"
    CHILDREN = "enfants_a_charge"
    DISABILITY = "enfants_aeeh"
    QUOTIENT = "quotient_familial"
    REFERENCE_INCOME = "revenu_fiscal_de_reference"
    PARTS = "nombre_de_parts"
    FAMILY = "situation_de_famille"
    DEPENDANTS = "personnes_a_charge"
    TAX = "impot"
    ADDRESS = "adresse"


def _day(value: object) -> date:
    try:
        return value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError:
        raise refused("écrivez un jour, AAAA-MM-JJ, par exemple 2026-06-25") from None


def _like(pattern: re.Pattern[str], remedy: str) -> BeforeValidator:
    def read(value: object) -> str:
        if not isinstance(value, str) or pattern.match(value.strip()) is None:
            raise refused(remedy)
        return value.strip()

    return BeforeValidator(read)


def _several(of: Callable[[object], str]) -> BeforeValidator:
    """A list, each value once, in the order given."""

    def read(value: object) -> tuple[str, ...]:
        given = list(value) if isinstance(value, list | tuple) else [value]
        if len(given) > _LONGEST_LIST:
            raise refused(f"{_LONGEST_LIST} valeurs au plus")
        return tuple(dict.fromkeys(of(one) for one in given))

    return BeforeValidator(read)


def _scope(value: object) -> str:
    if not isinstance(value, str) or _SCOPE.match(value) is None:
        raise refused(
            "un périmètre s'écrit comme DataPass le nomme, par exemple « cnaf_quotient_familial »"
        )
    return value


Day = Annotated[date, BeforeValidator(_day)]
Email = Annotated[str, _like(_EMAIL, "écrivez une adresse, par exemple dpo@ville.exemple.fr")]
Phone = Annotated[str, _like(_PHONE, "écrivez un numéro, par exemple 04 90 00 00 00")]
Texts = Annotated[tuple[str, ...], _several(ground)]
ScopeNames = Annotated[tuple[str, ...], _several(_scope)]
Data = Annotated[tuple[str, ...], some_of(Datum)]
Count = Annotated[int, Field(ge=1, le=1_000_000_000)]
Months = Annotated[int, Field(ge=1, le=1_200)]


class Person(Part):
    """Somebody whom the State may write to; of the authority or of its software editor."""

    given_name: Name | None = None
    family_name: Name | None = None
    role: Name | None = None
    email: Email | None = None
    phone: Phone | None = None


class Contacts(Part):
    """Responsable de traitement, DPO, contact métier, contact technique."""

    controller: Person = Person()
    dpo: Person = Person()
    business: Person = Person()
    technical: Person = Person()


class Deliberation(Part):
    """The act of the authority that names the data; an article of the code does not replace it."""

    number: Name | None = None
    date: Day | None = None
    data: Data = ()
    url: Name | None = None


class Convention(Part):
    """The convention d'objectifs et de financement signed with the CAF, which brings the PSU."""

    date: Day | None = None
    ends_on: Day | None = None


class Volume(Part):
    """The calls that are expected, at most."""

    per_minute: Count | None = None
    per_day: Count | None = None
    per_year: Count | None = None


class Dossier(Part):
    """What was or will be asked for.

    `request` is the number of the request in DataPass, `ends_at` the end of the habilitation itself
    (UTC) when it has one, `retention_months` how long the data is kept after the child has left,
    `recipients` who reads it; `teleservice` and `client_id` are the DGFiP's, and no secrets.
    """

    request: Name | None = None
    ends_at: Instant | None = None
    title: Name | None = None
    purpose: Ground | None = None
    simplification: Ground | None = None
    starts_on: Day | None = None
    volume: Volume = Volume()
    legal_bases: Texts = ()
    deliberation: Deliberation = Deliberation()
    convention: Convention = Convention()
    scopes: ScopeNames = ()
    recipients: Texts = ()
    retention_months: Months | None = None
    retention_reason: Ground | None = None
    teleservice: Name | None = None
    client_id: Name | None = None
    contacts: Contacts = Contacts()


def stored(document: Mapping[str, Any]) -> Dossier:
    """The dossier that a row holds; what another version wrote and this one does not know is left.

    It cannot be refused any more: whoever reads it must see the rest.
    """
    try:
        return Dossier.model_validate(document)
    except ValidationError as wrong:
        unknown = {str(error["loc"][0]) for error in wrong.errors() if error["loc"]}
        known = {name: value for name, value in document.items() if name not in unknown}
        return Dossier.model_validate(known)
