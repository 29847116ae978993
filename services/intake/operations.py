"""Operations: every address of intake, what it answers, and every problem it may answer instead."""

from typing import Any

from services.intake import example_answers, example_papers, feed
from services.intake.wordings import Kind

SUBMIT = ("post", "/v1/applications")
SHOW = ("get", "/v1/applications/{reference}")
ACKNOWLEDGE = ("get", "/v1/applications/{reference}/acknowledgement")
DECISION = ("get", "/v1/applications/{reference}/decision")
LETTER = ("get", "/v1/applications/{reference}/decision/letter")
APPLIED = ("get", "/v1/applications/{reference}/decision/rules")
RULES = ("get", "/v1/authorities/{code}/rules")
ESTIMATE = ("get", "/v1/applications/{reference}/estimate")
ADMIT = ("post", "/v1/applications/{reference}/admission")
WITHDRAW = ("post", "/v1/applications/{reference}/withdrawal")
BATCH = ("post", "/v1/applications:batch")
CALLBACK = ("post", "/v1/franceconnect-evidence")
EXPORT = ("get", "/v1/exports/decisions")
EVENTS = ("get", "/v1/events")
TRY_WEBHOOK = ("post", "/v1/webhook:test")
HEALTH = ("get", "/healthz")
READY = ("get", "/readyz")
_PASSING = (Kind.UNAVAILABLE, Kind.OVERLOADED, Kind.INTERNAL_ERROR)

_OF_A_PAPER = (
    Kind.UNKNOWN_KEY,
    Kind.SCOPE_MISSING,
    Kind.TOO_MANY_REQUESTS,
    Kind.UNKNOWN_APPLICATION,
    Kind.NO_DECISION_YET,
    Kind.UNKNOWN_VERSION,
    Kind.NO_LETTER,
    Kind.NOT_ACCEPTABLE,
    Kind.ERASED,
)

REFUSALS: dict[tuple[str, str], tuple[Kind, ...]] = {
    SUBMIT: (
        Kind.MALFORMED_JSON,
        Kind.MALFORMED_IDEMPOTENCY_KEY,
        Kind.UNKNOWN_KEY,
        Kind.SCOPE_MISSING,
        Kind.TOO_MANY_REQUESTS,
        Kind.BODY_TOO_SLOW,
        Kind.BODY_TOO_LARGE,
        Kind.UNSUPPORTED_MEDIA_TYPE,
        Kind.INVALID_APPLICATION,
        Kind.IDEMPOTENCY_KEY_REUSED,
        Kind.BACKLOG_TOO_LONG,
        *_PASSING,
    ),
    SHOW: (
        Kind.UNKNOWN_KEY,
        Kind.SCOPE_MISSING,
        Kind.TOO_MANY_REQUESTS,
        Kind.UNKNOWN_APPLICATION,
        *_PASSING,
    ),
    ACKNOWLEDGE: (
        Kind.UNKNOWN_KEY,
        Kind.SCOPE_MISSING,
        Kind.TOO_MANY_REQUESTS,
        Kind.UNKNOWN_APPLICATION,
        *_PASSING,
    ),
    DECISION: (
        Kind.UNKNOWN_KEY,
        Kind.SCOPE_MISSING,
        Kind.TOO_MANY_REQUESTS,
        Kind.UNKNOWN_APPLICATION,
        Kind.NO_DECISION_YET,
        Kind.ERASED,
        *_PASSING,
    ),
    LETTER: (*_OF_A_PAPER, Kind.NOT_ONE_HOUSEHOLD, *_PASSING),
    APPLIED: (*_OF_A_PAPER, *_PASSING),
    RULES: (Kind.UNKNOWN_AUTHORITY, Kind.NOT_ACCEPTABLE, *_PASSING),
    ESTIMATE: (
        Kind.UNKNOWN_KEY,
        Kind.SCOPE_MISSING,
        Kind.TOO_MANY_REQUESTS,
        Kind.UNKNOWN_APPLICATION,
        Kind.NO_ESTIMATE,
        Kind.ERASED,
        *_PASSING,
    ),
    ADMIT: (
        Kind.MALFORMED_JSON,
        Kind.UNKNOWN_KEY,
        Kind.SCOPE_MISSING,
        Kind.TOO_MANY_REQUESTS,
        Kind.UNKNOWN_APPLICATION,
        Kind.BODY_TOO_SLOW,
        Kind.ALREADY_ADMITTED,
        Kind.ALREADY_WITHDRAWN,
        Kind.SAME_APPLICATION,
        Kind.ERASED,
        Kind.BODY_TOO_LARGE,
        Kind.UNSUPPORTED_MEDIA_TYPE,
        Kind.INVALID_APPLICATION,
        *_PASSING,
    ),
    WITHDRAW: (
        Kind.UNKNOWN_KEY,
        Kind.SCOPE_MISSING,
        Kind.TOO_MANY_REQUESTS,
        Kind.UNKNOWN_APPLICATION,
        Kind.ALREADY_CLOSED,
        *_PASSING,
    ),
    BATCH: (
        Kind.MALFORMED_JSON,
        Kind.UNKNOWN_KEY,
        Kind.SCOPE_MISSING,
        Kind.TOO_MANY_REQUESTS,
        Kind.BODY_TOO_SLOW,
        Kind.BODY_TOO_LARGE,
        Kind.UNSUPPORTED_MEDIA_TYPE,
        Kind.INVALID_APPLICATION,
        *_PASSING,
    ),
    CALLBACK: (
        Kind.MALFORMED_JSON,
        Kind.UNKNOWN_KEY,
        Kind.SCOPE_MISSING,
        Kind.TOO_MANY_REQUESTS,
        Kind.BODY_TOO_SLOW,
        Kind.BODY_TOO_LARGE,
        Kind.UNSUPPORTED_MEDIA_TYPE,
        Kind.INVALID_APPLICATION,
        Kind.FRANCECONNECT_TOKEN_REFUSED,
        Kind.NO_EVIDENCE,
        Kind.STATE_UNAVAILABLE,
        Kind.STATE_BUSY,
        *_PASSING,
    ),
    EXPORT: (
        Kind.UNKNOWN_KEY,
        Kind.SCOPE_MISSING,
        Kind.TOO_MANY_REQUESTS,
        Kind.INVALID_QUERY,
        *_PASSING,
    ),
    EVENTS: (
        Kind.MALFORMED_CURSOR,
        Kind.UNKNOWN_KEY,
        Kind.SCOPE_MISSING,
        Kind.TOO_MANY_REQUESTS,
        *_PASSING,
    ),
    TRY_WEBHOOK: (
        Kind.UNKNOWN_KEY,
        Kind.SCOPE_MISSING,
        Kind.TOO_MANY_REQUESTS,
        Kind.NO_WEBHOOK,
        *_PASSING,
    ),
    HEALTH: (),
    READY: (Kind.NOT_READY, Kind.OVERLOADED),
}
ANSWERS: dict[tuple[str, str], tuple[str, str, dict[str, Any]]] = {
    SUBMIT: ("202", "La demande est enregistrée.", example_answers.RECEIPT),
    SHOW: ("200", "Où en est le dossier.", example_answers.STANDING),
    ACKNOWLEDGE: ("200", "L'accusé de réception, à jour.", example_answers.ACKNOWLEDGEMENT),
    DECISION: ("200", "La décision en vigueur, ou la première à venir.", example_answers.DECISION),
    LETTER: ("200", "La lettre de la décision.", example_papers.LETTER),
    APPLIED: ("200", "Les règles appliquées à ce dossier.", example_papers.APPLIED),
    RULES: ("200", "Les règles en vigueur.", example_papers.RULES),
    ESTIMATE: ("200", "L'estimation, telle qu'elle a été donnée.", example_answers.ESTIMATE),
    ADMIT: ("202", "La préinscription est admise.", example_answers.ADMITTED),
    WITHDRAW: ("200", "Le dossier est retiré.", example_answers.WITHDRAWAL),
    BATCH: ("200", "Une réponse par ligne, dans l'ordre du lot.", example_answers.BATCH_ANSWER),
    CALLBACK: ("201", "L'État a certifié des données.", example_answers.EVIDENCE),
    EXPORT: ("200", "Une page de décisions, dans l'ordre des dossiers.", example_answers.EXPORT),
    EVENTS: ("200", "Une page d'événements.", feed.EXAMPLE_FEED),
    TRY_WEBHOOK: ("202", "L'essai est parti.", feed.EXAMPLE_TRIAL),
    HEALTH: ("200", "Le processus est debout.", example_answers.HEALTH),
    READY: ("200", "Le processus peut recevoir.", example_answers.READINESS),
}
