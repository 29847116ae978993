"""Refusals: what a portal is told when there is no evidence; the family loses nothing by it.

No figure, no field and no person of the answer is in any of them.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from services.intake.franceconnect.asking import busy
from services.intake.problems import Fault, Problem, ProblemError, later, refusal
from services.intake.wordings import Kind
from services.verifier.provider.refusals import ACCESS_TOKEN
from shared.evidence import (
    Busy,
    Certified,
    Forbidden,
    Inconsistent,
    InputRefused,
    NoChildUnderSeven,
    NoFile,
    NotIdentified,
    Outcome,
    Unavailable,
    Unreadable,
)
from shared.states import Reason

COME_BACK_S = 5
_TOKEN = Fault(
    "/access_token",
    "token_refused",
    "Jeton inconnu, expiré, ou sans l'identité pivot : refaites passer la famille par "
    "FranceConnect, et appelez aussitôt.",
)
_NOTHING_IS_LOST = "Déposez la demande sans « evidence » : rien n'est perdu."
_NOTHING_FOUND: Mapping[type[Outcome], tuple[Reason, str]] = {
    NotIdentified: (
        Reason.NOT_IDENTIFIED,
        "Cette personne n'a pas été identifiée auprès de la CAF ni de la MSA.",
    ),
    NoFile: (
        Reason.NO_FILE,
        "Ni la CAF ni la MSA n'a de dossier au nom de cette personne.",
    ),
    NoChildUnderSeven: (
        Reason.NO_CHILD_UNDER_SEVEN,
        "Le dossier de la caisse ne compte aucun enfant de moins de 7 ans.",
    ),
    InputRefused: (
        Reason.INPUT_REFUSED,
        "L'État ne peut pas employer l'identité que donne FranceConnect.",
    ),
    Inconsistent: (
        Reason.INCONSISTENT,
        "La réponse de l'État ne concerne pas sûrement cette personne : rien n'en est gardé.",
    ),
}
_BROKEN: Mapping[type[Outcome], tuple[Reason, str]] = {
    Forbidden: (
        Reason.ACCESS_FORBIDDEN,
        "L'État refuse ces données pour ce jeton : vérifiez les scopes demandés à FranceConnect.",
    ),
    Unreadable: (Reason.ANSWER_UNREADABLE, "La réponse de l'État n'a pas pu être lue."),
}


def refused(outcome: Outcome, now: datetime) -> ProblemError:
    """The problem that an outcome is, if it is not `Certified` (`now`: UTC)."""
    match outcome:
        case Busy(retry_at=retry_at):
            return busy((retry_at - now).total_seconds() if retry_at else COME_BACK_S)
        case Unavailable():
            return _unavailable()
        case InputRefused(fields=fields) if ACCESS_TOKEN in fields:
            return refusal(Kind.FRANCECONNECT_TOKEN_REFUSED, [_TOKEN])
        case Forbidden() | Unreadable():
            return _said(Kind.STATE_UNAVAILABLE, *_BROKEN[type(outcome)])
        case Certified():
            raise ValueError("what is certified is no refusal")
    return _said(Kind.NO_EVIDENCE, *_NOTHING_FOUND[type(outcome)])


def _unavailable() -> ProblemError:
    passing = later(Kind.STATE_UNAVAILABLE, seconds=COME_BACK_S).problem
    reason = {"reason": Reason.PROVIDER_UNAVAILABLE}
    return ProblemError(replace(passing, members={**passing.members, **reason}))


def _said(kind: Kind, reason: Reason, why: str) -> ProblemError:
    return ProblemError(
        Problem(kind, members={"reason": reason}, detail=f"{why} {_NOTHING_IS_LOST}")
    )
