"""Remedies: what a validation error says to whoever must mend it, in French.

Errors of our own types come with their remedy (see `shared.civil_status`); pydantic's own are
worded here, and a test tries every field with every kind of wrong value.
"""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from services.intake.documents import known_part
from services.intake.problems import Fault, pointer

FALLBACK = "Cette valeur ne convient pas : voyez le schéma dans /openapi.json."

REMEDIES: Mapping[str, str] = MappingProxyType(
    {
        "missing": "Ce champ est obligatoire : donnez-le.",
        "extra_forbidden": "Ce champ n'existe pas : retirez-le ou corrigez son nom.",
        "model_type": "Donnez ici un objet JSON, entre accolades.",
        "tuple_type": "Donnez ici une liste JSON, entre crochets.",
        "string_type": "Donnez ici un texte, entre guillemets.",
        "int_type": "Donnez ici un nombre entier, sans guillemets ni décimales.",
        "too_short": "Donnez au moins {min_length} élément dans cette liste.",
        "too_long": "Donnez au plus {max_length} éléments dans cette liste.",
        "string_too_short": "Ce texte est vide : remplissez-le, ou retirez le champ s'il est "
        "facultatif.",
        "string_too_long": "Ce texte a plus de {max_length} caractères : raccourcissez-le.",
        "string_pattern_mismatch": "Ce texte n'a pas la forme attendue : voyez le schéma dans "
        "/openapi.json.",
        "greater_than_equal": "Ce nombre est trop petit : le plus petit admis est {ge}.",
        "less_than_equal": "Ce nombre est trop grand : le plus grand admis est {le}.",
        "enum": "Donnez l'une de ces valeurs : {expected}.",
        "date_from_datetime_parsing": "Cette date n'existe pas : vérifiez le jour, le mois et "
        "l'année.",
        "datetime_from_date_parsing": "Cet instant n'existe pas : vérifiez le jour, le mois, "
        "l'année et l'heure.",
        "timezone_aware": "Ajoutez le fuseau à cet instant : Z, ou par exemple +01:00.",
    }
)

_SHAPES: Mapping[str, str] = MappingProxyType(
    {
        "birth": "La date s'écrit AAAA-MM-JJ, ou AAAA-MM, ou AAAA si le reste est inconnu.",
        "postcode": "Le code postal a cinq chiffres, par exemple 13200.",
        "allocataire_number": "Le numéro d'allocataire a sept chiffres, suivis ou non d'une "
        "lettre majuscule.",
        "evidence": "Donnez la référence telle que /v1/franceconnect-evidence l'a rendue.",
        "scheme": "Le code d'un dispositif est en minuscules, chiffres et traits d'union.",
        "structure": "Le code d'un établissement est en minuscules, chiffres et traits d'union.",
    }
)

_BLAMED: Mapping[str, str] = MappingProxyType(
    {
        "birth_commune": "commune",
        "care_dates": "end",
        "child_or_pregnancy": "child",
        "contract_hours_required": "contract_hours",
        "disabled_children": "disabled_children",
        "half_a_contract": "contract_hours",
        "half_a_week": "hours_a_week",
        "hours_disagree": "contract_hours",
        "instalments_required": "instalments",
    }
)


def faults_of(refused: ValidationError) -> list[Fault]:
    """What to mend, sorted by place; an error that only follows from another is left out."""
    errors = refused.errors(include_url=False, include_input=False)
    return sorted(_fault(error) for error in errors if not _follows(error, errors))


def _follows(error: ErrorDetails, errors: Iterable[ErrorDetails]) -> bool:
    """Whether a list is only too short because its elements were refused."""
    place = error["loc"]
    return error["type"] == "too_short" and any(
        len(other["loc"]) > len(place) and other["loc"][: len(place)] == place for other in errors
    )


def _fault(error: ErrorDetails) -> Fault:
    code = error["type"]
    return Fault(pointer(*_place(error)), code, _detail(error))


def _place(error: ErrorDetails) -> Iterator[str | int]:
    """Where to mend: a field, even when the rule is of the object that holds it."""
    for part in error["loc"]:
        if not known_part(part):
            return
        yield part
    if error["type"] in _BLAMED:
        yield _BLAMED[error["type"]]


def _detail(error: ErrorDetails) -> str:
    code, field = error["type"], str(error["loc"][-1]) if error["loc"] else ""
    if code == "string_pattern_mismatch" and field in _SHAPES:
        return _SHAPES[field]
    if code in REMEDIES:
        return REMEDIES[code].format_map(_context(error))
    return error["msg"] if _ours(error) else FALLBACK


def _context(error: ErrorDetails) -> dict[str, Any]:
    context = dict(error.get("ctx", {}))
    if "expected" in context:
        context["expected"] = str(context["expected"]).replace(" or ", " ou ")
    return context


def _ours(error: ErrorDetails) -> bool:
    """Whether the message is one of our own remedies, which `PydanticCustomError` carries."""
    return error["type"] in OUR_CODES


OUR_CODES = frozenset(
    {
        "birth_commune",
        "care_dates",
        "care_type",
        "child_or_pregnancy",
        "cog_commune",
        "cog_country",
        "contract_hours_required",
        "day",
        "disabled_children",
        "euros",
        "half_a_contract",
        "half_a_week",
        "hours",
        "hours_disagree",
        "impossible_date",
        "instalments_required",
        "moment",
        "name_charset",
        "partial_date",
        "tax_number",
    }
)
