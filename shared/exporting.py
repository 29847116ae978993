"""Exports: decisions as a logiciel métier or a régie takes them, a line for each version. Pure.

docs/reference/exports.md says what each field is for; the command and the API give the same ones.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Annotated, Any, Generic

from pydantic import BaseModel, ConfigDict, Field

from shared.application import Fund
from shared.decisions import DecisionKind
from shared.versions import AnyVersion, periods

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Days:
    """From one day to another, both included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Held(Generic[AnyVersion]):
    """A version and the days on which it holds, both included; no end: until further notice.

    `in_force` is false for one that another ended before it held on any day.
    """

    version: AnyVersion
    valid_to: date | None
    in_force: bool


def held_within(
    versions: Sequence[AnyVersion], days: Days, ends: date | None
) -> Iterator[Held[AnyVersion]]:
    """The versions that hold on one of the days, then those that would have begun on one of them.

    `ends` is the last day of all: of the care, or the one on which it was withdrawn. What a version
    that never held says of money owed still counts, for the next one counted from it.
    """
    holding = periods(versions)
    for version, following in zip(holding, [*holding[1:], None], strict=True):
        eve = None if following is None else following.valid_from - _DAY
        last = _earliest(eve, ends)
        begun = version.valid_from <= (_earliest(days.last, last) or days.last)
        if begun and (last is None or last >= days.first):
            yield Held(version, last, in_force=True)
    held = {one.version for one in holding}
    for version in versions:
        if version.version not in held and days.first <= version.valid_from <= days.last:
            yield Held(version, None, in_force=False)


def _earliest(*days: date | None) -> date | None:
    return min((day for day in days if day is not None), default=None)


@dataclass(frozen=True, slots=True)
class Numbered:
    """A version that binds, without what is sealed of it."""

    version: int
    valid_from: date
    kind: DecisionKind
    tariff_id: str
    tariff_version: str


@dataclass(frozen=True, slots=True, repr=False)
class Unsealed:
    """A version and the days on which it holds, with what was sealed of it."""

    held: Held[Numbered]
    content: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Exportable:
    """One application whose decisions may be exported, without anything of who it is about."""

    reference: str
    structure: str | None
    structure_name: str | None
    scheme: str
    fund: Fund | None
    versions: tuple[Unsealed, ...] = field(repr=False)


class ExportedDecision(BaseModel):
    """Une décision et les jours où elle vaut. Montants en centimes, dates comprises."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reference: Annotated[str, Field(description="Référence du dossier de l'enfant ; aucun nom.")]
    structure: Annotated[str | None, Field(description="Code de l'établissement.")]
    structure_name: Annotated[str | None, Field(description="Nom de l'établissement.")]
    scheme: Annotated[str, Field(description="Code du dispositif.")]
    version: Annotated[int, Field(description="Numéro de la décision dans son dossier.")]
    kind: Annotated[DecisionKind, Field(description="Ce qui est décidé.")]
    in_force: Annotated[
        bool,
        Field(description="Faux si une autre décision l'a remplacée avant qu'elle ne vaille."),
    ]
    valid_from: Annotated[date, Field(description="Premier jour.")]
    valid_to: Annotated[
        date | None,
        Field(
            description="Dernier jour : veille de la décision suivante, fin de l'accueil, ou jour "
            "du retrait ; vide si rien ne la termine."
        ),
    ]
    unit: Annotated[str | None, Field(description="Ce que le prix paie : hour, day, meal, month…")]
    price_cents: Annotated[
        int | None, Field(description="Prix d'une unité, ou aide versée ; vide si rien n'est fixé.")
    ]
    monthly_cents: Annotated[
        int | None, Field(description="Montant par mois ; vide si les heures sont inconnues.")
    ]
    fund: Annotated[Fund | None, Field(description="Caisse que la famille a déclarée.")]
    tariff_id: Annotated[str, Field(description="Barème.")]
    tariff_version: Annotated[str, Field(description="Version du barème.")]
    decided_on: Annotated[date | None, Field(description="Jour de la décision, à Paris.")]
    difference_cents: Annotated[
        int | None,
        Field(
            description="Dû pour les mois écoulés le jour de la décision : positif, la famille "
            "doit ; négatif, il lui est dû ; vide sans mois écoulé, ou sans montant par mois."
        ),
    ]
    difference_months: Annotated[int | None, Field(description="Nombre de ces mois.")]
