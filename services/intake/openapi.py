"""OpenAPI 3.1: FastAPI's description, and what it cannot know.

It does not see the body, which intake reads itself, nor the refusals, which are problems.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from fastapi.openapi.utils import get_openapi
from starlette.routing import BaseRoute

from services.intake import examples
from services.intake.answers import ProblemAnswer
from services.intake.batch_rows import MOST_ROWS
from services.intake.problems import MEDIA_TYPE, WORDINGS, Kind, Problem
from shared.application import Application

_REF = "#/components/schemas/{model}"
_DESCRIPTION = (
    "Dépôt des demandes d'inscription par les portails famille, suivi et décision tarifaire. "
    "Chaque portail emploie sa clé et ne voit que ses dossiers."
)
_SUBMIT = ("post", "/v1/applications")
_SHOW = ("get", "/v1/applications/{reference}")
_DECISION = ("get", "/v1/applications/{reference}/decision")
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
        Kind.BODY_TOO_SLOW,
        Kind.BODY_TOO_LARGE,
        Kind.UNSUPPORTED_MEDIA_TYPE,
        Kind.INVALID_APPLICATION,
        Kind.IDEMPOTENCY_KEY_REUSED,
        *_PASSING,
    ),
    _SHOW: (Kind.UNKNOWN_KEY, Kind.SCOPE_MISSING, Kind.UNKNOWN_APPLICATION, *_PASSING),
    _DECISION: (
        Kind.UNKNOWN_KEY,
        Kind.SCOPE_MISSING,
        Kind.UNKNOWN_APPLICATION,
        Kind.NO_DECISION_YET,
        Kind.ERASED,
        *_PASSING,
    ),
    _WITHDRAW: (
        Kind.UNKNOWN_KEY,
        Kind.SCOPE_MISSING,
        Kind.UNKNOWN_APPLICATION,
        Kind.ALREADY_CLOSED,
        *_PASSING,
    ),
    _BATCH: (
        Kind.MALFORMED_JSON,
        Kind.UNKNOWN_KEY,
        Kind.SCOPE_MISSING,
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
    _SUBMIT: ("202", "La demande est enregistrée.", examples.RECEIPT),
    _SHOW: ("200", "Où en est le dossier.", examples.STANDING),
    _DECISION: ("200", "La décision en vigueur, ou la première à venir.", examples.DECISION),
    _WITHDRAW: ("200", "Le dossier est retiré.", examples.WITHDRAWAL),
    _BATCH: ("200", "Une réponse par ligne, dans l'ordre du lot.", examples.BATCH_ANSWER),
    _HEALTH: ("200", "Le processus est debout.", examples.HEALTH),
    _READY: ("200", "Le processus peut recevoir.", examples.READINESS),
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
    content = {
        "schema": {"$ref": _REF.format(model="Application")},
        "examples": examples.REQUESTS,
    }
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


def _batch_body() -> dict[str, Any]:
    """A list of applications, each with a key of its own if the portal gives one."""
    row = {
        "type": "object",
        "additionalProperties": False,
        "required": ["application"],
        "properties": {
            "idempotency_key": {"type": "string", "pattern": "^[!-~]{1,255}$"},
            "application": {"$ref": _REF.format(model="Application")},
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
    for model in (Application, ProblemAnswer):
        schema = model.model_json_schema(ref_template=_REF)
        kept |= schema.pop("$defs", {})
        kept[model.__name__] = schema
    portal = {"type": "http", "scheme": "bearer", "description": "Clé de portail berceau_…"}
    return {"schemas": dict(sorted(kept.items())), "securitySchemes": {"portal": portal}}
