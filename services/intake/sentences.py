"""Sentences: what each state, and an estimate, says to the family, in French."""

from collections.abc import Mapping
from types import MappingProxyType

from shared.states import Status

STATE_SENTENCES: Mapping[Status, str] = MappingProxyType(
    {
        Status.ESTIMATED: "Votre préinscription est enregistrée ; le tarif indiqué est une "
        "estimation.",
        Status.RECEIVED: "Votre demande est enregistrée. Nous demandons vos données à votre caisse "
        "(CAF ou MSA).",
        Status.VERIFIED: "Votre caisse nous a répondu. Votre tarif est en cours de calcul.",
        Status.PROPOSED: "Votre tarif est calculé ; un agent doit encore le valider.",
        Status.DECIDED: "Votre tarif est fixé.",
        Status.PARKED: "Votre demande attend une réponse. Vous n'avez rien à faire.",
        Status.TO_REVIEW: "Un agent examine votre demande.",
        Status.WITHDRAWN: "Votre demande a été retirée.",
        Status.CLOSED: "Votre demande est close. La collectivité peut vous en donner la raison.",
        Status.QUARANTINED: "Votre demande attend une vérification technique. Vous n'avez rien à "
        "faire.",
    }
)

CAUTION = (
    "Ceci est une estimation. Elle repose sur les ressources et les enfants que vous avez "
    "déclarés, que personne n'a vérifiés, et n'engage ni la collectivité ni vous. Votre tarif "
    "sera fixé à l'admission, d'après vos données certifiées."
)
NO_TARIFF = (
    "Aucun barème n'est connu pour cette période d'accueil : le tarif ne peut pas être estimé. "
    "Votre préinscription est enregistrée."
)
