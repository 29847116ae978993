"""The description is true: it validates, its examples too, and posting them does what it says."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from services.intake.app import build_app
from services.intake.examples import REFUSED, WITHOUT_BIRTH_COMMUNE
from services.intake.parts import Parts
from services.intake.wordings import Kind

if TYPE_CHECKING:
    from tests.integration.intake.conftest import Portal

_PAGE = Path(__file__).parents[3] / "docs" / "reference" / "api.md"


@pytest.fixture
def document(parts: Parts) -> dict[str, Any]:
    return build_app(parts).openapi()


def _validator(document: dict[str, Any], content: dict[str, Any]) -> Draft202012Validator:
    schema = {**content["schema"], "components": document["components"]}
    return Draft202012Validator(schema)


def _contents(document: dict[str, Any]) -> list[dict[str, Any]]:
    operations = [op for path in document["paths"].values() for op in path.values()]
    bodies = [op["requestBody"] for op in operations if "requestBody" in op]
    answers = [answer for op in operations for answer in op["responses"].values()]
    return [c for holder in (*bodies, *answers) for c in holder["content"].values()]


def _examples(content: dict[str, Any]) -> list[Any]:
    named = [example["value"] for example in content.get("examples", {}).values()]
    return named + ([content["example"]] if "example" in content else [])


def test_the_description_is_openapi_3_1(document: dict[str, Any]) -> None:
    """The document is what it says it is."""
    OpenAPIV31SpecValidator(document).validate()

    assert document["openapi"].startswith("3.1")


def test_every_example_validates(document: dict[str, Any]) -> None:
    """Each content has an example, and each example is of its schema."""
    contents = _contents(document)

    assert [] == [c for c in contents if not _examples(c)]
    assert [] == [
        error.message
        for content in contents
        for example in _examples(content)
        for error in _validator(document, content).iter_errors(example)
    ]


async def test_posting_each_example_does_what_is_written(
    portal: "Portal", document: dict[str, Any]
) -> None:
    """Each example of a body is accepted, with an answer of the documented schema."""
    operation = document["paths"]["/v1/applications"]["post"]
    accepted = operation["responses"]["202"]["content"]["application/json"]
    bodies = _examples(operation["requestBody"]["content"]["application/json"])
    answers = [await portal.post(body) for body in bodies]

    assert [202] * len(bodies) == [a.status_code for a in answers]
    for answer in answers:
        _validator(document, accepted).validate(answer.json())
        assert set(accepted["example"]) == set(answer.json())


async def test_a_callback_is_answered_as_described(
    portal: "Portal", document: dict[str, Any]
) -> None:
    """The example of a callback is certified, in the documented schema."""
    operation = document["paths"]["/v1/franceconnect-evidence"]["post"]
    content = operation["responses"]["201"]["content"]["application/json"]
    [body] = _examples(operation["requestBody"]["content"]["application/json"])
    answer = await portal.call_back(body)

    assert 201 == answer.status_code
    _validator(document, content).validate(answer.json())


async def test_the_documented_refusal_is_the_real_one(portal: "Portal") -> None:
    """The example of a refusal is, to the letter, what its body gets."""
    answer = await portal.post(dict(WITHOUT_BIRTH_COMMUNE))

    assert (422, REFUSED) == (answer.status_code, answer.json())


async def test_what_is_read_is_as_described(portal: "Portal", document: dict[str, Any]) -> None:
    """Standing, health and readiness answer with their documented schemas."""
    location = (await portal.post()).headers["location"]
    paths = {"/v1/applications/{reference}": location, "/healthz": "/healthz", "/readyz": "/readyz"}
    for path, address in paths.items():
        content = document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]
        _validator(document, content).validate((await portal.get(address)).json())


def test_the_page_names_all_of_it(document: dict[str, Any]) -> None:
    """docs/reference/api.md has each operation and each problem."""
    page = _PAGE.read_text("utf-8")
    operations = [f"`{m.upper()} {path}`" for path, ops in document["paths"].items() for m in ops]

    assert [] == [one for one in operations if one not in page]
    assert [] == [kind for kind in Kind if f"| `{kind}` |" not in page]
    assert len(Kind) == page.count("\n| `") - len(operations)
