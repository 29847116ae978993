"""The texts of a request, in French, as a person pastes them into DataPass. Pure.

The steps are those of the forms of DataPass, in their order. What is said of Berceau is what its
code does: a measure that is not taken is not written.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from jinja2 import Environment, PackageLoader, StrictUndefined

from services.command.habilitation.catalogue import Scope, asked_scopes, services
from services.command.records.dossier import Datum, Person
from services.command.records.fields import DGFIP
from services.command.records.models import Authority, Habilitation


@dataclass(frozen=True, slots=True)
class Article:
    """What an article asks, and how it is kept here; `cited` finds it in a legal basis."""

    cited: str
    asks: str
    kept: str


_ARTICLES = (
    Article(
        r"L\. ?114-8\b",
        "Les administrations échangent entre elles les informations strictement nécessaires pour "
        "traiter une demande présentée par un usager.",
        "Un appel ne part que pour une demande reçue et encore à traiter, pour les périmètres "
        "de l'étape « Les données », et pour le seul destinataire déclaré. Un appel hors de "
        "l'habilitation, ou après sa fin, est refusé avant d'être émis.",
    ),
    Article(
        r"\b114-9\b(?!-)",
        "La sécurité, la confidentialité, la traçabilité et la conservation des données échangées "
        "sont encadrées par décret.",
        "Voir l'étape « La sécurité ».",
    ),
    Article(
        r"114-10\b",
        "Quand l'échange n'est pas possible, l'usager fournit lui-même l'information.",
        "La famille peut choisir de remettre ses justificatifs : rien n'est alors demandé à "
        "l'État, et un agent instruit sa demande.",
    ),
    Article(
        r"2016/679|RGPD",
        "Le traitement est nécessaire à l'exécution d'une mission d'intérêt public (article 6, "
        "paragraphe 1, point e), et les données sont limitées au nécessaire (article 5).",
        "Un périmètre dont Berceau ne se sert pas n'est pas demandé ; la famille est informée de "
        "l'échange avant qu'il ait lieu, et la date de cette information est enregistrée.",
    ),
    Article(
        r"311-3-1",
        "Une décision fondée sur un traitement algorithmique le mentionne ; ses règles et leur "
        "application sont communiquées à l'intéressé qui les demande.",
        "Chaque décision enregistre les données employées et leur source, le barème et sa version, "
        "et chaque opération du calcul ; elle peut être refaite à l'identique.",
    ),
    Article(
        r"78-17",
        "Une décision individuelle ne repose pas sur le seul traitement automatisé de données de "
        "santé.",
        "Par défaut, un agent valide chaque tarif. Quand l'AEEH modifie un tarif, une personne le "
        "valide toujours.",
    ),
)
_DATA = {
    Datum.RESOURCES: "ressources",
    Datum.CHILDREN: "enfants à charge",
    Datum.DISABILITY: "enfants bénéficiaires de l'AEEH",
    Datum.QUOTIENT: "quotient familial",
    Datum.REFERENCE_INCOME: "revenu fiscal de référence",
    Datum.PARTS: "nombre de parts",
    Datum.FAMILY: "situation de famille",
    Datum.DEPENDANTS: "personnes à charge",
    Datum.TAX: "impôt",
    Datum.ADDRESS: "adresse",
}


@dataclass(frozen=True, slots=True)
class Basis:
    """A legal basis as the authority cites it, and what is known of it."""

    text: str
    article: Article | None


def write(right: Habilitation, authority: Authority) -> str:
    """The texts of a request whose dossier lacks nothing (`lacks.of_request`)."""
    dossier = right.dossier
    return _PAGE.render(
        right=right,
        authority=authority,
        dossier=dossier,
        services=services(right.endpoints),
        scopes=asked_scopes(right.endpoints, dossier.scopes),
        bases=[_basis(text) for text in dossier.legal_bases],
        is_dgfip=right.provider == DGFIP,
        has_health="eaje" in right.endpoints,
    )


def _basis(text: str) -> Basis:
    found = (one for one in _ARTICLES if re.search(one.cited, text))
    return Basis(text, next(found, None))


def _french(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def _number(value: int) -> str:
    return f"{value:,}".replace(",", "\u202f")


def _named(data: Iterable[str]) -> str:
    return ", ".join(_DATA[Datum(one)] for one in data)


def _person(person: Person) -> str:
    parts = (person.given_name, person.family_name)
    name = " ".join(part for part in parts if part)
    return ", ".join(part for part in (name, person.role, person.email, person.phone) if part)


def _because(scope: Scope) -> str:
    """Why a perimeter is asked for, and what the deliberation names of it."""
    if not scope.data:
        return f"{scope.why} Ne sert qu'à reconnaître les personnes."
    return f"{scope.why} Nommé par la délibération : {_named(scope.data)}."


_ENVIRONMENT = Environment(
    loader=PackageLoader("services.command.habilitation"),
    autoescape=False,  # noqa: S701  # Markdown that a person reads and pastes, and no page
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
    keep_trailing_newline=True,
)
_ENVIRONMENT.filters.update(
    day=_french, data=_named, person=_person, because=_because, number=_number
)
_PAGE = _ENVIRONMENT.get_template("dossier.md")
