"""Query: the parameters of a civil status, and every validator that they fail.

Rules of the contract, section by section of the portal: charset of names, dates, COG codes; all the
failing validators are told at once (`organizers/retriever_organizer` of apistration).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from services.simulator.population.names import folded
from services.simulator.population.register import Asked
from services.simulator.population.words import BIRTH_COMMUNES, FRANCE

_NAME = re.compile(r"[a-zA-ZÀ-ÖØ-öø-ÿ' -]+\Z")
_COUNTRY = re.compile(r"(99[0-9]{3}|92352)\Z")
_COMMUNE = re.compile(r"([013-9][0-9]|2[AB1-9])[0-9]{3}\Z")
_SIRET = re.compile(r"[0-9]{14}\Z")
_LA_POSTE = re.compile(r"356000000[0-9]{5}\Z")
_MOST_FIRST_NAMES = 3
_DATE_PART = re.compile(r"[0-9]{1,4}\Z")
_FIRST_YEAR = 1900
_LEAP_YEAR = 2000
_FIRST_NAMES = "prenoms[]"
_CIVIL_STATUS = frozenset(
    {
        *("nomNaissance", "nomUsage", "sexeEtatCivil"),
        *("anneeDateNaissance", "moisDateNaissance", "jourDateNaissance"),
        *("codeCogInseePaysNaissance", "codeCogInseeCommuneNaissance"),
        *("nomCommuneNaissance", "codeCogInseeDepartementNaissance"),
    }
)


@dataclass(frozen=True, slots=True)
class Query:
    """The parameters of a call; an empty value is an absent one."""

    single: dict[str, str]
    first_names: tuple[str, ...]

    @classmethod
    def read(cls, pairs: Iterable[tuple[str, str]]) -> "Query":
        """Read decoded `name, value` pairs, in their order."""
        given = [(name, value) for name, value in pairs if value]
        return cls(
            single={name: value for name, value in given if name != _FIRST_NAMES},
            first_names=tuple(value for name, value in given if name == _FIRST_NAMES),
        )

    def get(self, name: str) -> str:
        """A parameter, empty when it is absent."""
        return self.single.get(name, "")

    def number(self, name: str) -> int:
        """A parameter as an integer; 0 when absent, -1 when it is no date's number."""
        text = self.get(name)
        return (int(text) or -1) if _DATE_PART.match(text) else -bool(text)

    def about(self, single: dict[str, str], first_names: tuple[str, ...]) -> "Query":
        """The same query about a person whom another party identified."""
        kept = {name: value for name, value in self.single.items() if name not in _CIVIL_STATUS}
        return Query({**kept, **single}, first_names)

    def identity(self) -> tuple[tuple[str, str] | tuple[str, ...], ...]:
        """What makes two calls the same: everything but the recipient."""
        single = sorted(item for item in self.single.items() if item[0] != "recipient")
        return (*single, self.first_names)

    def asked(self) -> Asked:
        """The civil status, for the register."""
        year, month = self.number("anneeDateNaissance"), self.number("moisDateNaissance")
        country = self.get("codeCogInseePaysNaissance")
        return Asked(
            birth_name=self.get("nomNaissance"),
            first_names=self.first_names,
            year=year,
            month=month if year else 0,  # ignored without its year
            day=self.number("jourDateNaissance") if year and month else 0,
            place=self._commune() if country == FRANCE else country,
        )

    def _commune(self) -> str:
        return self.get("codeCogInseeCommuneNaissance") or (_transcoded(self) or "")


def failing(query: Query, today: date) -> tuple[str, ...]:
    """The names (in `refusals.yaml`) of all the validators that a call fails."""
    checks = (
        ("recipient_invalid", _is_recipient(query.get("recipient"))),
        ("birth_name", _are_names(query)),
        ("first_names", _are_first_names(query.first_names)),
        ("date", _is_date(query, today)),
        ("sex", query.get("sexeEtatCivil").upper() in {"", "M", "F"}),
        ("country", _COUNTRY.match(query.get("codeCogInseePaysNaissance")) is not None),
    )
    return (*(name for name, passes in checks if not passes), *_place_failures(query))


def counter_refusal(query: Query) -> int | None:
    """The code of the counter behind (API-SECU) for what the validators let pass."""
    if not query.first_names:
        return 40011
    return None if query.get("sexeEtatCivil") else 40014


def _is_recipient(siret: str) -> bool:
    return _LA_POSTE.match(siret) is not None or (
        _SIRET.match(siret) is not None and _luhn(siret) % 10 == 0
    )


def _luhn(digits: str) -> int:
    doubled = (int(digit) * (2 - rank % 2) for rank, digit in enumerate(digits))
    return sum(sum(divmod(value, 10)) for value in doubled)


def _are_names(query: Query) -> bool:
    """The birth name is there, and neither it nor the name in use has a refused letter."""
    names = (query.get("nomNaissance"), query.get("nomUsage") or "-")
    return all(_NAME.match(name) for name in names)


def _are_first_names(names: tuple[str, ...]) -> bool:
    return len(names) <= _MOST_FIRST_NAMES and all(_NAME.match(name) for name in names)


def _is_date(query: Query, today: date) -> bool:
    year, month, day = (query.number(f"{part}DateNaissance") for part in ("annee", "mois", "jour"))
    try:
        full = date(year or _LEAP_YEAR, month or 1, day or 1)
    except ValueError:
        return False
    return not (year and month and day) or (full.year >= _FIRST_YEAR and full < today)


def _place_failures(query: Query) -> Iterator[str]:
    if query.get("codeCogInseePaysNaissance") != FRANCE:
        return
    if query.get("codeCogInseeCommuneNaissance") or not query.get("nomCommuneNaissance"):
        if _COMMUNE.match(query.get("codeCogInseeCommuneNaissance")) is None:
            yield "place"
        return
    if not re.fullmatch(r"[0-9AB]{2,3}", query.get("codeCogInseeDepartementNaissance")):
        yield "department"
    if not query.get("anneeDateNaissance"):
        yield "year"
    if _transcoded(query) is None:
        yield "place"


def _transcoded(query: Query) -> str | None:
    """The COG code of a commune told by its name and its département, among those known here."""
    name = folded(query.get("nomCommuneNaissance"))
    department = query.get("codeCogInseeDepartementNaissance")
    for place in BIRTH_COMMUNES:
        if folded(place.name) == name and place.code.startswith(department):
            return place.code
    return None
