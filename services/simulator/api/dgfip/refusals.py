"""Refusals: what the two APIs of the DGFiP say instead of an answer, from their OpenAPI pages."""

from datetime import datetime
from enum import Enum

from services.simulator.api.answers import Answer, as_json
from services.simulator.clock import in_paris

_ASK_MORE = (
    "Informations non disponibles pour la personne{} merci de renseigner le numéro fiscal et la "
    "date de naissance"
)


class Refusal(Enum):
    """HTTP status, the application's own code, and its message."""

    BAD_CORRELATION = (400, 400, "X-Correlation-ID absent ou mal formé")  # our own words
    BAD_SPI = (400, 4001, "format SPI incorrect")
    BAD_YEAR = (400, 4002, "mauvais format d'année (annrev)")
    BAD_PARAMETER = (
        400,
        4003,
        "Un des paramètres en entrée est non conforme aux valeurs possibles",
    )
    NO_ACCESS = (403, 4031, "L'utilisateur n'a pas accès à la ressource")
    NOT_ACCEPTABLE = (406, 406, "Accept ne permet pas le format de la ressource")  # our own words
    NO_RESULT = (410, 4101, "La requête avec le spi et l'année ne renvoie aucun résultat")
    UNKNOWN_SPI = (410, 4102, "Le spi envoyé ne correspond à aucun usager")
    TOO_MANY_PEOPLE = (403, 40305, _ASK_MORE.format(","))
    NOBODY = (404, 40433, _ASK_MORE.format("") + ".")
    NO_ANSWER = (416, 4101, "Absence de réponse")
    TECHNICAL = (500, 500, "Erreur technique")


def refused(refusal: Refusal, now: datetime, *, status: int = 0) -> Answer:
    """The body `erreur`, with the hour in Paris; another `status` is told by its own number."""
    known, code, message = refusal.value
    stamp = in_paris(now).isoformat(timespec="seconds")
    told = {"code": status or code, "message": message, "horodatage": stamp}
    body = as_json({"erreur": told})
    return Answer(status or known, body, media_type="application/json; charset=utf-8")
