"""FranceConnect: opaque access tokens of a minute, and the pivot identity behind each.

A token is that of an invented family (told under `/population`), of a token file, or of a folder of
official payloads. Its rights are FranceConnect scopes; without the pivot identity among them it
opens nothing.
"""

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from services.simulator.api.answers import Answer, refused
from services.simulator.api.config import ALL_SCOPES, Config
from services.simulator.api.particulier.nomenclature import Nomenclature
from services.simulator.api.particulier.query import Query
from services.simulator.population.adults import Adult
from services.simulator.population.register import Register
from services.simulator.population.words import FRANCE

_FORM = re.compile(r"[A-Za-z0-9._~+/-]{6,600}=*\Z")
_OWN = re.compile(r"([0-9]{1,7}):([0-9]{1,11}):([0-9a-f]{16})\Z")
_PIVOT = {"family_name", "given_name", "gender", "birthdate", "birthplace", "birthcountry"}
_ALIASES = ({"identite_pivot"}, {"profile", "birth"}, _PIVOT)
_BIRTHDATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})\Z")
_LETTERS = str.maketrans({"’": "'", "œ": "oe", "Œ": "OE", "Ÿ": "Y"})
_EAJE_NAMES = {  # FranceConnect's own names of the scopes of the EAJE base
    "eaje_allocataires": "cnav_participation_familiale_eaje_allocataires",
    "eaje_enfants": "cnav_participation_familiale_eaje_enfants",
    "eaje_adresse": "cnav_participation_familiale_eaje_adresse",
    "eaje_parametres_calcul_participation_familial": (
        "cnav_participation_familiale_eaje_parametres_calcul"
    ),
}


@dataclass(frozen=True, slots=True)
class Person:
    """Whom a token is about, in FranceConnect's words, and what it opens."""

    claims: Mapping[str, str]
    fc_scopes: frozenset[str]

    @property
    def scopes(self) -> frozenset[str]:
        """The scopes of API Particulier."""
        return frozenset(_EAJE_NAMES.get(name, name) for name in self.fc_scopes)

    @property
    def has_pivot(self) -> bool:
        """Whether the pivot identity may be read."""
        return any(alias <= self.fc_scopes for alias in _ALIASES)

    def asking(self, query: Query) -> Query | None:
        """A query about this person; None when the identity cannot be used."""
        name, birth = self.claims.get("family_name"), self.claims.get("birthdate", "")
        parts = _BIRTHDATE.match(birth)
        if not name or parts is None:
            return None
        year, month, day = (str(int(part)) for part in parts.groups())
        told = {
            "nomNaissance": name,
            "nomUsage": self.claims.get("preferred_username", ""),
            "anneeDateNaissance": year,
            "moisDateNaissance": month,
            "jourDateNaissance": day,
            "sexeEtatCivil": "M" if self.claims.get("gender") == "male" else "F",
            "codeCogInseePaysNaissance": self.claims.get("birthcountry", ""),
            "codeCogInseeCommuneNaissance": self.claims.get("birthplace", ""),
        }
        single = {key: value for key, value in told.items() if value not in {"", "0"}}
        return query.about(single, tuple(self.claims.get("given_name", "").split()))


class FranceConnect:
    """What introspection tells of a token."""

    def __init__(self, config: Config, register: Register, nomenclature: Nomenclature) -> None:
        self._config, self._register, self._words = config, register, nomenclature
        self._known = {token: _person(each) for token, each in config.fc_tokens.items()}
        self._known |= _official(config.payloads)

    def token(self, number: int) -> str:
        """A fresh access token for the applicant of a family."""
        issued = int(self._config.now().timestamp())
        told = f"{number}:{issued}:{self._mark(number, issued)}"
        return base64.urlsafe_b64encode(told.encode()).decode().rstrip("=")

    def introspect(self, token: str) -> Person | Answer:
        """Whom a token is about, or why it opens nothing."""
        if not token:
            return self._refused("fc_absent")
        if _FORM.match(token) is None:
            return self._refused("fc_malformed")
        person = self._known.get(token) or self._own(token)
        if person is None:
            return self._refused("fc_unknown")
        if not person.has_pivot:
            return self._refused("fc_pivot_missing", " ".join(sorted(person.fc_scopes)))
        return person

    def _refused(self, name: str, scopes: str = "") -> Answer:
        return refused(self._words.error(name, words={"scopes": scopes}))

    def _own(self, token: str) -> Person | None:
        """The applicant of the family for whom a token was made, if it still lives."""
        try:
            found = _OWN.match(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode())
        except ValueError:
            return None
        if found is None or found[3] != self._mark(int(found[1]), int(found[2])):
            return None
        age = self._config.now().timestamp() - int(found[2])
        life = self._config.fc_life_seconds
        if (life and age >= life) or int(found[1]) >= self._register.size:
            return None
        applicant = self._register.family(int(found[1])).household.applicant
        return Person(_claims(applicant), ALL_SCOPES | {"identite_pivot"})

    def _mark(self, number: int, issued: int) -> str:
        """What tells a token of this simulator from one made up."""
        told = f"{self._config.seed}/{number}/{issued}".encode()
        return hashlib.sha256(told).hexdigest()[:16]


def _claims(adult: Adult) -> dict[str, str]:
    """The pivot identity of somebody of the register."""
    return {
        "family_name": adult.birth_name.translate(_LETTERS).upper(),
        "given_name": " ".join(adult.first_names[:3]).translate(_LETTERS),
        "gender": "male" if adult.sex == "M" else "female",
        "birthdate": adult.birth.wire(),
        "birthplace": "" if adult.abroad else adult.place.code,
        "birthcountry": adult.place.code if adult.abroad else FRANCE,
    }


def _person(content: Mapping[str, Any]) -> Person:
    """Read the claims of an introspection: identity, and `scope`, words between spaces."""
    claims = {key: str(value) for key, value in content.items() if isinstance(value, str)}
    return Person(claims, frozenset(claims.get("scope", "").split()))


def _official(folder: Path | None) -> dict[str, Person]:
    """The tokens of a folder of official payloads."""
    if folder is None:
        return {}
    read = [
        yaml.safe_load(path.read_text(encoding="utf-8"))
        for path in sorted((folder / "france_connect").glob("*.y*ml"))
    ]
    return {
        str(each["params"]["token"]): _person(
            yaml.safe_load(each["payload"])["token_introspection"]
        )
        for each in read
    }
