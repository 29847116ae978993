"""An identity as a person writes it to try a provider: whatever is absent is not sent. Pure.

It is not a `CivilStatus`: one may want to see what the State says of an incomplete one.
"""

import re
from codecs import BOM_UTF8
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from services.verifier.provider.query import Parameters
from shared.civil_status import FRANCE, PartialDate, Sex
from shared.errors import BerceauError
from shared.evidence import Month
from shared.lettering import counter_name, one_by_one

_LARGEST = 65_536
_READ = 3
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?\Z", re.ASCII)
_REMEDIES = {
    "prenoms": 'une liste de prénoms, par exemple ["Aminata", "Rose"]',
    "date_naissance": 'AAAA-MM-JJ, ou {"annee": 1992, "mois": 7, "jour": 19}',
    "annee": "une année, par exemple 2026",
    "mois": "un mois, de 1 à 12",
    "spi": "les 13 chiffres d'un numéro fiscal",
}


class IdentityError(BerceauError):
    """An identity file that cannot be read; the message names the field and the remedy."""


def _blank(value: object) -> object:
    return None if value in ("", [], {}) else value


def _digits(value: object) -> object:
    """A whole number as it is written, or as text: `5` and `"05"` are told apart."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else _blank(value)


def _unspaced(value: object) -> object:
    """A tax number, also when it is spaced as tax notices print it."""
    return _blank("".join(value.split())) if isinstance(value, str) else _digits(value)


Text = Annotated[Annotated[str, Field(max_length=200)] | None, BeforeValidator(_blank)]
Number = Annotated[Annotated[str, Field(pattern=r"^[0-9]{1,4}$")] | None, BeforeValidator(_digits)]

Spi = Annotated[
    Annotated[str, Field(pattern=r"^[0-9]{1,20}$")] | None, BeforeValidator(_unspaced)
]  # it stands in a path: digits, and the State says whether they are a tax number


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Birth(_Frozen):
    """A birth date of which any part may be unknown."""

    annee: Number = None
    mois: Number = None
    jour: Number = None

    def known(self) -> dict[str, int]:
        """The parts that are known; zero is unknown."""
        parts = {"annee": self.annee, "mois": self.mois, "jour": self.jour}
        return {name: int(part) for name, part in parts.items() if part and int(part)}


def _birth(value: object) -> object:
    if not isinstance(value, str) or not value:
        return _blank(value)
    found = _DATE.match(value)
    if found is None:
        raise ValueError("not a date")
    return dict(zip(("annee", "mois", "jour"), found.groups(), strict=True))


class Identity(_Frozen):
    """Who is asked about; `annee` and `mois` are those of a quotient familial."""

    nom_naissance: Text = None
    nom_usage: Text = None
    prenoms: Annotated[
        Annotated[tuple[str, ...], Field(max_length=20)] | None, BeforeValidator(_blank)
    ] = None
    date_naissance: Annotated[Birth | None, BeforeValidator(_birth)] = None
    sexe: Text = None
    code_cog_insee_pays_naissance: Text = None
    code_cog_insee_commune_naissance: Text = None
    annee: Number = None
    mois: Number = None
    spi: Spi = None

    @property
    def birth_name(self) -> str | None:
        """As the matching knows it."""
        return self.nom_naissance

    @property
    def usage_name(self) -> str | None:
        """As the matching knows it."""
        return self.nom_usage

    @property
    def first_names(self) -> tuple[str, ...]:
        """One by one."""
        return one_by_one(self.prenoms or ())

    @property
    def sex(self) -> Sex | None:
        """None when it is neither M nor F."""
        letter = (self.sexe or "").upper()
        return Sex(letter) if letter in set(Sex) else None

    @property
    def birth(self) -> PartialDate | None:
        """None when it is not told, or is no day of the calendar."""
        known = self.date_naissance.known() if self.date_naissance else {}
        written = [known[part] for part in ("annee", "mois", "jour") if part in known]
        try:
            return PartialDate.parse("-".join(f"{part:02}" for part in written))
        except ValueError:
            return None

    @property
    def period(self) -> Month | None:
        """The month of a quotient familial, when it is one."""
        try:
            return Month(year=int(self.annee or 0), month=int(self.mois or 0))
        except ValidationError:
            return None

    def parameters(self, *, with_month: bool) -> Parameters:
        """What is sent of it, as the verifier sends it; `with_month` for a quotient familial."""
        told = [
            *_told({"nomNaissance": self.nom_naissance, "nomUsage": self.nom_usage}, counter_name),
            *(("prenoms[]", counter_name(name)) for name in self.first_names[:_READ]),
            *self._birth(),
            *_told({"sexeEtatCivil": self.sexe, "codeCogInseePaysNaissance": self._country}),
            *_told({"codeCogInseeCommuneNaissance": self._commune}),
        ]
        return [*told, *_told({"annee": self.annee, "mois": self.mois})] if with_month else told

    def _birth(self) -> Parameters:
        known = self.date_naissance.known() if self.date_naissance else {}
        return [(f"{part}DateNaissance", str(number)) for part, number in known.items()]

    @property
    def _country(self) -> str | None:
        return self.code_cog_insee_pays_naissance

    @property
    def _commune(self) -> str | None:
        """The commune of who was born abroad is not sent."""
        in_france = self._country in (None, FRANCE)
        return self.code_cog_insee_commune_naissance if in_france else None


def read_identity(path: Path) -> Identity:
    """The identity that a file holds.

    Raises:
        IdentityError: not a JSON object of these fields; its content is never repeated.
    """
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST + 1)
    except OSError as unreadable:
        raise IdentityError(f"{path} : illisible ({unreadable.strerror}).") from None
    if len(content) > _LARGEST:
        raise IdentityError(f"{path} : plus de 64 Kio ; ce n'est pas une identité.")
    try:
        return Identity.model_validate_json(content.removeprefix(BOM_UTF8))
    except ValidationError as wrong:
        raise IdentityError(f"{path} : {_told_wrong(wrong)}") from None


def _told(values: dict[str, str | None], prepared: Any = str) -> Parameters:  # noqa: ANN401
    return [(name, prepared(value)) for name, value in values.items() if value]


def _told_wrong(wrong: ValidationError) -> str:
    first = wrong.errors(include_input=False, include_url=False, include_context=False)[0]
    if not first["loc"]:
        return "un objet JSON en UTF-8 est attendu."
    field = str(first["loc"][0])
    if first["type"] == "extra_forbidden":
        return f"« {'.'.join(map(str, first['loc']))} » : champ inconnu ; retirez-le."
    return f"« {field} » : attendu : {_REMEDIES.get(field, 'un texte')}."
