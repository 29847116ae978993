"""Civil status (état civil): names, birth, birth place and sex, as families give them.

Accepted here is what API Particulier can use: its charset and its COG codes
(`nomNaissance`, `prenoms[]`, `codeCogInsee…`, read in apistration b96c7219). Each refusal carries
a French remedy, for it reaches the person who typed.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    model_validator,
)
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from shared.lettering import counter_name as counter_name  # noqa: PLC0414 - one vocabulary
from shared.lettering import folded as folded  # noqa: PLC0414
from shared.lettering import kept_name, name_accepted, one_by_one

FRANCE = "99100"
_COUNTRY = re.compile(r"(99\d{3}|92352)\Z", re.ASCII)
_COMMUNE = re.compile(r"([013-9]\d|2[AB1-9])\d{3}\Z", re.ASCII)
_PARTIAL_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?\Z", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z", re.ASCII)
_FIRST_YEAR = 1900
_LEAP_YEAR = 2000


class Sex(StrEnum):
    """Sex in the civil status register, as the counter asks for it."""

    MALE = "M"
    FEMALE = "F"


@dataclass(frozen=True, order=True, slots=True)
class PartialDate:
    """A birth date of which the day, or the day and the month, may be unknown."""

    year: int
    month: int | None = None
    day: int | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `1982`, `1982-12` or `1982-12-27`.

        Raises:
            PydanticCustomError: with a French remedy, for anything else.
        """
        found = _PARTIAL_DATE.match(text)
        if found is None:
            raise PydanticCustomError(
                "partial_date",
                "La date s'écrit AAAA-MM-JJ, ou AAAA-MM, ou AAAA si le reste est inconnu.",
            )
        year = int(found[1])
        month, day = (int(part) if part else None for part in found.groups()[1:])
        _refuse_impossible(year, month, day)
        return cls(year, month, day)

    def __str__(self) -> str:
        """`1982`, `1982-12` or `1982-12-27`."""
        month = "" if self.month is None else f"-{self.month:02d}"
        day = "" if self.day is None else f"-{self.day:02d}"
        return f"{self.year:04d}{month}{day}"

    @classmethod
    def __get_pydantic_core_schema__(
        cls, _source: type[Any], _handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """On the wire: a string."""
        text = core_schema.chain_schema(
            [
                core_schema.str_schema(pattern=r"^\d{4}(-\d{2}){0,2}$"),
                core_schema.no_info_plain_validator_function(cls.parse),
            ]
        )
        return core_schema.json_or_python_schema(
            json_schema=text,
            python_schema=core_schema.union_schema(
                [core_schema.is_instance_schema(cls), text], mode="left_to_right"
            ),
            serialization=core_schema.to_string_ser_schema(),
        )


def _refuse_impossible(year: int, month: int | None, day: int | None) -> None:
    try:
        date(
            _LEAP_YEAR if day is None else year,
            1 if month is None else month,
            1 if day is None else day,
        )
    except ValueError:
        year = 0
    if year < _FIRST_YEAR:
        raise PydanticCustomError(
            "impossible_date", "Cette date n'existe pas : vérifiez le jour, le mois et l'année."
        )


def _written_day(value: object) -> object:
    """Refuse what pydantic would read as a number of seconds: a day is written as one."""
    if isinstance(value, date) or (isinstance(value, str) and _DAY.match(value)):
        return value
    raise PydanticCustomError("day", "La date s'écrit AAAA-MM-JJ, par exemple 2025-03-04.")


def _usable_name(name: str) -> str:
    if not name_accepted(name):
        raise PydanticCustomError(
            "name_charset",
            "Un nom n'a que des lettres, des espaces, des traits d'union et des apostrophes : "
            "retirez les chiffres et les autres signes.",
        )
    return kept_name(name)


def _one_by_one(names: object) -> object:
    """First names that came with commas between them, unless one of them is none."""
    if not isinstance(names, list | tuple) or not all(isinstance(name, str) for name in names):
        return names
    split = one_by_one(names)
    return split if all(map(name_accepted, split)) else names


def country_accepted(code: str) -> bool:
    """Whether it has the form of a country's COG code."""
    return _COUNTRY.match(code) is not None


def commune_accepted(code: str) -> bool:
    """Whether it has the form of a commune's COG code."""
    return _COMMUNE.match(code) is not None


def _code(pattern: re.Pattern[str], kind: str, remedy: str) -> Callable[[str], str]:
    def check(code: str) -> str:
        if pattern.match(code) is None:
            raise PydanticCustomError(kind, remedy)
        return code

    return check


Day = Annotated[date, BeforeValidator(_written_day)]
Name = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(_usable_name)]
FirstNames = Annotated[
    tuple[Name, ...], Field(min_length=1, max_length=10), BeforeValidator(_one_by_one)
]
CommuneCode = Annotated[
    str,
    Field(examples=["75113"], max_length=5),
    AfterValidator(
        _code(
            _COMMUNE,
            "cog_commune",
            "Donnez le code INSEE de la commune (5 caractères, par exemple 75113), "
            "pas le code postal.",
        )
    ),
]
CountryCode = Annotated[
    str,
    Field(examples=[FRANCE], max_length=5),
    AfterValidator(
        _code(
            _COUNTRY,
            "cog_country",
            "Donnez le code INSEE du pays : 99100 pour la France, sinon 99 suivi de trois "
            "chiffres.",
        )
    ),
]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class BirthPlace(_Frozen):
    """Where someone was born: COG codes as they were on that day."""

    country: CountryCode = FRANCE
    commune: CommuneCode | None = None

    @model_validator(mode="after")
    def _commune_in_france(self) -> Self:
        if self.country == FRANCE and self.commune is None:
            raise PydanticCustomError(
                "birth_commune",
                "Une personne née en France a une commune de naissance : donnez son code INSEE.",
            )
        return self


class CivilStatus(_Frozen):
    """The civil status of an adult who may be known to the CAF or the MSA.

    `first_names`: one per element, in the order of the register; every one helps against
    homonyms, though the counter reads the first three only.
    """

    birth_name: Name
    usage_name: Name | None = None
    first_names: FirstNames
    sex: Sex
    birth: PartialDate
    birth_place: BirthPlace


class Child(_Frozen):
    """The child who is enrolled; born, hence a full birth date."""

    birth_name: Name
    first_names: FirstNames
    sex: Sex | None = None
    birth: Day
