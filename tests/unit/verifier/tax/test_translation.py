"""Every answer of the DGFiP means one outcome, by the tables in tests/cases."""

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from services.verifier.provider.answer import REQUEST_ID, Answered, Failure, Unanswered
from services.verifier.tax.answers import Tokenless
from services.verifier.tax.translation import shown_facts, translate
from shared.civil_status import CivilStatus
from shared.evidence import (
    Busy,
    Certified,
    Forbidden,
    Inconsistent,
    InputRefused,
    NoFile,
    Outcome,
    Unavailable,
    Unreadable,
)
from shared.provenance import Provenance
from shared.taxation import TAX_SOURCE

_CASES = Path(__file__).parents[3] / "cases"
_ANSWERS = yaml.safe_load((_CASES / "tax_answers.yaml").read_text("utf-8"))
_HOUSEHOLDS = yaml.safe_load((_CASES / "tax_households.yaml").read_text("utf-8"))
_REFUSALS = yaml.safe_load((_CASES / "tax_refusals.yaml").read_text("utf-8"))
_IN_30_S = {"retry-after": "30"}


def _told(outcome: Outcome, now: datetime) -> dict[str, Any]:
    """An outcome in the words of the tables: its name, and all but its provenance."""
    if isinstance(outcome, Certified):
        said = outcome.facts.model_dump(mode="json", exclude={"provenance"})
    else:
        said = asdict(outcome)
        del said["provenance"]
    if isinstance(outcome, Busy):
        moment = said.pop("retry_at")
        said["retry_in"] = moment and (moment - now).total_seconds()
    if "fields" in said:
        said["fields"] = list(said["fields"])
    return {"outcome": type(outcome).__name__} | said


def _ok(body: Any) -> Answered:
    return Answered(200, {}, json.dumps(body).encode())


def _answer(case: dict[str, Any]) -> Answered:
    return Answered(200, {}, case["text"].encode()) if "text" in case else _ok(case["body"])


@pytest.mark.parametrize("case", _ANSWERS, ids=lambda case: case["claim"])
def test_answer_means(case: dict[str, Any], applicant: CivilStatus, now: datetime) -> None:
    """Each answer about one household gives its outcome, in full."""
    outcome = translate([_answer(case)], applicant, now)

    assert case["expected"] == _told(outcome, now)


@pytest.mark.parametrize("case", _HOUSEHOLDS, ids=lambda case: case["claim"])
def test_two_answers_mean(
    case: dict[str, Any], applicant: CivilStatus, other: CivilStatus, now: datetime
) -> None:
    """Two households are added, or a doubt says why they are not."""
    answers = [_ok(case["first"]), _ok(case["second"])]

    told = _told(translate(answers, applicant, now, other=other), now)

    assert case["expected"] == {name: told[name] for name in case["expected"]}


def test_a_second_household_of_nobody_known_is_not_added(
    applicant: CivilStatus, now: datetime
) -> None:
    """A sum would tell the income of whoever's number was typed."""
    case = _HOUSEHOLDS[0]

    outcome = translate([_ok(case["first"]), _ok(case["second"])], applicant, now)

    assert {"outcome": "Inconsistent", "doubt": "other_parent_unknown"} == _told(outcome, now)


def test_each_household_says_where_it_comes_from(
    applicant: CivilStatus, other: CivilStatus, now: datetime
) -> None:
    """Two calls, two provenances, each by the correlation id that it was sent under."""
    case = _HOUSEHOLDS[0]
    first, second = (
        Answered(200, {REQUEST_ID: f"{place}-c1"}, json.dumps(case[place]).encode())
        for place in ("first", "second")
    )

    outcome = translate([first, second], applicant, now, other=other)

    assert isinstance(outcome, Certified)
    assert outcome.facts.kind == "tax"
    assert outcome.facts.other_provenance is not None
    assert "first-c1" == outcome.facts.provenance.request_id
    assert "second-c1" == outcome.facts.other_provenance.request_id


def test_the_second_answer_alone_may_be_a_refusal(
    applicant: CivilStatus, other: CivilStatus, now: datetime
) -> None:
    """One household of two is no result; the refused number is told by its place."""
    refused = Answered(400, {}, b'{"erreur":{"code":4001,"message":"format SPI incorrect"}}')
    first = _ok(_HOUSEHOLDS[0]["first"])

    outcome = translate([first, refused], applicant, now, other=other)

    assert isinstance(outcome, InputRefused)
    assert ("/tax_numbers/1",) == outcome.fields


def _code_of(case: dict[str, Any]) -> str | None:
    return str(case["code"]) if "code" in case else None


@pytest.mark.parametrize(
    "case", _REFUSALS["situation"], ids=lambda case: f"{case['status']}-{case.get('code')}"
)
def test_refusal_means(case: dict[str, Any], applicant: CivilStatus, now: datetime) -> None:
    """Each refusal gives its outcome, and its code stands in the provenance."""
    error = {"message": "…", "horodatage": "2026-11-23T10:30:00"}
    erreur = error | ({"code": case["code"]} if "code" in case else {})
    body = b"" if case["status"] == 204 else json.dumps({"erreur": erreur}).encode()

    outcome = translate([Answered(case["status"], _IN_30_S, body)], applicant, now)

    expected = {k: v for k, v in case.items() if k not in {"status", "code"}}
    assert expected == _told(outcome, now)
    assert not isinstance(outcome, Certified)
    assert outcome.provenance == Provenance(
        source=TAX_SOURCE, fetched_at=now, http_status=case["status"], code=_code_of(case)
    )


def test_the_table_is_complete(applicant: CivilStatus, now: datetime) -> None:
    """Of every status and code, those outside the table are `Unreadable`, or a breakdown."""
    listed = {(case["status"], case.get("code")) for case in _REFUSALS["situation"]}
    any_code = {401, 403, 429, 204}
    codes = {None, 4001, 4002, 4007, 4031, 4101, 4102, 4003, 40305, 40433, 9999}
    for status in set(range(100, 600)) - {200}:
        for code in codes:
            body = json.dumps({"erreur": {"code": code}}).encode()
            outcome = translate([Answered(status, {}, body)], applicant, now)
            if status >= 500:
                assert isinstance(outcome, Unavailable)
            elif status not in any_code and (status, code) not in listed:
                assert isinstance(outcome, Unreadable), (status, code)


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        (404, b"<html>Not Found</html>", Unavailable),
        (404, b"", Unavailable),
        (404, b'{"code":"404","type":"Status report"}', Unreadable),
        (410, b"Cette URL n'existe plus", Unreadable),
        (410, b'{"erreur":{"code":"4101"}}', NoFile),
        (403, b'{"erreur":null}', Forbidden),
        (400, b'{"erreur":{"code":[4001]}}', Unreadable),
    ],
)
def test_a_wrong_address_sends_no_family_away(
    status: int, body: bytes, outcome: type[Outcome], applicant: CivilStatus, now: datetime
) -> None:
    """Without a code of the contract, not found is not about the person."""
    assert outcome is type(translate([Answered(status, {}, body)], applicant, now))


@pytest.mark.parametrize(
    "case", _REFUSALS["token"], ids=lambda case: f"{case['status']}-{case['error']}"
)
def test_no_token_means(case: dict[str, Any], applicant: CivilStatus, now: datetime) -> None:
    """A refused client is forbidden, a broken gateway unavailable; only OAuth's own words go on."""
    body = json.dumps({"error": case["error"], "error_description": "…"}).encode()

    outcome = translate([Tokenless(Answered(case["status"], _IN_30_S, body))], applicant, now)

    expected = {k: v for k, v in case.items() if k not in {"status", "code", "error"}}
    assert expected == _told(outcome, now)
    assert not isinstance(outcome, Certified)
    assert outcome.provenance is not None
    assert case["code"] == outcome.provenance.code


@pytest.mark.parametrize("failure", list(Failure))
def test_no_answer_is_unavailable_by_its_name(
    failure: Failure, applicant: CivilStatus, now: datetime
) -> None:
    """Of the situation or of the token: it has a name, and no provenance."""
    unanswered = Unanswered(failure)

    assert Unavailable(None, failure) == translate([unanswered], applicant, now)
    assert Unavailable(None, f"token_{failure}") == translate(
        [Tokenless(unanswered)], applicant, now
    )


def test_what_is_recognised_is_shown_under_the_providers_names(
    applicant: CivilStatus, now: datetime
) -> None:
    """Also of an answer that is not believed: who tries a provider sees why."""
    body = _ANSWERS[0]["body"] | {"nmNaiDec1": "BERTHIER", "numRole": "042", "rev": {}}

    assert isinstance(translate([_ok(body)], applicant, now), Inconsistent)
    assert shown_facts(_ok(body)) == {
        "annRevenu": 2025,
        "rfr": 24180,
        "sitFam": "C",
        "nbPart": "1.50",
        "pac": {"nbPac": 1},
        "montTotIr": 498,
        "mntRevbareme": 512,
        "aft": "3 RUE DES TILLEULS 13200 ARLES",
        "aftDetail": {
            "voie": "3 RUE DES TILLEULS",
            "getcommune": "ARLES",
            "getcodePostal": "13200",
        },
        "datEtab": "2026-07-08",
        "datRec": "2026-07-31",
        "nmNaiDec1": "BERTHIER",
        "prnmDec1": "AMINATA ROSE",
        "dateNaisDec1": "1992-07-19",
    }


def test_what_did_not_come_is_not_shown() -> None:
    """Neither as null nor as an empty object."""
    assert {"rfr": 0} == shown_facts(_ok({"rfr": 0, "pac": {}, "aft": " ", "nbPart": None}))


@pytest.mark.parametrize(
    "answer",
    [
        Unanswered(Failure.RESET),
        Tokenless(Answered(401)),
        Answered(200, {}, b"<html>"),
        Answered(200, {}, b'{"rfr": "beaucoup"}'),
        Answered(410, {}, b'{"rfr": 1}'),
    ],
    ids=str,
)
def test_of_no_situation_nothing_is_shown(answer: Any) -> None:
    """Without a readable 200 there is nothing to recognise."""
    assert {} == shown_facts(answer)
