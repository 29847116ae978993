"""A pre-registration (préinscription): what a family hands in to be told an estimate.

It is the body of `POST /v1/applications` at the stage `estimate`, and is sealed as an application
is. An estimate stands on what the family declares; the State is not asked.
"""

import re
from datetime import date
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, PlainSerializer, PlainValidator, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from shared.application import (
    Address,
    CareType,
    Code,
    Frozen,
    Hours,
    IdentityAssurance,
    Instalments,
    Notice,
    Period,
)
from shared.civil_status import Child, CivilStatus, Day
from shared.money import Money

_EUROS = r"[0-9]{1,9}(\.[0-9]{1,2})?"
_MOST_CHILDREN = 30


class Stage(StrEnum):
    """What is asked for: an estimate from declared figures, or a fee from certified ones."""

    ESTIMATE = "estimate"
    ADMISSION = "admission"


def _euros(value: object) -> Money:
    """Read exact euros; a JSON number would have passed through a float."""
    if isinstance(value, Money):
        return value
    if isinstance(value, str) and re.fullmatch(_EUROS, value):
        return Money.parse(value)
    raise PydanticCustomError(
        "euros",
        "Le montant s'écrit en euros, entre guillemets, avec un point et deux décimales au plus, "
        'par exemple "48000.00".',
    )


Euros = Annotated[
    Money,
    PlainValidator(_euros),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": "string", "pattern": f"^{_EUROS}$", "examples": ["48000.00"]}),
]


class WishedCare(Period):
    """The care that a pre-registration wishes: its hours may not be known yet.

    Hours and instalments come together, for one says nothing without the other. Only what the
    national scale prices can be estimated.
    """

    type: CareType
    contract_hours: Hours | None = None
    instalments: Instalments | None = None

    @model_validator(mode="after")
    def _whole_contract(self) -> Self:
        if (self.contract_hours is None) != (self.instalments is None):
            raise PydanticCustomError(
                "half_a_contract",
                "Les heures du contrat et le nombre de mensualités vont ensemble : donnez les "
                "deux, ou aucun.",
            )
        return self


class Pregnancy(Frozen):
    """A child to come: its name and birth are given on admission."""

    expected_on: Day


class Declared(Frozen):
    """The figures that an estimate stands on: what the family says, certified by nobody.

    `children` are those at charge on the first day of care, the one to come included;
    `disabled_children` are those with the AEEH, which is health data.
    """

    annual_resources: Euros
    children: Annotated[int, Field(strict=True, ge=1, le=_MOST_CHILDREN)]
    disabled_children: Annotated[int, Field(strict=True, ge=0, le=_MOST_CHILDREN)]

    @model_validator(mode="after")
    def _no_more_disabled_than_children(self) -> Self:
        if self.disabled_children > self.children:
            raise PydanticCustomError(
                "disabled_children",
                "Les enfants qui ont l'AEEH sont comptés parmi les enfants à charge : donnez-en au "
                "plus autant.",
            )
        return self


class PreRegistration(Frozen):
    """A family's pre-registration for one child, born or to come: it asks for an estimate.

    `structure` is a wish. Nothing is fetched for it and nothing decided; an admission turns it
    into an `Application`.
    """

    stage: Stage = Stage.ESTIMATE
    scheme: Code
    child: Child | None = None
    pregnancy: Pregnancy | None = None
    applicant: CivilStatus
    other_representative: CivilStatus | None = None
    identity_assurance: IdentityAssurance
    address: Address
    structure: Code | None = None
    care: WishedCare
    declared: Declared
    notice: Notice

    @model_validator(mode="after")
    def _one_child(self) -> Self:
        if (self.child is None) == (self.pregnancy is None):
            raise PydanticCustomError(
                "child_or_pregnancy",
                "Une préinscription est faite pour un enfant né ou pour une grossesse : donnez "
                "« child » ou « pregnancy », l'un des deux.",
            )
        return self

    @property
    def birth(self) -> date:
        """The day of birth, or the day that it is expected on."""
        born, expected = self.child, self.pregnancy
        assert born or expected  # noqa: S101  # validated
        return born.birth if born else expected.expected_on  # type: ignore[union-attr]
