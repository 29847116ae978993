"""The French words of what who operates does and sees."""

from collections.abc import Mapping

from shared.protocol.operating.actions import ActionState
from shared.protocol.operating.orders import CameTo, Verb
from shared.review_acts import ClosedFor
from shared.seeking.sought import Outcome
from shared.watching.words import number

VERBS: Mapping[Verb, str] = {
    Verb.RETRY: "relancer maintenant",
    Verb.RETRY_AT: "relancer à une date",
    Verb.TO_REVIEW: "confier à un agent",
    Verb.RELEASE: "sortir de quarantaine",
    Verb.LANE: "changer de voie",
    Verb.CLOSE: "clore",
}
CAME_TO: Mapping[CameTo, str] = {
    CameTo.DONE: "fait",
    CameTo.ALREADY: "déjà ainsi",
    CameTo.HELD: "en cours de traitement",
    CameTo.ENDED: "retiré ou clos",
    CameTo.DECIDED: "déjà décidé",
    CameTo.NOT_ITS_STATE: "sans objet dans son état",
    CameTo.AFTER_LAST_DATE: "après sa date limite",
    CameTo.ERASED: "effacé, rien ne s'ouvre",
    CameTo.DOCUMENTS: "la famille remet des justificatifs",
    CameTo.GONE: "introuvable",
    CameTo.CANCELLED: "non fait : action annulée",
}
ACTION_STATES: Mapping[ActionState, str] = {
    ActionState.RUNNING: "en cours",
    ActionState.PAUSED: "suspendue",
    ActionState.FINISHED: "terminée",
    ActionState.CANCELLED: "annulée",
}
GROUNDS: Mapping[ClosedFor, str] = {
    ClosedFor.PIECES_NEVER_CAME: "pièces jamais remises",
    ClosedFor.DUPLICATE: "doublon",
    ClosedFor.ASKED_BY_FAMILY: "à la demande de la famille",
    ClosedFor.NO_PLACE: "pas de place attribuée",
    ClosedFor.NOT_OURS: "relève d'une autre collectivité",
}
OUTCOMES: Mapping[Outcome, str] = {
    Outcome.CERTIFIED: "données certifiées",
    Outcome.NOT_IDENTIFIED: "personne non identifiée",
    Outcome.NO_FILE: "sans dossier utilisable",
    Outcome.NO_CHILD_UNDER_SEVEN: "aucun enfant de moins de 7 ans",
    Outcome.INPUT_REFUSED: "état civil refusé",
    Outcome.INCONSISTENT: "réponse d'une autre famille",
    Outcome.FORBIDDEN: "accès refusé",
    Outcome.BUSY: "service très demandé",
    Outcome.UNAVAILABLE: "service indisponible",
    Outcome.UNREADABLE: "réponse illisible",
}
NO_PERSONAL_DATA = "en une phrase : ni nom, ni numéro, ni rien d'une famille"


def outcome_words(outcome: str | None) -> str:
    """What the State answered last; a word of a later release stands as it is."""
    if outcome is None:
        return ""
    return OUTCOMES[Outcome(outcome)] if outcome in set(Outcome) else outcome


def came_words(came: Mapping[CameTo, int]) -> str:
    """`3 déjà ainsi, 1 retiré ou clos`: the most first."""
    ordered = sorted(came.items(), key=lambda one: -one[1])
    return ", ".join(f"{count} {CAME_TO[said]}" for said, count in ordered)


def pace_used(used: int | None, allowed: int | None) -> str:
    """`812 sur 1 080 (75 %)`: permits taken in a minute, of those that the pace gives."""
    if used is None or not allowed:
        return "inconnu"
    return f"{number(used)} sur {number(allowed)} ({round(100 * used / allowed)}\u00a0%)"
