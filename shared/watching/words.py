"""The French words for what is watched, and figures as a French reader expects them."""

from datetime import datetime, timedelta

from shared.campaigns import CampaignState
from shared.protocol.switching import (
    AUTHORITY,
    ENDPOINT,
    PROVIDER,
    QUEUE,
    RINGING_SWITCH,
    SCHEME,
)
from shared.states import Lane, Reason, Status, Step
from shared.watching.figures import MOST_COUNTED
from shared.webhooks.outcomes import Failure

_TIGHT = {
    " :": "\u00a0:",
    " ;": "\u202f;",
    " ?": "\u202f?",
    " !": "\u202f!",
    " %": "\u00a0%",
    "'": "’",
    "« ": "«\u00a0",
    " »": "\u00a0»",
}
_THIN = "\u202f"
_NONE = "—"
_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400

STEPS: dict[Step, str] = {Step.VERIFY: "Vérification", Step.PRICE: "Tarification"}
LANES: dict[Lane, str] = {Lane.NOW: "immédiat", Lane.BULK: "par lots"}
SERVICES: dict[str, str] = {
    "verifier": "vérificateur",
    "tariff": "tarificateur",
    "notifier": "messager",
    "scheduler": "planificateur",
    "intake": "guichet",
}
CAMPAIGNS: dict[CampaignState, str] = {
    CampaignState.RUNNING: "en cours",
    CampaignState.PAUSED: "suspendue",
    CampaignState.FINISHED: "terminée",
    CampaignState.CANCELLED: "annulée",
}
_SWITCHED: dict[str, str] = {
    QUEUE: "La file « {} » est suspendue",
    AUTHORITY: "La collectivité « {} » est suspendue",
    SCHEME: "Le dispositif « {} » est suspendu",
    ENDPOINT: "Le service « {} » de l'État est suspendu",
    PROVIDER: "Le fournisseur « {} » est suspendu",
}
STATUSES: dict[Status, str] = {
    Status.ESTIMATED: "Estimé",
    Status.RECEIVED: "Reçu, à vérifier",
    Status.VERIFIED: "Vérifié, à tarifer",
    Status.PROPOSED: "Proposé, à valider",
    Status.DECIDED: "Décidé",
    Status.PARKED: "En attente d'une date",
    Status.TO_REVIEW: "À instruire par un agent",
    Status.WITHDRAWN: "Retiré par la famille",
    Status.CLOSED: "Clos par un agent",
    Status.QUARANTINED: "En quarantaine",
}
REASONS: dict[Reason, str] = {
    Reason.NOT_IDENTIFIED: "demandeur non identifié",
    Reason.NO_FILE: "pas encore de dossier à la caisse",
    Reason.NO_CHILD_UNDER_SEVEN: "aucun enfant de moins de 7 ans",
    Reason.BIRTH_AWAITED: "naissance attendue",
    Reason.RESOURCES_AWAITED: "ressources de l'année attendues",
    Reason.QUOTIENT_AWAITED: "quotient familial attendu",
    Reason.OTHER_REPRESENTATIVE_ASKED: "autre représentant légal recherché",
    Reason.INPUT_REFUSED: "état civil refusé par le guichet",
    Reason.TAX_NUMBER_NEEDED: "numéro fiscal à redonner",
    Reason.INCONSISTENT: "réponse d'une autre famille",
    Reason.CHILD_NOT_LISTED: "enfant inconnu de la caisse",
    Reason.PROVIDER_BUSY: "service de l'État très demandé",
    Reason.PROVIDER_UNAVAILABLE: "service de l'État indisponible",
    Reason.ACCESS_FORBIDDEN: "accès refusé à l'habilitation",
    Reason.FIGURES_TO_CHECK: "données certifiées à vérifier",
    Reason.ANSWER_UNREADABLE: "réponse illisible",
    Reason.PROVIDER_MISSING: "pas de source de données pour ce dispositif",
    Reason.HABILITATION_EXPIRED: "habilitation ou jeton expiré, rien demandé",
    Reason.OUTSIDE_HABILITATION: "hors de l'habilitation, rien demandé",
    Reason.EVIDENCE_UNFIT: "données sans usage pour ce barème",
    Reason.RESOURCES_UNKNOWN: "ressources ou enfants inconnus",
    Reason.DOUBTFUL_YEAR: "année des ressources douteuse",
    Reason.DISABILITY_EXCEEDS_CHILDREN: "plus d'AEEH que d'enfants",
    Reason.TARIFF_MISSING: "pas de barème en vigueur",
    Reason.IDENTITY_UNCHECKED: "identité à contrôler",
    Reason.DISABILITY_COUNTED: "AEEH comptée, accord d'une personne",
    Reason.OTHER_REPRESENTATIVE_FILE: "dossier de l'autre représentant légal",
    Reason.AGENT_VALIDATES: "validation par un agent",
    Reason.AGE_OUTSIDE: "âge hors du dispositif",
    Reason.SCHEME_NOT_OPEN: "dispositif fermé à cette date",
    Reason.RESIDENCE_OUTSIDE: "commune hors du dispositif",
    Reason.RESIDENCE_TO_CHECK: "résidence à vérifier",
    Reason.INCOME_ABOVE: "ressources au-dessus du plafond",
    Reason.CONDITION_TO_CHECK: "condition à vérifier",
    Reason.QUOTIENT_ZERO: "quotient familial nul, à vérifier",
    Reason.QUOTIENT_OF_ANOTHER_MONTH: "quotient familial d'un autre mois",
    Reason.FIGURE_MISSING: "donnée du barème absente",
    Reason.PRICE_MISSING: "pas de prix pour cette situation",
    Reason.AUTHOR_MISSING: "pas de signataire en vigueur",
    Reason.NOTHING_CHANGED: "revu, rien ne change",
    Reason.DOCUMENTS_CHOSEN: "justificatifs remis par la famille",
    Reason.NEVER_FINISHED: "commencé plusieurs fois, jamais fini",
}


OUTCOMES: dict[str, str] = {
    Failure.TARGET_REFUSED: "adresse qui mène à un réseau privé",
    Failure.NAME_UNKNOWN: "nom introuvable",
    Failure.UNREACHABLE: "injoignable",
    Failure.CERTIFICATE_REFUSED: "certificat refusé",
    Failure.TOO_SLOW: "trop lent",
    Failure.REDIRECTED: "redirection, que nous ne suivons pas",
    Failure.ANSWERED: "réponse",
    Failure.SECRET_UNREADABLE: "secret illisible avec ce trousseau",
    Failure.NOT_SENT: "erreur du messager, voir son journal",
    "gone": "l'adresse dit ne plus servir",
    "removed": "webhook retiré",
    "delivered": "livré",
}


def delivery_words(outcome: str | None, http_status: int | None) -> str:
    """What a delivery has come to: `réponse 500`, `trop lent`; empty before its first try."""
    if outcome is None:
        return ""
    status = "" if http_status is None else f" {http_status}"
    return OUTCOMES.get(outcome, outcome) + status


def status_words(status: str) -> str:
    """A status in French; one that this version does not know, as it is."""
    return STATUSES.get(Status(status), status) if status in set(Status) else status


def reason_words(reason: str | None) -> str:
    """A reason in a few French words; empty for the plain path."""
    if reason is None:
        return ""
    return REASONS.get(Reason(reason), reason) if reason in set(Reason) else reason


def queue_words(step: Step, lane: Lane) -> str:
    """`Vérification, immédiat`."""
    return f"{STEPS[step]}, {LANES[lane]}"


def switch_words(name: str, habilitation: str | None) -> str:
    """What a switch has suspended: `La file « verify.bulk » est suspendue`."""
    if name == RINGING_SWITCH:
        return "La sonnerie est suspendue"
    if habilitation is not None:
        return f"L'habilitation « {habilitation} » est suspendue"
    for kind, words in _SWITCHED.items():
        if name.startswith(kind):
            return words.format(name.removeprefix(kind))
    return f"« {name} » est suspendu"


def campaign_words(state: str) -> str:
    """Where a campaign stands; a word of a later release's stands as it is."""
    return CAMPAIGNS[CampaignState(state)] if state in set(CampaignState) else state


def service_words(service: str) -> str:
    """The French name of a service's worker."""
    return SERVICES.get(service, service)


def actor_words(actor: str) -> str:
    """Who did it: `service:verifier` is « Vérificateur »."""
    kind, _, name = actor.partition(":")
    if kind == "service":
        return service_words(name).capitalize()
    kinds = {
        "portal": "Portail",
        "agent": "Agent",
        "command": "Commande de",
        "campaign": "Campagne",
    }
    return f"{kinds.get(kind, kind)} {name}".strip()


def typeset(sentence: str) -> str:
    """A sentence with no-break spaces around its signs, and true apostrophes."""
    for loose, tight in _TIGHT.items():
        sentence = sentence.replace(loose, tight)
    return sentence


def number(value: int) -> str:
    """`12 345`, thousands apart."""
    return f"{value:,}".replace(",", _THIN)


def at_least(value: int) -> str:
    """A count that stops at `MOST_COUNTED`."""
    return f"{number(value)} ou plus" if value >= MOST_COUNTED else number(value)


def duration(value: timedelta | None) -> str:
    """A length of time in its two largest units: `4 min 10 s`, `2 h 05`, `3 j 4 h`."""
    if value is None:
        return _NONE
    seconds = max(0.0, value.total_seconds())
    whole = int(seconds)
    if seconds < 1:
        return f"{int(seconds * 1000)}\u00a0ms"
    if whole < _MINUTE:
        return f"{seconds:.1f}\u00a0s".replace(".", ",") if whole < 10 else f"{whole}\u00a0s"  # noqa: PLR2004  # a tenth is told below ten seconds
    if whole < _HOUR:
        return f"{whole // _MINUTE}\u00a0min\u00a0{whole % _MINUTE:02d}\u00a0s"
    if whole < _DAY:
        return f"{whole // _HOUR}\u00a0h\u00a0{whole % _HOUR // _MINUTE:02d}"
    return f"{whole // _DAY}\u00a0j\u00a0{whole % _DAY // _HOUR}\u00a0h"


def since(then: datetime | None, now: datetime) -> str:
    """How long ago, or a dash."""
    return _NONE if then is None else duration(now - then)


def moment(value: datetime | None) -> str:
    """`23/11/2026 09:30:05`, in UTC as the logs say it."""
    return _NONE if value is None else f"{value:%d/%m/%Y %H:%M:%S}"


def counted(count: int, noun: str) -> str:
    """`1 dossier`, `3 dossiers`."""
    return f"{at_least(count)} {noun}{'s' if count > 1 else ''}"
