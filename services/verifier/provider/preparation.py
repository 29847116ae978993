"""Preparation: what the counter would refuse of a civil status, before it is asked. Pure.

What can be mended is mended on the way out (`shared.lettering`, `query`); what cannot is named
here, field by field, with what to do about it. Rules: the validators of apistration b96c7219, whose
codes stand beside.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from shared.civil_status import (
    FRANCE,
    PartialDate,
    Sex,
    commune_accepted,
    country_accepted,
)
from shared.lettering import name_accepted, one_by_one

FIRST_NAMES_READ = 3
_NAME = "Un nom n'a que des lettres, des espaces, des traits d'union et des apostrophes."
_FIRST_NAME = "Donnez au moins un prénom, et un seul par élément."
_BIRTH = "La date de naissance est passée, et n'est pas antérieure à 1900 : vérifiez-la."
_COUNTRY = "Donnez le code INSEE du pays de naissance : 99100 pour la France."
_COMMUNE = "Donnez le code INSEE de la commune de naissance, pas son code postal."


class Place(Protocol):
    """Where somebody was born, in COG codes."""

    @property
    def country(self) -> str: ...
    @property
    def commune(self) -> str | None: ...


class Written(Protocol):
    """A civil status as it reached us, by whatever way; a `CivilStatus` is one."""

    @property
    def birth_name(self) -> str: ...
    @property
    def usage_name(self) -> str | None: ...
    @property
    def first_names(self) -> Sequence[str]: ...
    @property
    def sex(self) -> Sex: ...
    @property
    def birth(self) -> PartialDate: ...
    @property
    def birth_place(self) -> Place: ...


@dataclass(frozen=True, slots=True)
class Refusal:
    """A field that the counter would refuse: a JSON pointer, and the remedy in French."""

    field: str
    remedy: str


def refusals_of(
    person: Written, today: date, *, at: str = "/applicant", spaced: bool = False
) -> tuple[Refusal, ...]:
    """What must be mended before the counter is asked about somebody; nothing when it may be.

    Args:
        person: who would be asked about.
        today: the day in Paris.
        at: where the person stands, as a JSON pointer.
        spaced: whether the source of the first names separates them by spaces.
    """
    checks = (_names(person), _first_names(person, spaced=spaced), _birth(person, today))
    found = (each for check in (*checks, _place(person.birth_place)) for each in check)
    return tuple(Refusal(f"{at}/{field}", remedy) for field, remedy in found)


def first_names_of(person: Written, *, spaced: bool) -> tuple[str, ...]:
    """The first names that the counter reads: the first three, one by one."""
    return one_by_one(person.first_names, spaced=spaced)[:FIRST_NAMES_READ]


def _names(person: Written) -> Iterator[tuple[str, str]]:
    """00420."""
    if not name_accepted(person.birth_name):
        yield "birth_name", _NAME
    if person.usage_name is not None and not name_accepted(person.usage_name):
        yield "usage_name", _NAME


def _first_names(person: Written, *, spaced: bool) -> Iterator[tuple[str, str]]:
    """00367."""
    if not first_names_of(person, spaced=spaced):
        yield "first_names", _FIRST_NAME
    for place, name in enumerate(person.first_names):
        if not all(map(name_accepted, one_by_one([name], spaced=spaced))):
            yield f"first_names/{place}", _FIRST_NAME


def _birth(person: Written, today: date) -> Iterator[tuple[str, str]]:
    """00363: a day that was, from 1900 to yesterday, as far as it is known."""
    birth = person.birth
    parts = [birth.year, *(part for part in (birth.month, birth.day) if part)]
    latest = [today.year, today.month, today.day]
    whole = len(parts) == len(latest)
    past = parts < latest if whole else parts <= latest[: len(parts)]
    if not past or not _exists(parts):
        yield "birth", _BIRTH


def _exists(parts: Sequence[int]) -> bool:
    try:
        PartialDate.parse("-".join(f"{part:02}" for part in parts))
    except ValueError:
        return False
    return True


def _place(place: Place) -> Iterator[tuple[str, str]]:
    """00400, 00365; the commune of who was born abroad is not sent."""
    if not country_accepted(place.country):
        yield "birth_place/country", _COUNTRY
    if place.country == FRANCE and not commune_accepted(place.commune or ""):
        yield "birth_place/commune", _COMMUNE
