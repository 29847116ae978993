"""What an answer said, under the provider's own names: for who tries a provider. Pure.

It is shown for an answer that is not believed, too: to find out why, one must see it.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from services.verifier.provider.answer import Answer, Answered
from services.verifier.provider.endpoint import Endpoint
from services.verifier.provider.wire import WireAnswer, WireEaje, WireQf, read_json

Known = Mapping[str, "Known"]
_OK = 200


def _keys(*names: str, **objects: Known) -> Known:
    return {**{name: {} for name in names}, **objects}


_PERSON = _keys("nom_naissance", "nom_usage", "prenoms", "date_naissance", "sexe")
_BORN = _keys(*_PERSON, "code_cog_insee_commune_naissance")
_ADDRESS = _keys(
    "destinataire",
    "complement_information",
    "complement_information_geographique",
    "numero_libelle_voie",
    "lieu_dit",
    "code_postal_ville",
    "pays",
)
RECOGNISED: Mapping[type, Known] = {
    WireEaje: _keys(
        allocataires=_BORN,
        enfants=_BORN,
        adresse=_ADDRESS,
        parametres_calcul_participation_familiale=_keys(
            "nombre_enfants_a_charge",
            "nombre_enfants_beneficiaire_aeeh",
            base_ressources_annuelles=_keys("valeur", "annee_calcul"),
        ),
    ),
    WireQf: _keys(
        allocataires=_PERSON,
        enfants=_PERSON,
        adresse=_ADDRESS,
        quotient_familial=_keys(
            "fournisseur", "valeur", "annee", "mois", "annee_calcul", "mois_calcul"
        ),
    ),
}


def shown_facts(answer: Answer, endpoint: Endpoint[Any]) -> dict[str, Any]:
    """The recognised facts of an answer as they came; none unless it is of the contract.

    A key that did not come is not shown, and a null is a null. A decimal number, which the contract
    does not have, is shown as text: no float stands near money.
    """
    if not isinstance(answer, Answered) or answer.status != _OK:
        return {}
    try:
        data = WireAnswer.model_validate(read_json(answer.body)).data
        endpoint.wire.model_validate(data)
    except ValueError:
        return {}
    return {name: _shown(data[name], known) for name, known in _known(data, endpoint)}


def _known(data: Mapping[str, Any], endpoint: Endpoint[Any]) -> list[tuple[str, Known]]:
    recognised = RECOGNISED[endpoint.wire]
    return [(name, recognised[name]) for name in recognised if name in data]


def _shown(value: object, known: Known) -> object:
    match value:
        case list() if known:
            return [_shown(element, known) for element in value]
        case dict() if known:
            return {
                name: _shown(value[name], inner) for name, inner in known.items() if name in value
            }
        case Decimal():
            return str(value)
        case str() | int() | None:
            return value
    return None
