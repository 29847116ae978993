"""Every answer of the contract means one outcome, by the tables in tests/cases."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from services.verifier.provider.answer import Answered, Failure, Unanswered
from services.verifier.provider.asked import Asked
from services.verifier.provider.endpoint import EAJE, EAJE_BY_FRANCE_CONNECT, QF, Endpoint
from services.verifier.provider.translation import translate
from shared.application import Application
from shared.evidence import (
    EAJE_SOURCE,
    Certified,
    EajeFacts,
    Forbidden,
    InputRefused,
    Month,
    NoFile,
    Provenance,
    QfFacts,
    Unavailable,
    read_facts,
    write_facts,
)
from tests.unit.verifier.particulier import BY_CIVIL_STATUS, BY_FRANCE_CONNECT
from tests.unit.verifier.telling import expected, told

_CASES = Path(__file__).parents[2] / "cases"
_ANSWERS = [
    pytest.param(name, case, id=f"{name}: {case['claim']}")
    for name in ("eaje", "qf")
    for case in yaml.safe_load((_CASES / f"{name}_answers.yaml").read_text("utf-8"))
]


def _body(case: dict[str, Any]) -> bytes:
    text: str = case["text"] if "text" in case else json.dumps(case["body"])
    return text.encode()


@pytest.mark.parametrize("by", [BY_CIVIL_STATUS, BY_FRANCE_CONNECT], ids=["identite", "fc"])
@pytest.mark.parametrize(("name", "case"), _ANSWERS)
def test_answer_means(
    name: str,
    case: dict[str, Any],
    by: dict[str, Endpoint[Any]],
    application: Application,
    now: datetime,
) -> None:
    """Each answer of the tables gives its outcome, in full, however it was asked for."""
    answer = Answered(case["status"], case.get("headers", {}), _body(case))

    outcome = translate(answer, by[name], Asked.about(application), now)

    assert expected(case["expected"]) == told(outcome, now)


def test_provenance_names_the_call_and_nothing_of_the_family(
    application: Application, now: datetime
) -> None:
    """Source, moment, status, request, code, cache: what an auditor needs."""
    headers = {"x-request-id": "0b7e-41", "x-response-cached": "TRUE"}
    body = json.dumps({"errors": [{"code": "23003", "title": "Dossier absent"}]}).encode()

    outcome = translate(Answered(404, headers, body), EAJE, Asked.about(application), now)

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

    outcome = translate(Answered(502, headers, body), EAJE, Asked.about(application), now)

    provenance = Provenance(source=EAJE_SOURCE, fetched_at=now, http_status=502)
    assert outcome == Unavailable(provenance, "http_502")


@pytest.mark.parametrize(
    ("given", "kept"), [("a" * 64, "a" * 64), ("a" * 65, None), ("é", None), ("-", None)]
)
def test_only_an_identifier_is_kept_as_one(
    application: Application, now: datetime, given: str, kept: str | None
) -> None:
    """What is no plain, short identifier is not stored."""
    outcome = translate(Answered(403, {"x-request-id": given}), EAJE, Asked.about(application), now)

    expected = Provenance(source=EAJE_SOURCE, fetched_at=now, http_status=403, request_id=kept)
    assert outcome == Forbidden(expected)


@pytest.mark.parametrize("failure", sorted(set(Failure) - {Failure.UNSENDABLE}))
def test_no_answer_is_unavailable_by_its_name(
    application: Application, now: datetime, failure: Failure
) -> None:
    """A failure of the transport has a name and no provenance."""
    outcome = translate(Unanswered(failure), EAJE, Asked.about(application), now)

    assert outcome == Unavailable(provenance=None, failure=failure.value)


def test_a_token_that_could_not_be_sent_is_refused(application: Application, now: datetime) -> None:
    """That of an habilitation stops it; that of FranceConnect is for its bearer to renew."""
    unsent, asked = Unanswered(Failure.UNSENDABLE), Asked.about(application)

    assert translate(unsent, EAJE, asked, now) == Forbidden(None)
    assert translate(unsent, EAJE_BY_FRANCE_CONNECT, asked, now) == InputRefused(
        None, ("/france_connect/access_token",)
    )


def test_the_month_that_was_asked_for_stands_in_the_facts(
    application: Application, now: datetime
) -> None:
    """Beside the one that the answer names, and the one in which the fund computed."""
    asked = Asked.about(application, period=Month(year=2026, month=5))
    quotient = {"valeur": 742, "annee": 2026, "mois": 6, "annee_calcul": 2026, "mois_calcul": 2}
    people = [{"nom_naissance": "LO", "prenoms": "ROSE", "date_naissance": "1992-07-19"}]
    body = json.dumps({"data": {"quotient_familial": quotient, "allocataires": people}}).encode()

    outcome = translate(Answered(200, {}, body), QF, asked, now)

    assert isinstance(outcome, Certified)
    assert isinstance(outcome.facts, QfFacts)
    assert [(5, 2026), (6, 2026), (2, 2026)] == [
        (month.month, month.year)
        for month in (outcome.facts.asked, outcome.facts.answered, outcome.facts.computed)
        if month
    ]


def test_facts_without_a_proof_are_written_as_before_there_were_kinds(facts: EajeFacts) -> None:
    """So that a worker of the release before, which knows no other key, reads them too."""
    written = write_facts(facts)

    assert facts.model_dump(mode="json", exclude={"kind", "proof"}) == json.loads(written)
    assert facts == read_facts(written)


def test_facts_sealed_before_there_were_kinds_still_open(facts: EajeFacts) -> None:
    """They were those of the EAJE; a kind that nobody knows is refused."""
    before = facts.model_dump(mode="json", exclude={"kind", "proof"})

    assert facts == read_facts(json.dumps(before).encode())
    with pytest.raises(ValidationError):
        read_facts(json.dumps(before | {"kind": "rsa"}).encode())
