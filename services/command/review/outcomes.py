"""Outcomes: what came of an agent's act on one application, in one French sentence each.

A closed set: done, done already (asked twice, the second changes nothing), or refused by name.
"""

from dataclasses import dataclass
from enum import StrEnum

from services.tariff.explanation.typography import typeset
from shared.paris import day_in_paris
from shared.protocol.reviewing.acting import NoAct
from shared.protocol.reviewing.holding import InHand
from shared.states import Status


class Why(StrEnum):
    """Why an act is refused, and what to do about it."""

    WITHDRAWN = "la famille l'a retiré : il n'y a plus rien à décider"
    CLOSED = "il est clos"
    ESTIMATED = "c'est une préinscription : elle attend son admission"
    AT_WORK = "il est en cours de traitement : attendez qu'il demande une personne"
    QUARANTINED = "son traitement s'est interrompu plusieurs fois : l'exploitation doit l'examiner"
    DECIDED = "il est déjà décidé : donnez --from pour une nouvelle version"
    IN_FORCE = (
        "une décision y est en vigueur : elle prend fin par une nouvelle version (berceau review "
        "decide --from)"
    )
    NOT_PROPOSED = "aucun tarif n'y est proposé : voyez « berceau review decide »"
    REPLACED = "la proposition a été remplacée depuis : relisez-la (berceau review show)"
    CORRECTED = (
        "le barème de la proposition a été corrigé depuis : faites-la refaire (berceau review "
        "decide --again)"
    )
    IDENTITY = (
        "l'identité du demandeur est seulement déclarée : contrôlez-la, puis ajoutez "
        "--identity-checked"
    )
    ONE_BY_ONE = "il demande un examen à lui seul : validez-le par sa référence"
    LATE = (
        "la proposition prendrait effet dans un mois déjà commencé, et la famille y perdrait : "
        "faites-la refaire (decide --again), ou donnez un motif (--ground)"
    )
    NO_AUTHOR = (
        "personne ne peut signer : donnez les signataires de la collectivité (berceau authority "
        "change --signatories-file), ou l'agent qui décide (--agent)"
    )
    NO_KEY = "ses données ont été effacées, ou le trousseau n'est pas le bon : rien ne s'ouvre"
    UNREADABLE = "ce qui en est scellé est d'une autre version : mettez Berceau à jour"
    NOTHING_ASKED = "aucune pièce n'y est attendue"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it, for one application."""

    reference: str
    said: str
    refused: bool = False
    why: Why | None = None

    @property
    def sentence(self) -> str:
        """As a person reads it."""
        return typeset(f"{self.reference} : {self.said}.")

    def plain(self) -> dict[str, object]:
        """As JSON values."""
        why = None if self.why is None else self.why.name.lower()
        return {"reference": self.reference, "refused": self.refused, "why": why, "said": self.said}


def refuse(one: InHand, why: Why) -> NoAct[Outcome]:
    """Nothing is done, for this reason."""
    return NoAct(Outcome(one.reference, why.value, refused=True, why=why))


def already(one: InHand, said: str) -> NoAct[Outcome]:
    """Nothing is done, for it was done before; by whom and when, if that is known."""
    act = one.last_act
    by = "" if act is None else f", par {act.actor} le {day_in_paris(act.at):%d/%m/%Y}"
    return NoAct(Outcome(one.reference, f"{said}{by}"))


def unsettled(one: InHand) -> Why | None:
    """Why an application that should wait for a person does not."""
    return _NOT_WAITING.get(one.status)


_NOT_WAITING = {
    Status.WITHDRAWN: Why.WITHDRAWN,
    Status.CLOSED: Why.CLOSED,
    Status.ESTIMATED: Why.ESTIMATED,
    Status.RECEIVED: Why.AT_WORK,
    Status.VERIFIED: Why.AT_WORK,
    Status.PARKED: Why.AT_WORK,
    Status.QUARANTINED: Why.QUARANTINED,
    Status.DECIDED: Why.DECIDED,
}
