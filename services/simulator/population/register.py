"""Register: finds the family of a civil status, as the State's chain of counters does.

The heavy fields are the birth name, the birth year and the birth place; first names, month and day
settle between homonyms when they are given; sex weighs nothing (docs/cnav-api-secu.md of
apistration).
"""

from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import lru_cache

from services.simulator.population.adults import Adult, applicant_of, other_parent_of
from services.simulator.population.families import Family, family
from services.simulator.population.names import folded

_Heavy = tuple[str, int, str]


class Role(Enum):
    """As whom a person stands in a family."""

    APPLICANT = "applicant"
    OTHER_PARENT = "other_parent"


@dataclass(frozen=True, slots=True)
class Asked:
    """A civil status as it was asked; 0 for an unknown part of the birth date."""

    birth_name: str
    first_names: tuple[str, ...]
    year: int
    month: int
    day: int
    place: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A person of the register: which family, as whom, and what tells homonyms apart."""

    number: int
    role: Role
    first_names: frozenset[str]
    month: int
    day: int

    def fits(self, asked: Asked) -> bool:
        """Whether nothing of what was asked speaks against this person."""
        names = {folded(name) for name in asked.first_names}
        return (
            not names.isdisjoint(self.first_names)
            and _may_equal(self.month, asked.month)
            and _may_equal(self.day, asked.day)
        )


class Register:
    """The people of the first `size` families of a seed, by the heavy fields of civil status."""

    def __init__(self, seed: int, size: int, on: date) -> None:
        self.seed, self.size, self.on = seed, size, on
        self.family = lru_cache(maxsize=4_096)(self._family)
        self._entries: dict[_Heavy, list[Entry]] = {}
        for number in range(size):
            self._enter(number)

    def find(self, asked: Asked) -> Entry | None:
        """The one person whom a civil status fits; None for nobody, and for several."""
        fitting = self.fitting(asked)
        return fitting[0] if len(fitting) == 1 else None

    def fitting(self, asked: Asked) -> list[Entry]:
        """All the people whom a civil status fits."""
        near = self._entries.get((folded(asked.birth_name), asked.year, asked.place), ())
        return [entry for entry in near if entry.fits(asked)]

    def _family(self, number: int) -> Family:
        return family(self.seed, number, self.on)

    def _enter(self, number: int) -> None:
        self._add(number, Role.APPLICANT, applicant_of(self.seed, number, self.on))
        other = other_parent_of(self.seed, number, self.on)
        if other is not None:
            self._add(number, Role.OTHER_PARENT, other)

    def _add(self, number: int, role: Role, adult: Adult) -> None:
        birth = adult.birth
        names = frozenset(folded(name) for name in adult.first_names)
        entry = Entry(number, role, names, birth.month, birth.day)
        heavy = (folded(adult.birth_name), birth.year, adult.place.code)
        self._entries.setdefault(heavy, []).append(entry)


def _may_equal(one: int, other: int) -> bool:
    return 0 in (one, other) or one == other
