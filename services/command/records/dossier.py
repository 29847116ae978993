"""The dossier of a habilitation: what DataPass asks for, kept beside the right that it gave.

Nothing in it is required: a habilitation is often recorded before it is granted. What is missing
for a request is told by `berceau habilitation check`. Its words follow the steps of the forms of
DataPass (etalab/data_pass, 2026: projet, traitement, cadre juridique, données, contacts).
"""

import re
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from services.command.records.fields import (
    Day,
    Email,
    Ground,
    Instant,
    Name,
    Phone,
    ground,
    refused,
    several,
    some_of,
)
from services.command.records.parts import Part

_LONGEST_LIST = 100
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


def _scope(value: object) -> str:
    if not isinstance(value, str) or _SCOPE.match(value) is None:
        raise refused(
            "un périmètre s'écrit comme DataPass le nomme, par exemple « cnaf_quotient_familial »"
        )
    return value


Texts = Annotated[tuple[str, ...], several(ground, _LONGEST_LIST)]
ScopeNames = Annotated[tuple[str, ...], several(_scope, _LONGEST_LIST)]
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
