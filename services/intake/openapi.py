"""OpenAPI 3.1: FastAPI's description, and what it cannot know.

It does not see the body, which intake reads itself, nor the refusals, which are problems.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from fastapi.openapi.utils import get_openapi
from starlette.routing import BaseRoute

from services.intake import example_answers, examples
from services.intake.answers import ProblemAnswer
from services.intake.batch_rows import MOST_ROWS
from services.intake.problems import MEDIA_TYPE, Problem
from services.intake.stages import Admission, Enrolment
from services.intake.wordings import WORDINGS, Kind
from shared.pre_registration import PreRegistration

_REF = "#/components/schemas/{model}"
_HANDED = {
    "anyOf": [{"$ref": _REF.format(model=name)} for name in ("Enrolment", "PreRegistration")]
}
_DESCRIPTION = (
    "Dépôt des demandes d'inscription par les portails famille, suivi et décision tarifaire. "
    "Chaque portail emploie sa clé et ne voit que ses dossiers."
)
_SUBMIT = ("post", "/v1/applications")
_SHOW = ("get", "/v1/applications/{reference}")
_DECISION = ("get", "/v1/applications/{reference}/decision")
_ESTIMATE = ("get", "/v1/applications/{reference}/estimate")
_ADMIT = ("post", "/v1/applications/{reference}/admission")
_WITHDRAW = ("post", "/v1/applications/{reference}/withdrawal")
_BATCH = ("post", "/v1/applications:batch")
_HEALTH = ("get", "/healthz")
_READY = ("get", "/readyz")
_PASSING = (Kind.UNAVAILABLE, Kind.OVERLOADED, Kind.INTERNAL_ERROR)

REFUSALS: dict[tuple[str, str], tuple[Kind, ...]] = {
    _SUBMIT: (
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
    _SHOW: (
        Kind.UNKNOWN_KEY,
        Kind.SCOPE_MISSING,
        Kind.TOO_MANY_REQUESTS,
        Kind.UNKNOWN_APPLICATION,
        *_PASSING,
    ),
    _DECISION: (
        Kind.UNKNOWN_KEY,
        Kind.SCOPE_MISSING,
        Kind.TOO_MANY_REQUESTS,
        Kind.UNKNOWN_APPLICATION,
        Kind.NO_DECISION_YET,
        Kind.ERASED,
        *_PASSING,
    ),
    _ESTIMATE: (
        Kind.UNKNOWN_KEY,
        Kind.SCOPE_MISSING,
        Kind.TOO_MANY_REQUESTS,
        Kind.UNKNOWN_APPLICATION,
        Kind.NO_ESTIMATE,
        Kind.ERASED,
        *_PASSING,
    ),
    _ADMIT: (
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
    _WITHDRAW: (
        Kind.UNKNOWN_KEY,
        Kind.SCOPE_MISSING,
        Kind.TOO_MANY_REQUESTS,
        Kind.UNKNOWN_APPLICATION,
        Kind.ALREADY_CLOSED,
        *_PASSING,
    ),
    _BATCH: (
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
    _HEALTH: (),
    _READY: (Kind.NOT_READY, Kind.OVERLOADED),
}
_ANSWERS: dict[tuple[str, str], tuple[str, str, dict[str, Any]]] = {
    _SUBMIT: ("202", "La demande est enregistrée.", example_answers.RECEIPT),
    _SHOW: ("200", "Où en est le dossier.", example_answers.STANDING),
    _DECISION: ("200", "La décision en vigueur, ou la première à venir.", example_answers.DECISION),
    _ESTIMATE: ("200", "L'estimation, telle qu'elle a été donnée.", example_answers.ESTIMATE),
    _ADMIT: ("202", "La préinscription est admise.", example_answers.ADMITTED),
    _WITHDRAW: ("200", "Le dossier est retiré.", example_answers.WITHDRAWAL),
    _BATCH: ("200", "Une réponse par ligne, dans l'ordre du lot.", example_answers.BATCH_ANSWER),
    _HEALTH: ("200", "Le processus est debout.", example_answers.HEALTH),
    _READY: ("200", "Le processus peut recevoir.", example_answers.READINESS),
}


def describe(routes: Sequence[BaseRoute]) -> dict[str, Any]:
    """The whole description."""
    document = get_openapi(
        title="Berceau", version="1", description=_DESCRIPTION, routes=list(routes)
    )
    for (method, path), kinds in REFUSALS.items():
        operation = document["paths"][path][method]
        _complete(operation, method, path)
        operation["responses"] |= _refusals(kinds)
    _describe_submission(document["paths"][_SUBMIT[1]][_SUBMIT[0]])
    document["paths"][_BATCH[1]][_BATCH[0]]["requestBody"] = _batch_body()
    _describe_admission(document["paths"][_ADMIT[1]][_ADMIT[0]])
    document["components"] = _components(document["components"])
    return document


def _complete(operation: dict[str, Any], method: str, path: str) -> None:
    status, said, example = _ANSWERS[method, path]
    operation["summary"] = operation.pop("description")
    operation["responses"].pop("422", None)
    answer = operation["responses"][status]
    answer["description"] = said
    answer["content"]["application/json"]["example"] = example
    if path.startswith("/v1/"):
        operation["security"] = [{"portal": []}]


def _refusals(kinds: Iterable[Kind]) -> dict[str, Any]:
    """The problems of one operation, by status."""
    answers: dict[str, Any] = {}
    for kind in kinds:
        wording = WORDINGS[kind]
        content = {"schema": {"$ref": _REF.format(model="ProblemAnswer")}, "examples": {}}
        new = {"description": wording.title, "content": {MEDIA_TYPE: content}}
        answer = answers.setdefault(str(wording.status), new)
        answer["content"][MEDIA_TYPE]["examples"][kind.value] = {"value": _example(kind)}
    return answers


def _example(kind: Kind) -> dict[str, Any]:
    return examples.REFUSED if kind is Kind.INVALID_APPLICATION else Problem(kind).as_json()


def _describe_submission(operation: dict[str, Any]) -> None:
    """The body, the key that names a request, and what comes back in headers."""
    content = {"schema": _HANDED, "examples": examples.REQUESTS}
    operation["requestBody"] = {"required": True, "content": {"application/json": content}}
    operation["parameters"] = [
        _header("Idempotency-Key", "Nomme la requête : répétée, elle reçoit la même réponse.")
        | {"schema": {"type": "string", "pattern": "^[!-~]{1,255}$"}},
        _header("traceparent", "Trace W3C, reprise dans la réponse."),
    ]
    accepted = operation["responses"]["202"]
    accepted["headers"] = {
        "Location": _returned("Adresse du dossier."),
        "Idempotency-Replayed": _returned("« true » si la réponse avait déjà été donnée."),
    }
    operation["responses"]["200"] = accepted | {
        "description": "La même demande était déjà enregistrée : voici son accusé de réception."
    }


def _describe_admission(operation: dict[str, Any]) -> None:
    """The body, and the answer to whoever asks again."""
    content = {
        "schema": {"$ref": _REF.format(model="Admission")},
        "examples": examples.ADMISSIONS,
    }
    operation["requestBody"] = {"required": True, "content": {"application/json": content}}
    operation["responses"]["200"] = operation["responses"]["202"] | {
        "description": "La même admission était déjà faite : voici la même réponse."
    }


def _batch_body() -> dict[str, Any]:
    """A list of applications, each with a key of its own if the portal gives one."""
    row = {
        "type": "object",
        "additionalProperties": False,
        "required": ["application"],
        "properties": {
            "idempotency_key": {"type": "string", "pattern": "^[!-~]{1,255}$"},
            "application": _HANDED,
        },
    }
    rows = {"type": "array", "minItems": 1, "maxItems": MOST_ROWS, "items": row}
    schema = {
        "type": "object",
        "additionalProperties": False,
        "required": ["applications"],
        "properties": {"applications": rows},
    }
    content = {"schema": schema, "examples": examples.BATCHES}
    return {"required": True, "content": {"application/json": content}}


def _header(name: str, said: str) -> dict[str, Any]:
    return {"name": name, "in": "header", "description": said, "schema": {"type": "string"}}


def _returned(said: str) -> dict[str, Any]:
    return {"description": said, "schema": {"type": "string"}}


def _components(components: dict[str, Any]) -> dict[str, Any]:
    """The schemas of answers, without FastAPI's own errors, and those of the body and problems."""
    kept = {k: v for k, v in components["schemas"].items() if "ValidationError" not in k}
    for model in (Admission, Enrolment, PreRegistration, ProblemAnswer):
        schema = model.model_json_schema(ref_template=_REF)
        kept |= schema.pop("$defs", {})
        kept[model.__name__] = schema
    portal = {"type": "http", "scheme": "bearer", "description": "Clé de portail berceau_…"}
    return {"schemas": dict(sorted(kept.items())), "securitySchemes": {"portal": portal}}
