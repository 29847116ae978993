"""Planted identities: after a run with a kill in it, they are found nowhere in the clear."""

import copy
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from services.command.running import Choices
from tests.integration.whole.everywhere import everywhere

if TYPE_CHECKING:
    from tests.integration.whole.conftest import Start, Whole

pytestmark = pytest.mark.stack

PLANTED = {
    "birth_name": "Zyxwardenne-Quolibet",
    "usage_name": "Vraqueminois",
    "first_name": "Ysolandrine",
    "child": "Threnodyanne",
    "line": "17 passage du Grand-Zwéryck",
    "number": "7654321",
    "birth": "1987-02-13",
}


def test_planted_identities_are_found_nowhere(whole: "Start") -> None:
    """No log, Redis dump, URL, error body or process argument holds a name, a token or a key.

    Nor does the database: what it keeps of people is sealed.
    """
    choices = Choices(
        population=100, copies={"verifier": 2}, pace=60, latency_ms=150, first_retry_s=0.05
    )
    with whole(choices) as stack:
        with stack.under_way(100) as verdict:
            stack.kill_a_verifier_that_holds()
            bodies = list(_answers_to_planted(stack))
        assert verdict.result().wrong == 0
        secrets = [*PLANTED.values(), *_secrets_of(stack), *_names_of_the_families(stack)]
        places = everywhere(stack) | {"answers": "\n".join(bodies)}
    found = [
        (place, secret)
        for place, content in places.items()
        for secret in secrets
        if secret in content
    ]
    assert found == []
    assert all(len(content) > 500 for content in places.values())


def _answers_to_planted(stack: "Whole") -> Iterator[str]:
    """One good enrolment of the planted family, and several that intake refuses."""
    headers = {"Authorization": f"Bearer {stack.stack.portal_key}"}
    url = f"{stack.stack.intake_url}/v1/applications"
    family = httpx.get(f"{stack.stack.simulator_url}/population", params={"limit": 1}).json()[0]
    good = _planted(family["enrolment"])
    with httpx.Client(headers=headers) as http:
        answer = http.post(url, json=good)
        assert answer.status_code == 202
        yield answer.text
        yield http.get(url + "/" + answer.json()["reference"]).text
        for bad in _spoilt(good):
            refused = http.post(url, json=bad)
            assert refused.status_code == 422
            yield refused.text
        yield http.post(url, content=str(good).encode()).text
        yield http.get(url + "/" + PLANTED["first_name"]).text.replace(PLANTED["first_name"], "")


def _planted(enrolment: dict[str, Any]) -> dict[str, Any]:
    body = copy.deepcopy(enrolment)
    body["applicant"] |= {
        "birth_name": PLANTED["birth_name"],
        "usage_name": PLANTED["usage_name"],
        "first_names": [PLANTED["first_name"]],
        "birth": PLANTED["birth"],
    }
    body["child"]["first_names"] = [PLANTED["child"]]
    body["address"]["line"] = PLANTED["line"]
    body["allocataire_number"] = PLANTED["number"]
    return body


def _spoilt(good: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield {**good, "applicant": {**good["applicant"], "birth_name": PLANTED["birth_name"] + "9"}}
    yield {**good, "applicant": {**good["applicant"], "birth": PLANTED["birth"] + "-00"}}
    yield {**good, PLANTED["child"]: 1}
    yield {**good, "address": {**good["address"], "line": PLANTED["line"] + "\0"}}
    yield {**good, "allocataire_number": PLANTED["number"] + "?"}
    yield {**good, "scheme": PLANTED["first_name"].lower()}


def _secrets_of(stack: "Whole") -> list[str]:
    kept = (stack.stack.home.path / "secrets" / "demo.json").read_text()
    return [part for part in kept.split('"') if len(part) > 30]


def _names_of_the_families(stack: "Whole") -> list[str]:
    page = {"limit": 100}
    families = httpx.get(f"{stack.stack.simulator_url}/population", params=page).json()
    lines = {family["enrolment"]["address"]["line"] for family in families}
    pairs = {
        f"{person['birth_name']} {person['first_names'][0]}"
        for family in families
        for person in (family["enrolment"]["applicant"], family["enrolment"]["child"])
    }
    return sorted(lines | pairs)
