"""The care (accueil) that a family asks for: its kind, its dates, its hours.

It is a part of an application (`shared.application`), sealed with it.
"""

import re
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    SerializerFunctionWrapHandler,
    WithJsonSchema,
    model_serializer,
    model_validator,
)
from pydantic_core import PydanticCustomError

from shared.civil_status import Day

_HOURS = r"[0-9]{1,5}(\.[0-9]{1,2})?"


class CareType(StrEnum):
    """The kinds of care that the national scale (PSU) tells apart."""

    COLLECTIF = "collectif"
    FAMILIAL_PARENTAL = "familial_parental"
    MICRO_CRECHE = "micro_creche"


class LocalCare(StrEnum):
    """The kinds that local tariffs alone price, by whatever they are counted in.

    `AIDE` is no care: an aid that a family asks for.
    """

    PERISCOLAIRE = "periscolaire"
    EXTRASCOLAIRE = "extrascolaire"
    RESTAURATION = "restauration"
    AIDE = "aide"


KINDS_OF_CARE = tuple(kind.value for kinds in (CareType, LocalCare) for kind in kinds)
"""Every word for a kind of care."""


def _kind(value: object) -> CareType | LocalCare:
    if isinstance(value, CareType | LocalCare):
        return value
    if isinstance(value, str) and value in KINDS_OF_CARE:
        return CareType(value) if value in set(CareType) else LocalCare(value)
    raise PydanticCustomError(
        "care_type",
        "Donnez l'un de ces types d'accueil : {kinds}.",
        {"kinds": ", ".join(KINDS_OF_CARE)},
    )


AnyCare = Annotated[
    CareType | LocalCare,
    PlainValidator(_kind),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": "string", "enum": list(KINDS_OF_CARE)}),
]


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


Hours = Annotated[
    Decimal,
    BeforeValidator(_hours),
    PlainSerializer(str),
    WithJsonSchema({"type": "string", "pattern": f"^{_HOURS}$", "examples": ["1518.00"]}),
]
Instalments = Annotated[int, Field(strict=True, ge=1, le=60)]
Weeks = Annotated[int, Field(strict=True, ge=1, le=53)]
Units = Annotated[int, Field(strict=True, ge=1, le=400)]
Rank = Annotated[int, Field(strict=True, ge=1, le=20)]


class Frozen(BaseModel):
    """What a portal hands in: it does not change, and has no field that we do not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Period(Frozen):
    """The kind of care and its dates."""

    type: AnyCare
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
    divided by the number of months invoiced). They may be told by how they are reserved:
    `hours_a_week` in so many `weeks`, less the `closure_hours` of the structure; given too, they
    agree to the hundredth of an hour.

    Care that is not the national scale's may leave its hours unknown. `units_a_month` counts what
    its tariff is by (meals, half days, evenings), `rank` the child among those of the household
    who are enrolled in this scheme, the first being 1.
    """

    contract_hours: Hours | None = None
    instalments: Instalments | None = None
    hours_a_week: Hours | None = None
    weeks: Weeks | None = None
    closure_hours: Hours | None = None
    units_a_month: Units | None = None
    rank: Rank | None = None

    @property
    def hours(self) -> Decimal | None:
        """The hours of the whole contract, as given or as reserved by the week."""
        return self._reserved if self.contract_hours is None else self.contract_hours

    @property
    def _reserved(self) -> Decimal | None:
        if self.hours_a_week is None or self.weeks is None:
            return None
        return self.hours_a_week * self.weeks - (self.closure_hours or 0)

    @model_validator(mode="after")
    def _whole_week(self) -> Self:
        week = {self.hours_a_week is None, self.weeks is None}
        if len(week) > 1 or (self.closure_hours is not None and self.weeks is None):
            raise PydanticCustomError(
                "half_a_week",
                "Les heures par semaine, le nombre de semaines et les heures de fermeture vont "
                "ensemble : donnez au moins les deux premières, ou aucune.",
            )
        return self

    @model_validator(mode="after")
    def _hours_agree(self) -> Self:
        reserved = self._reserved
        if reserved is not None and (reserved <= 0 or self.hours != reserved):
            raise PydanticCustomError(
                "hours_disagree",
                "Les heures du contrat sont celles d'une semaine, fois le nombre de semaines, "
                "moins les heures de fermeture : corrigez l'une d'elles, ou retirez "
                "« contract_hours ».",
            )
        return self

    @model_validator(mode="after")
    def _hours_where_the_price_is_by_the_hour(self) -> Self:
        known = (self.hours is not None, self.instalments is not None)
        if all(known) or (isinstance(self.type, LocalCare) and not any(known)):
            return self
        if known[0]:
            raise PydanticCustomError(
                "instalments_required",
                "Donnez le nombre de mensualités sur lesquelles les heures du contrat sont "
                "réparties.",
            )
        raise PydanticCustomError(
            "contract_hours_required",
            'Donnez les heures de tout le contrat, entre guillemets, par exemple "1518.00".',
        )

    @model_serializer(mode="wrap")
    def _as_first_written(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Without what is not said: workers of the release before read it during an upgrade."""
        written: dict[str, Any] = write(self)
        return {name: value for name, value in written.items() if _said(name, value)}


_SAID_WHEN_GIVEN = {"hours_a_week", "weeks", "closure_hours", "units_a_month", "rank"}


def _said(name: str, value: object) -> bool:
    return value is not None or name not in _SAID_WHEN_GIVEN
