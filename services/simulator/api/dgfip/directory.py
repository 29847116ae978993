"""Directory: finds a tax household by SPI, by civil status (SFiP) or by pivot identity."""

import re
from dataclasses import dataclass

from services.simulator.api.particulier.query import Query
from services.simulator.population.register import Asked, Entry, Register, Role
from services.simulator.population.spi import holder
from services.simulator.population.taxes import TaxHousehold, tax_households
from services.simulator.population.words import FRANCE

_FORMS = {
    "nom": re.compile(r".{1,100}\Z"),
    "prenom": re.compile(r".{1,100}\Z"),
    "sexe": re.compile(r"[12]\Z"),
    "naisDate": re.compile(r"(?:(?:(?:0[1-9]|[12]\d|3[01])/)?(?:0[1-9]|1[0-2])/)?[12]\d{3}\Z"),
    "naisCodePays": re.compile(r"\d{5}\Z"),
    "naisCodeDept": re.compile(r"(?:\d{2}|2[AB]|9[78]\d)\Z"),
    "naisCodeCommune": re.compile(r"\d{2,3}\Z"),
    "spi": re.compile(r"\d{13}\Z"),
}


@dataclass(frozen=True, slots=True)
class Found:
    """What a search brought: how many people, and the household of the only one."""

    people: int
    household: TaxHousehold | None = None


class Directory:
    """The taxpayers of the population."""

    def __init__(self, register: Register) -> None:
        self._register = register

    def by_spi(self, spi: str) -> Found:
        """Whoever bears a SPI: either declarant."""
        held = holder(spi)
        if held is None or held[0] >= self._register.size:
            return Found(0)
        return self._found(*held)

    def by_civil_status(self, told: dict[str, str]) -> Found:
        """Whoever the words of SFiP fit."""
        return self._only(self._register.fitting(_asked(told)))

    def by_identity(self, query: Query) -> Found:
        """Whoever a pivot identity fits."""
        return self._only(self._register.fitting(query.asked()))

    def _only(self, entries: list[Entry]) -> Found:
        if len(entries) != 1:
            return Found(len(entries))
        return self._found(entries[0].number, 0 if entries[0].role is Role.APPLICANT else 1)

    def _found(self, number: int, role: int) -> Found:
        known = self._register.family(number)
        adults = len(known.household.adults)
        for each in tax_households(self._register.seed, known, self._register.on):
            if role in {one.role for one in each.declarants}:
                return Found(1, each)
        return Found(1 if role < adults else 0)


def is_well_put(told: dict[str, str]) -> bool:
    """Whether the parameters of SFiP are in their forms, and say somebody."""
    formed = all(_FORMS[name].match(value) for name, value in told.items() if name in _FORMS)
    return formed and bool(told.get("spi") or (told.get("nom") and told.get("naisDate")))


def _asked(told: dict[str, str]) -> Asked:
    *early, year = told["naisDate"].split("/")
    country = told.get("naisCodePays", FRANCE)
    commune = told.get("naisCodeDept", "") + told.get("naisCodeCommune", "")
    return Asked(
        birth_name=told["nom"],
        first_names=tuple(told.get("prenom", "").split()),
        year=int(year),
        month=int(early[-1]) if early else 0,
        day=int(early[0]) if len(early) == 2 else 0,  # noqa: PLR2004  day and month
        place=commune if country == FRANCE else country,
    )
