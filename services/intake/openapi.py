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
from services.intake.example_papers import BEGINNINGS
from services.intake.franceconnect.bearer import EvidenceRequest
from services.intake.operations import (
    ADMIT,
    ANSWERS,
    APPLIED,
    BATCH,
    CALLBACK,
    LETTER,
    REFUSALS,
    RULES,
    SUBMIT,
)
from services.intake.papers import EVERY, READ_ONLINE, Format
from services.intake.problems import MEDIA_TYPE, Problem
from services.intake.stages import Admission, Enrolment
from services.intake.wordings import WORDINGS, Kind
from shared.pre_registration import PreRegistration

_REF = "#/components/schemas/{model}"
_HANDED = {
    "anyOf": [{"$ref": _REF.format(model=name)} for name in ("Enrolment", "PreRegistration")]
}
_PAPERS = {LETTER: EVERY, APPLIED: EVERY, RULES: READ_ONLINE}
_DESCRIPTION = (
    "Dépôt des demandes d'inscription par les portails famille, suivi et décision tarifaire. "
    "Chaque portail emploie sa clé et ne voit que ses dossiers."
)


def describe(routes: Sequence[BaseRoute]) -> dict[str, Any]:
    """The whole description."""
    document = get_openapi(
        title="Berceau", version="1", description=_DESCRIPTION, routes=list(routes)
    )
    for (method, path), kinds in REFUSALS.items():
        operation = document["paths"][path][method]
        _complete(operation, method, path)
        operation["responses"] |= _refusals(kinds)
    _describe_submission(document["paths"][SUBMIT[1]][SUBMIT[0]])
    document["paths"][BATCH[1]][BATCH[0]]["requestBody"] = _batch_body()
    _describe_admission(document["paths"][ADMIT[1]][ADMIT[0]])
    _describe_callback(document["paths"][CALLBACK[1]][CALLBACK[0]])
    for (method, path), formats in _PAPERS.items():
        _describe_paper(document["paths"][path][method], formats)
    document["components"] = _components(document["components"])
    return document


def _complete(operation: dict[str, Any], method: str, path: str) -> None:
    status, said, example = ANSWERS[method, path]
    operation["summary"] = operation.pop("description")
    operation["responses"].pop("422", None)
    answer = operation["responses"][status]
    answer["description"] = said
    answer["content"]["application/json"]["example"] = example
    if path.startswith("/v1/") and (method, path) != RULES:
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


def _describe_callback(operation: dict[str, Any]) -> None:
    """The body, and the answer to whoever asks again with the same token."""
    content = {
        "schema": {"$ref": _REF.format(model="EvidenceRequest")},
        "examples": examples.CALLBACKS,
    }
    operation["requestBody"] = {"required": True, "content": {"application/json": content}}
    operation["responses"]["200"] = operation["responses"]["201"] | {
        "description": "Le même jeton a déjà été employé : voici la même réponse."
    }


def _describe_paper(operation: dict[str, Any], formats: Iterable[Format]) -> None:
    """The formats beside JSON, of which the reader's `Accept` chooses one."""
    content = operation["responses"]["200"]["content"]
    for form in formats:
        if form is not Format.JSON:
            content[form.value] = {"schema": {"type": "string"}, "example": BEGINNINGS[form]}


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
    for model in (Admission, Enrolment, EvidenceRequest, PreRegistration, ProblemAnswer):
        schema = model.model_json_schema(ref_template=_REF)
        kept |= schema.pop("$defs", {})
        kept[model.__name__] = schema
    portal = {"type": "http", "scheme": "bearer", "description": "Clé de portail berceau_…"}
    return {"schemas": dict(sorted(kept.items())), "securitySchemes": {"portal": portal}}
