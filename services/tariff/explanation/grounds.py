"""Grounds: why a decision is not the one hoped for, in sentences that settle, for the family. Pure.

The words are those of `Reason`, of the engine's refusals and of agents' grounds. A word of health
data has no sentence of its own here, but where an aid is for disabled children only.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from services.tariff.explanation.content import Record
from services.tariff.explanation.paper import Sentence, said
from shared.decisions import CheckResult, Verdict
from shared.states import Reason

_ANY = "Les éléments de votre dossier ne permettent pas d'appliquer le barème."

GROUNDS: Mapping[str, str] = MappingProxyType(
    {
        Reason.RESOURCES_UNKNOWN: "Nous n'avons pas pu connaître vos ressources.",
        Reason.NOT_IDENTIFIED: "Nous n'avons pas pu vous identifier auprès de la CAF, de la MSA "
        "ou des impôts.",
        Reason.NO_FILE: "La CAF, la MSA ou les impôts n'ont pas de dossier à votre nom.",
        Reason.NO_CHILD_UNDER_SEVEN: "Votre caisse ne connaît pas d'enfant de moins de 7 ans dans "
        "votre foyer.",
        Reason.CHILD_NOT_LISTED: "L'enfant ne figure pas dans le dossier de votre caisse.",
        Reason.TARIFF_MISSING: "Aucun barème n'existe pour cette date.",
        Reason.DOUBTFUL_YEAR: "L'année de vos ressources n'est pas celle que demande le barème.",
        Reason.FIGURES_TO_CHECK: "Les chiffres reçus de votre caisse ne concordent pas.",
        Reason.EVIDENCE_UNFIT: "Les données reçues ne sont pas celles que demande le barème.",
        "no_band": "Le barème voté ne prévoit aucun prix pour votre situation.",
        "quotient_zero": "Votre caisse nous a transmis un quotient familial de 0, qui est à "
        "vérifier.",
        "parts_zero": "Le nombre de parts de votre foyer fiscal n'est pas connu.",
        "residence_unknown": "Nous n'avons pas pu établir votre commune de résidence.",
        "address_differs": "Votre adresse et celle de votre caisse ne sont pas les mêmes.",
        "rank_unknown": "Nous ne savons pas combien de vos enfants sont inscrits.",
        "children_unknown": "Nous n'avons pas pu connaître le nombre de vos enfants à charge.",
        "non_resident": "Le barème n'a pas de prix pour une famille qui habite ailleurs.",
        "not_resident": "Cette aide est réservée aux familles qui habitent sur le territoire.",
        "too_few_children": "Cette aide est réservée aux familles qui ont plus d'enfants à charge.",
        "no_disabled_child": "Cette aide est réservée aux familles dont un enfant ouvre droit à "
        "l'AEEH.",
        "condition_unmet": "Une condition de cette aide n'est pas remplie.",
        "condition_unchecked": "Une condition de cette aide n'a pas pu être vérifiée.",
        "outside_bands": "Vos ressources dépassent celles qui ouvrent droit à cette aide.",
        "age": "L'âge de l'enfant n'est pas celui que demande le dispositif.",
        "child_in_household": "L'enfant ne figure pas dans votre foyer.",
        "scheme_open": "Le dispositif n'est pas ouvert à cette date.",
        "residence": "Votre commune n'est pas de celles que le dispositif concerne.",
        "income": "Vos ressources dépassent le plafond du dispositif.",
    }
)
_CHECKS: Mapping[str, str] = MappingProxyType(
    {
        "age": "Âge de l'enfant",
        "child_in_household": "Enfant dans le foyer",
        "scheme_open": "Dispositif ouvert",
        "residence": "Commune de résidence",
        "income": "Condition de ressources",
    }
)


def ground_sentence(ground: str | None) -> Sentence:
    """Why there is no fee, or no aid."""
    return said("answer.ground", GROUNDS.get(ground or "", _ANY))


_STANDS_IN = MappingProxyType(
    {
        "floor": "En attendant, nous avons retenu le niveau le plus bas du barème.",
        "ceiling": "En attendant, nous avons retenu le niveau le plus haut du barème.",
        "highest_price": "En attendant, nous avons retenu le prix le plus haut du barème.",
    }
)
_FIXED = "En attendant, nous avons retenu le prix que le barème fixe dans ce cas."


def stand_in(record: Record | None) -> Sentence | None:
    """What a provisional amount was set at, as its record has it."""
    policy = ((record or {}).get("fee") or {}).get("provisional")
    if policy is None:
        return None
    return said("answer.stands_in", _STANDS_IN.get(policy, _FIXED))


def provisional_sentence(ground: str | None) -> Sentence:
    """Why a fee is provisional."""
    why = GROUNDS.get(ground or "", "Il nous manque une donnée certifiée.")
    return said("answer.ground", why)


def failed_checks(checks: Iterable[CheckResult]) -> list[Sentence]:
    """What the checks that failed rest on."""
    return [said("answer.check", c.evidence) for c in checks if c.verdict is Verdict.NO]


def check_words(check: str) -> str:
    """A check, as a table names it."""
    return _CHECKS.get(check, check)
