"""What to write instead, in French, for each kind of fault that a model finds in a tariff."""

import re

from pydantic_core import ErrorDetails

_SAID = {
    "missing": "cette valeur manque : ajoutez-la (une source est due pour chaque valeur)",
    "extra_forbidden": "ce mot n'est pas de la langue des barèmes : corrigez-le ou retirez-le",
    "string_type": "écrivez cette valeur entre guillemets",
    "model_type": "des mots et leurs valeurs sont attendus ici",
    "model_attributes_type": "des mots et leurs valeurs sont attendus ici",
    "dict_type": "des mots et leurs valeurs sont attendus ici",
    "tuple_type": "une liste est attendue ici",
    "union_tag_not_found": "il manque « kind » : dites de quelle sorte il s'agit",
    "too_long": "cette liste est trop longue : répartissez-la en plusieurs barèmes",
    "string_too_short": "ce texte est trop court : dites-en assez pour être compris",
    "string_too_long": "ce texte est trop long : raccourcissez-le",
    "string_pattern_mismatch": "cette écriture n'est pas de la langue des barèmes : voyez la page "
    "docs/reference/tariff-language.md",
    "int_type": "écrivez un nombre entier, sans guillemets",
    "int_parsing": "écrivez un nombre entier, sans guillemets",
}
_DATE = "écrivez une date sans guillemets, par exemple 2026-09-01"
_WORDS = re.compile(r"'([^']*)'")


def remedy(detail: ErrorDetails) -> str:
    """What to write instead of what a model refused."""
    kind, ctx = detail["type"], detail.get("ctx", {})
    if kind in {"enum", "literal_error"}:
        return f"écrivez {', '.join(_WORDS.findall(ctx['expected']))}"
    if kind == "union_tag_invalid":
        return f"« {ctx['tag']} » est inconnu : écrivez {_listed(ctx['expected_tags'])}"
    if kind == "too_short":
        return f"il manque des lignes : {ctx['min_length']} au moins"
    if kind.startswith("date"):
        return _DATE
    if kind.startswith(("greater_than", "less_than")):
        bound = "au moins" if kind.startswith("greater") else "au plus"
        return f"écrivez un nombre entier, {ctx.get('ge', ctx.get('le'))} {bound}"
    return _SAID.get(kind, detail["msg"])


def _listed(expected: str) -> str:
    return ", ".join(_WORDS.findall(expected))
