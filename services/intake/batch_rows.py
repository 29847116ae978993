"""The rows of a batch: each is read, checked and answered as if it had come alone."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from services.intake.calendar_rules import refuse_impossible_dates
from services.intake.documents import read_object, refuse_unusable_text
from services.intake.problems import Fault, Problem, ProblemError, pointer, refusal
from services.intake.receipts import Receipt
from services.intake.reception import validated
from services.intake.repetition import read_idempotency_key
from services.intake.stages import Enrolment, Handed
from services.intake.wordings import Kind

MOST_ROWS = 500
_FIELDS = {"application", "idempotency_key"}


@dataclass(frozen=True, slots=True, repr=False)
class Row:
    """One good row: its place in the batch, its key if it has one, and what it asks for."""

    place: int
    key: str | None
    document: dict[str, Any]
    application: Handed


@dataclass(slots=True)
class Answers:
    """What each row is answered, by place."""

    receipts: dict[int, Receipt] = field(default_factory=dict)
    problems: dict[int, Problem] = field(default_factory=dict)


def read_rows(body: bytes) -> list[object]:
    """The rows of a batch, not yet read.

    Raises:
        ProblemError: malformed-json, or invalid-application when the body is no batch.
    """
    document = read_object(body)
    rows = document.get("applications")
    faults = list(_faults_of_batch(document, rows))
    if faults:
        raise refusal(Kind.INVALID_APPLICATION, faults)
    assert isinstance(rows, list)  # noqa: S101  # or there was a fault
    return rows


def good_rows(raw: Sequence[object], answers: Answers, now: datetime) -> Iterator[Row]:
    """Read every row; a bad one is answered with its problem and left out."""
    for place, given in enumerate(raw):
        try:
            yield _row(place, given, now)
        except ProblemError as refused:
            answers.problems[place] = refused.problem


def _faults_of_batch(document: Mapping[str, object], rows: object) -> Iterator[Fault]:
    if set(document) - {"applications"}:
        yield Fault("", "extra_forbidden", "Un lot n'a que le champ « applications ».")
    if not isinstance(rows, list) or not rows:
        yield Fault(
            "/applications",
            "missing" if rows is None else "list_type",
            "Donnez ici la liste des demandes, au moins une.",
        )
    elif len(rows) > MOST_ROWS:
        yield Fault(
            "/applications",
            "too_long",
            f"Un lot a au plus {MOST_ROWS} demandes : faites-en plusieurs.",
        )


def _row(place: int, given: object, now: datetime) -> Row:
    content = _content(given)
    refuse_unusable_text(content)
    document, key = content["application"], content.get("idempotency_key")
    application = validated(document, json.dumps(document, ensure_ascii=False).encode())
    refuse_impossible_dates(application, now)
    _refuse_evidence(application)
    return Row(place, _key(key), document, application)


def _content(given: object) -> dict[str, Any]:
    if isinstance(given, dict) and set(given) <= _FIELDS:
        if isinstance(given.get("application"), dict):
            return given
        fault = Fault(pointer("application"), "missing", "Donnez ici la demande, un objet JSON.")
    else:
        said = "Une ligne est un objet : « application », et « idempotency_key » s'il y en a une."
        fault = Fault("", "row_shape", said)
    raise refusal(Kind.INVALID_APPLICATION, [fault])


def _refuse_evidence(application: Handed) -> None:
    """Somebody who has just come through FranceConnect waits at a screen, not in a batch."""
    if isinstance(application, Enrolment) and application.evidence is not None:
        said = "Une ligne de lot n'a pas de données FranceConnect : déposez cette demande seule."
        fault = Fault("/evidence", "evidence_in_a_batch", said)
        raise refusal(Kind.INVALID_APPLICATION, [fault])


def _key(key: object) -> str | None:
    if key is None:
        return None
    return read_idempotency_key([key if isinstance(key, str) else ""])
