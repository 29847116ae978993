"""Legacy: V2 of the QF, flat and still alive, and the routes that are dead.

V2 asks the same funds with other names, and says the same refusals otherwise: a bad parameter and
an unknown identity are 400, a lacking scope 401, whatever fails behind 503.
"""

from typing import Any

from services.simulator.api.answers import Answer, as_json
from services.simulator.api.particulier.query import Query

PATH = "/api/v2/composition-familiale-v2"
_MEDIA_TYPE = "application/json; charset=utf-8"
_GONE_TAX = (
    "Cette URL n'existe plus sur API Particulier depuis le 8 janvier 2024. "
    "Veuillez mettre à jour votre application."
)
_GONE_QF_V1 = (
    "L'API Quotient Familial v1 n'est plus disponible depuis le 31/10/2025. Veuillez utiliser "
    "l'API v2 : https://particulier.api.gouv.fr/catalogue/cnav/quotient_familial"
)
GONE = {
    "/api/v2/avis-imposition": _GONE_TAX,
    "/api/impots/svair": _GONE_TAX,
    "/api/v2/composition-familiale": _GONE_QF_V1,
    "/api/caf/famille": _GONE_QF_V1,
}
_NAMES = {
    "anneeDateDeNaissance": "anneeDateNaissance",
    "moisDateDeNaissance": "moisDateNaissance",
    "jourDateDeNaissance": "jourDateNaissance",
    "codeInseeLieuDeNaissance": "codeCogInseeCommuneNaissance",
    "codePaysLieuDeNaissance": "codeCogInseePaysNaissance",
    "codeInseeDepartementNaissance": "codeCogInseeDepartementNaissance",
    "sexe": "sexeEtatCivil",
}
_PERSON = {
    "nomNaissance": "nom_naissance",
    "nomUsuel": "nom_usage",
    "prenoms": "prenoms",
    "anneeDateDeNaissance": "annee_date_de_naissance",
    "moisDateDeNaissance": "mois_date_de_naissance",
    "jourDateDeNaissance": "jour_date_de_naissance",
    "sexe": "sexe",
}
_ADDRESS = {
    "identite": "destinataire",
    "complementInformation": "complement_information",
    "complementInformationGeographique": "complement_information_geographique",
    "numeroLibelleVoie": "numero_libelle_voie",
    "lieuDit": "lieu_dit",
    "codePostalVille": "code_postal_ville",
    "pays": "pays",
}
_RACK = {409, 429}
_SECTIONS = {
    401: (401, "access_denied"),
    403: (401, "access_denied"),
    404: (404, "not_found"),
    422: (400, "bad_request"),
}
_UNIDENTIFIED = ("560", "00355")
_FALLBACK_RECIPIENT = "13002526500013"


def renamed(query: Query, siret: str) -> Query:
    """A query of V2 in the words of V3; without a recipient, the token's SIRET stands in."""
    told = {_NAMES.get(name, name): value for name, value in query.single.items()}
    return Query({"recipient": siret or _FALLBACK_RECIPIENT, **told}, query.first_names)


def flattened(answer: Answer) -> Answer:
    """An answer of V3 as V2 gives it; one that is no good JSON stays as it is."""
    try:
        content = answer.content()
    except ValueError:
        return answer
    told = _told(answer.status, content)
    if told is None:
        return answer
    return Answer(told[0], as_json(told[1]), answer.headers, _MEDIA_TYPE)


def _told(status: int, content: Any) -> tuple[int, dict[str, Any]] | None:  # noqa: ANN401
    match content:
        case {"data": dict(data)}:
            return status, _flat(data)
        case {"errors": [first, *_]} if status in _RACK:
            return status, {"errors": [first["detail"]]}
        case {"errors": [first, *_]}:
            return _refusal(status, first)
        case _:
            return None


def _refusal(status: int, error: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    now, kind = _SECTIONS.get(status, (503, "data_provider_error"))
    if error["code"].endswith(_UNIDENTIFIED) and "provider" in error["meta"]:
        kind = "not_found"
    return now, {"error": kind, "reason": error["detail"], "message": error["detail"]}


def _flat(data: dict[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    if "quotient_familial" in data:
        figure = data["quotient_familial"]
        flat = {"quotientFamilial": figure["valeur"], "annee": figure["annee"]}
        flat["mois"] = figure["mois"]
    for key in ("allocataires", "enfants"):
        if key in data:
            flat[key] = [_renamed(each, _PERSON) for each in data[key]]
    return {**flat, "adresse": _renamed(data["adresse"], _ADDRESS)} if "adresse" in data else flat


def _renamed(told: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    return {new: told.get(old) for new, old in names.items()}
