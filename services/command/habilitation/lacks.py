"""What a habilitation lacks: of what DataPass asks for, and of what Berceau needs. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from services.command.habilitation.catalogue import asked_scopes, known_scopes, services
from services.command.records.dossier import Datum, Dossier, Person
from services.command.records.fields import DGFIP
from services.command.records.models import Habilitation
from shared.habilitation import same_administration

_NAMED_BY_LAW = "114-8"  # the article by which administrations exchange data
_LONG_MONTHS = 36  # beyond, DataPass asks why
_CONTACTS = {
    "controller": "le responsable de traitement",
    "dpo": "le délégué à la protection des données",
    "business": "le contact métier",
    "technical": "le contact technique",
}
_OF_A_PERSON = {
    "given_name": "prénom",
    "family_name": "nom",
    "role": "fonction",
    "email": "adresse électronique",
    "phone": "téléphone",
}
_TEXTS = {
    "title": "l'intitulé du projet",
    "purpose": "la finalité : à quoi servent les données, et qui s'en sert",
    "simplification": "ce que l'usager n'a plus à faire ni à fournir",
    "legal_bases": "le cadre juridique, article par article",
    "recipients": "les destinataires : qui lit les données",
    "retention_months": "la durée de conservation, en mois",
}


@dataclass(frozen=True, slots=True)
class Lack:
    """Something missing or wrong: the field, as in a page of records, and what is said of it."""

    field: str
    said: str

    def __str__(self) -> str:
        return f"{self.field} : {self.said}"


def _missing(field: str, what: str) -> Lack:
    return Lack(field, f"il manque {what}")


def of_request(right: Habilitation, authority_siret: str) -> list[Lack]:
    """What is missing before the texts of a request can be written."""
    dossier = right.dossier
    return [
        *_of_recipient(right, authority_siret),
        *_of_texts(dossier),
        *_of_deliberation(right),
        *_of_scopes(right),
        *_of_volume(dossier),
        *_of_contacts(dossier),
    ]


def of_grant(right: Habilitation) -> list[Lack]:
    """What is known only once the State has granted the request."""
    found = []
    if right.dossier.request is None:
        found.append(_missing("dossier.request", "le numéro de la demande dans DataPass"))
    if right.provider == DGFIP:
        given = {"teleservice": "l'ID_Teleservice", "client_id": "l'identifiant du client"}
        found += [
            _missing(f"dossier.{name}", f"{what}, que donne la DGFiP à l'enrôlement")
            for name, what in given.items()
            if getattr(right.dossier, name) is None
        ]
    return found


def _of_recipient(right: Habilitation, authority_siret: str) -> Iterator[Lack]:
    if not same_administration(right.recipient, authority_siret):
        said = f"{right.recipient} n'est pas un SIRET de la collectivité ({authority_siret})"
        yield Lack("recipient", said)


def _of_texts(dossier: Dossier) -> Iterator[Lack]:
    for name, what in _TEXTS.items():
        if getattr(dossier, name) in (None, ()):
            yield _missing(f"dossier.{name}", what)
    if dossier.legal_bases and not any(_NAMED_BY_LAW in one for one in dossier.legal_bases):
        yield _missing("dossier.legal_bases", "l'article L. 114-8 du CRPA, qui permet l'échange")
    if (dossier.retention_months or 0) > _LONG_MONTHS and dossier.retention_reason is None:
        yield Lack(
            "dossier.retention_reason",
            f"ce qui justifie plus de {_LONG_MONTHS} mois de conservation",
        )


def _of_deliberation(right: Habilitation) -> Iterator[Lack]:
    act = right.dossier.deliberation
    if act.number is None:
        yield _missing("dossier.deliberation.number", "le numéro de la délibération")
    if act.date is None:
        yield _missing("dossier.deliberation.date", "la date de la délibération")
    for datum in _to_be_named(right):
        if datum not in act.data:
            yield _missing(
                "dossier.deliberation.data", f"« {datum} », que la délibération doit nommer"
            )
    if "eaje" in right.endpoints and right.dossier.convention.date is None:
        yield Lack(
            "dossier.convention.date",
            "la date de la convention d'objectifs et de financement signée avec la CAF",
        )


def _to_be_named(right: Habilitation) -> list[Datum]:
    asked = asked_scopes(right.endpoints, right.dossier.scopes)
    return list(dict.fromkeys(datum for scope in asked for datum in scope.data))


def _of_scopes(right: Habilitation) -> Iterator[Lack]:
    given, known = right.dossier.scopes, list(known_scopes(right.endpoints))
    for scope in known:
        if scope.needed and scope.name not in given:
            yield _missing("dossier.scopes", f"« {scope.name} », sans lequel rien n'est décidé")
    for service in services(right.endpoints):
        if service.alternatives and not set(service.alternatives) & set(given):
            yield _missing("dossier.scopes", f"« {' » ou « '.join(service.alternatives)} »")
    names = {scope.name for scope in known}
    if known:
        for extra in (name for name in given if name not in names):
            said = f"« {extra} » : Berceau ne s'en sert pas, retirez-le"
            yield Lack("dossier.scopes", said)


def _of_volume(dossier: Dossier) -> Iterator[Lack]:
    said = {"per_minute": "par minute", "per_day": "par jour", "per_year": "par an"}
    for name, what in said.items():
        if getattr(dossier.volume, name) is None:
            yield _missing(f"dossier.volume.{name}", f"le nombre d'appels attendus {what}")


def _of_contacts(dossier: Dossier) -> Iterator[Lack]:
    for name, who in _CONTACTS.items():
        person: Person = getattr(dossier.contacts, name)
        missing = [word for field, word in _OF_A_PERSON.items() if getattr(person, field) is None]
        if missing:
            yield _missing(f"dossier.contacts.{name}", f"{who} : {', '.join(missing)}")
