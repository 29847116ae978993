"""Policies: what sends an application to an agent, whatever its price would be. A closed set.

A tariff lists its own; one that lists none has those of its evidence profile.
"""

from enum import StrEnum

from services.tariff.language.words import Profile


class Policy(StrEnum):
    """One ground on which a machine does not settle a fee by itself."""

    AEEH = "aeeh"
    AEEH_EXCEEDS_CHILDREN = "aeeh_exceeds_children"
    ALTERNATING_CUSTODY = "alternating_custody"
    CHILD_NOT_LISTED = "child_not_listed"
    DOUBTFUL_MATCH = "doubtful_match"
    OTHER_REPRESENTATIVE_FILE = "other_representative_file"
    IDENTITY_DECLARED = "identity_declared"
    RESOURCES_UNKNOWN = "resources_unknown"
    DOUBTFUL_YEAR = "doubtful_year"
    QUOTIENT_ZERO = "quotient_zero"
    PARTS_ZERO = "parts_zero"
    NO_BAND = "no_band"
    ADDRESS_DIFFERS = "address_differs"
    RESIDENCE_UNKNOWN = "residence_unknown"
    RANK_UNKNOWN = "rank_unknown"
    CHILDREN_UNKNOWN = "children_unknown"
    CHILD_IN_FOSTER_CARE = "child_in_foster_care"
    EMERGENCY_CARE = "emergency_care"
    NON_RESIDENT = "non_resident"
    CONDITION_UNCHECKED = "condition_unchecked"


class Ground(StrEnum):
    """Why an aid is not awarded."""

    NOT_RESIDENT = "not_resident"
    TOO_FEW_CHILDREN = "too_few_children"
    NO_DISABLED_CHILD = "no_disabled_child"
    CONDITION_UNMET = "condition_unmet"
    OUTSIDE_BANDS = "outside_bands"


SENTENCES: dict[Policy, str] = {
    Policy.AEEH: "Un enfant du foyer ouvre droit à l'AEEH : c'est une donnée de santé, et aucune "
    "décision qui s'y appuie n'est entièrement automatique.",
    Policy.AEEH_EXCEEDS_CHILDREN: "La caisse compte plus d'enfants avec AEEH que d'enfants à "
    "charge : l'un des deux nombres est faux.",
    Policy.ALTERNATING_CUSTODY: "L'enfant vit en résidence alternée : chaque parent a son dossier, "
    "ses ressources et ses enfants à charge.",
    Policy.CHILD_NOT_LISTED: "L'enfant inscrit ne figure pas parmi les enfants connus de la "
    "caisse.",
    Policy.DOUBTFUL_MATCH: "La réponse reçue ressemble à cette famille sans lui correspondre "
    "tout à fait.",
    Policy.OTHER_REPRESENTATIVE_FILE: "Les chiffres viennent du dossier de l'autre représentant "
    "légal.",
    Policy.IDENTITY_DECLARED: "L'identité du demandeur est déclarée, et personne ne l'a encore "
    "vérifiée.",
    Policy.RESOURCES_UNKNOWN: "Les ressources du foyer ne sont pas connues.",
    Policy.DOUBTFUL_YEAR: "Les ressources reçues ne sont ni celles de l'avant-dernière année, ni "
    "datées de l'année en cours.",
    Policy.QUOTIENT_ZERO: "Le quotient familial reçu est de 0 : c'est aussi ce que d'anciens "
    "guichets répondaient quand ils ne le connaissaient pas.",
    Policy.PARTS_ZERO: "Le nombre de parts fiscales manque ou vaut 0 : aucun quotient ne peut en "
    "être tiré.",
    Policy.NO_BAND: "La grille publiée ne dit rien pour cette valeur.",
    Policy.ADDRESS_DIFFERS: "L'adresse déclarée et l'adresse certifiée ne sont pas les mêmes.",
    Policy.RESIDENCE_UNKNOWN: "On ne sait pas si la famille habite sur le territoire, dont le "
    "prix dépend.",
    Policy.RANK_UNKNOWN: "On ne sait pas quel rang a l'enfant parmi les frères et sœurs inscrits, "
    "dont le prix dépend.",
    Policy.CHILDREN_UNKNOWN: "On ne sait pas combien d'enfants sont à charge, dont le prix dépend.",
    Policy.CHILD_IN_FOSTER_CARE: "L'enfant est confié à l'aide sociale à l'enfance : son tarif "
    "ne dépend pas des ressources du foyer qui l'accueille.",
    Policy.EMERGENCY_CARE: "L'accueil est d'urgence : les ressources ne sont pas encore connues.",
    Policy.NON_RESIDENT: "Le barème n'a pas de prix pour une famille qui n'habite pas sur le "
    "territoire.",
    Policy.CONDITION_UNCHECKED: "Une condition de l'aide n'a pas encore été vérifiée.",
}

GROUNDS: dict[Ground, str] = {
    Ground.NOT_RESIDENT: "L'aide est réservée aux familles qui habitent sur le territoire.",
    Ground.TOO_FEW_CHILDREN: "L'aide est réservée aux familles qui ont plus d'enfants à charge.",
    Ground.NO_DISABLED_CHILD: "L'aide est réservée aux familles dont un enfant ouvre droit à "
    "l'AEEH.",
    Ground.CONDITION_UNMET: "Une condition de l'aide n'est pas remplie.",
    Ground.OUTSIDE_BANDS: "Les ressources du foyer dépassent celles qui ouvrent droit à l'aide.",
}

_ALWAYS = frozenset(
    {
        Policy.ALTERNATING_CUSTODY,
        Policy.DOUBTFUL_MATCH,
        Policy.OTHER_REPRESENTATIVE_FILE,
        Policy.IDENTITY_DECLARED,
        Policy.NO_BAND,
        Policy.ADDRESS_DIFFERS,
        Policy.RESIDENCE_UNKNOWN,
        Policy.RANK_UNKNOWN,
        Policy.CHILDREN_UNKNOWN,
        Policy.CHILD_IN_FOSTER_CARE,
        Policy.EMERGENCY_CARE,
        Policy.NON_RESIDENT,
        Policy.CONDITION_UNCHECKED,
    }
)

OF_PROFILE: dict[Profile, frozenset[Policy]] = {
    Profile.EAJE: _ALWAYS
    | {
        Policy.AEEH,
        Policy.AEEH_EXCEEDS_CHILDREN,
        Policy.CHILD_NOT_LISTED,
        Policy.RESOURCES_UNKNOWN,
        Policy.DOUBTFUL_YEAR,
    },
    Profile.QF: _ALWAYS | {Policy.CHILD_NOT_LISTED, Policy.QUOTIENT_ZERO},
    Profile.TAX: _ALWAYS | {Policy.PARTS_ZERO, Policy.DOUBTFUL_YEAR},
}
"""What sends an application to an agent when a tariff does not say it itself."""
