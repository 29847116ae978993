"""Every answer of the contract means one outcome, by the tables in tests/cases."""

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from services.verifier.provider.answer import Answered, Failure, Unanswered
from services.verifier.provider.translation import translate
from shared.application import Application
from shared.civil_status import CivilStatus
from shared.evidence import (
    EAJE_SOURCE,
    Busy,
    Certified,
    Forbidden,
    Inconsistent,
    NoFile,
    Outcome,
    Provenance,
    Unavailable,
)

_ROOT = Path(__file__).parents[3]
_CASES = _ROOT / "tests" / "cases"
_ANSWERS = yaml.safe_load((_CASES / "eaje_answers.yaml").read_text("utf-8"))
_CODES = [
    case
    for cases in yaml.safe_load((_CASES / "eaje_error_codes.yaml").read_text("utf-8")).values()
    for case in cases
]
_PUBLISHED = _ROOT.parent / "shared" / "data" / "api-particulier" / "payloads"
_PAYLOADS = [
    _CASES / "eaje_payload.yaml",
    *sorted(_PUBLISHED.glob("*participation_familiale_eaje_with_*/*.y*ml")),
]


def _told(outcome: Outcome, now: datetime) -> dict[str, Any]:
    """An outcome in the words of the tables: its name, and all but its provenance."""
    if isinstance(outcome, Certified):
        said = outcome.facts.model_dump(exclude={"provenance"})
    else:
        said = asdict(outcome)
        del said["provenance"]
    if isinstance(outcome, Busy):
        moment = said.pop("retry_at")
        said["retry_in"] = moment and (moment - now).total_seconds()
    said["fields"] = list(said["fields"]) if "fields" in said else []
    return {"outcome": type(outcome).__name__} | said


def _expected(case: dict[str, Any]) -> dict[str, Any]:
    return {"fields": []} | case


def _body(case: dict[str, Any]) -> bytes:
    text: str = case["text"] if "text" in case else json.dumps(case["body"])
    return text.encode()


@pytest.mark.parametrize("case", _ANSWERS, ids=lambda case: case["claim"])
def test_answer_means(case: dict[str, Any], application: Application, now: datetime) -> None:
    """Each answer of the table gives its outcome, in full."""
    answer = Answered(case["status"], case.get("headers", {}), _body(case))

    assert _expected(case["expected"]) == _told(translate(answer, application, now), now)


@pytest.mark.parametrize("case", _CODES, ids=lambda case: f"{case['code']}-{case['title']}")
def test_code_means(case: dict[str, Any], application: Application, now: datetime) -> None:
    """Each code of the nomenclature gives its outcome, and stands in its provenance."""
    expected = {k: v for k, v in case.items() if k not in {"status", "code", "title"}}
    error = {"code": case["code"], "title": case["title"], "source": None, "meta": {}}
    body = json.dumps({"errors": [error]}).encode()

    outcome = translate(Answered(case["status"], {}, body), application, now)

    assert _expected(expected) == _told(outcome, now)


def test_provenance_names_the_call_and_nothing_of_the_family(
    application: Application, now: datetime
) -> None:
    """Source, moment, status, request, code, cache: what an auditor needs."""
    headers = {"x-request-id": "0b7e-41", "x-response-cached": "TRUE"}
    body = json.dumps({"errors": [{"code": "23003", "title": "Dossier absent"}]}).encode()

    outcome = translate(Answered(404, headers, body), application, now)

    assert outcome == NoFile(
        Provenance(
            source=EAJE_SOURCE,
            fetched_at=now,
            http_status=404,
            request_id="0b7e-41",
            code="23003",
            cached=True,
        )
    )


@pytest.mark.parametrize("code", ["Lô Aminata", "1234", "123456", "２３００３", 23003])
def test_a_code_of_another_shape_goes_nowhere(
    application: Application, now: datetime, code: object
) -> None:
    """Only five digits are kept: some other text might be about somebody."""
    headers = {"x-request-id": "/v3?nomNaissance=Lô", "x-response-cached": "maybe"}
    body = json.dumps({"errors": [{"code": code, "title": "Inconnu"}]}).encode()

    outcome = translate(Answered(502, headers, body), application, now)

    provenance = Provenance(source=EAJE_SOURCE, fetched_at=now, http_status=502)
    assert outcome == Unavailable(provenance, "http_502")


@pytest.mark.parametrize(
    ("given", "kept"), [("a" * 64, "a" * 64), ("a" * 65, None), ("é", None), ("-", None)]
)
def test_only_an_identifier_is_kept_as_one(
    application: Application, now: datetime, given: str, kept: str | None
) -> None:
    """What is no plain, short identifier is not stored."""
    outcome = translate(Answered(403, {"x-request-id": given}), application, now)

    expected = Provenance(source=EAJE_SOURCE, fetched_at=now, http_status=403, request_id=kept)
    assert outcome == Forbidden(expected)


@pytest.mark.parametrize("failure", list(Failure))
def test_no_answer_is_unavailable_by_its_name(
    application: Application, now: datetime, failure: Failure
) -> None:
    """A failure of the transport has a name and no provenance."""
    outcome = translate(Unanswered(failure), application, now)

    assert outcome == Unavailable(provenance=None, failure=failure.value)


@pytest.mark.parametrize("path", _PAYLOADS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_payload_means(path: Path, application: Application, now: datetime) -> None:
    """Payloads in the published format, the official ones where at hand: read, not believed."""
    case = yaml.safe_load(path.read_text("utf-8"))
    expected = {200: Inconsistent, 404: NoFile, 429: Busy, 502: Unavailable, 504: Unavailable}
    answer = Answered(case["status"], {}, case["payload"].encode())

    outcome = translate(answer, _as_asked(application, case), now)

    assert expected[case["status"]] is type(outcome)


def _as_asked(application: Application, case: dict[str, Any]) -> Application:
    """The same application by the person of the payload's query, when it is a full one."""
    asked = case["params"]
    if "prenoms" not in asked:
        return application
    applicant = CivilStatus.model_validate(
        {
            "birth_name": asked["nomNaissance"],
            "first_names": asked["prenoms"],
            "sex": asked["sexeEtatCivil"],
            "birth": "{anneeDateNaissance}-{moisDateNaissance:02}-{jourDateNaissance:02}".format(
                **asked
            ),
            "birth_place": {"commune": asked["codeCogInseeCommuneNaissance"]},
        }
    )
    return application.model_copy(update={"applicant": applicant})
