"""What we send and read is what the DGFiP's OpenAPI 1.0 says.

The excerpt below stands in for it everywhere; the whole document is checked as well where it is at
hand.
"""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from services.verifier.tax.client import MEDIA_TYPE, SITUATION_PATH
from services.verifier.tax.tokens import SCOPE, TOKEN_PATH
from services.verifier.tax.wire import WireAddress, WireDependants, WireSituation
from shared.taxation import TaxNumber
from tests.unit.verifier.tax.gateway import Gateway

_ROOT = Path(__file__).parents[4]
_CASES = _ROOT / "tests" / "cases"
_PUBLISHED = _ROOT.parent / "shared" / "data" / "dgfip" / "openapi" / "api-impot-particulier.json"
_PREFIX = "/impotparticulier/1.0"
_SITUATION = "SituationsIRAssiettesMillesimeJAXBbean"
_TEXT, _WHOLE = {"type": "string"}, {"type": "integer"}
_BIRTH = {
    "type": "object",
    "properties": {"jour": _TEXT, "mois": _TEXT, "annee": _TEXT},
}
_EXCERPT: dict[str, Any] = {
    "type": "object",
    "properties": {
        **dict.fromkeys(
            (
                *("sitFam", "aft", "datRec", "datEtab"),
                *(f"{part}Dec{n}" for part in ("nmNai", "nmUsa", "prnm") for n in (1, 2)),
            ),
            _TEXT,
        ),
        **dict.fromkeys(("annRevenu", "rfr", "mntRevbareme", "montTotIr"), _WHOLE),
        **dict.fromkeys(("dateNaisDec1", "dateNaisDec2"), _BIRTH),
        "nbPart": {"type": "number"},
        "pac": {"type": "object", "properties": {"nbPac": _WHOLE}},
        "aftDetail": {
            "type": "object",
            "properties": dict.fromkeys(
                ("complementAdresse", "voie", "getcommune", "getcodePostal"), _TEXT
            ),
        },
    },
}
_BODIES = [
    *(
        case["body"]
        for case in yaml.safe_load((_CASES / "tax_answers.yaml").read_text("utf-8"))[:1]
    ),
    *(
        case[place]
        for case in yaml.safe_load((_CASES / "tax_households.yaml").read_text("utf-8"))[:2]
        for place in ("first", "second")
    ),
]


@pytest.fixture(scope="module")
def published() -> dict[str, Any]:
    """The whole document, where it is at hand."""
    if not _PUBLISHED.exists():
        pytest.skip("the DGFiP's OpenAPI is not beside the checkout")
    document: dict[str, Any] = json.loads(_PUBLISHED.read_text("utf-8"))
    return document


def _plain(schema: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    """A schema with its references followed, and without `format`."""
    if "$ref" in schema:
        found = document
        for step in schema["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        return _plain(found, document)
    plain = {name: value for name, value in schema.items() if name == "type"}
    if "items" in schema:
        plain["items"] = _plain(schema["items"], document)
    if "properties" in schema:
        under = schema["properties"].items()
        plain["properties"] = {name: _plain(value, document) for name, value in under}
    return plain


def _names(model: Any) -> set[str]:
    return {field.alias for field in model.model_fields.values()}


@pytest.mark.parametrize("body", _BODIES, ids=range(len(_BODIES)))
def test_our_cases_fit_the_excerpt(body: dict[str, Any]) -> None:
    """The ordinary answers of our tables are answers of the contract."""
    known = {name: value for name, value in body.items() if value is not None}

    jsonschema.validate(known, _EXCERPT)


def test_we_read_names_of_the_excerpt() -> None:
    """Each field that we read is in it; but for the two spellings of the documentation."""
    properties = _EXCERPT["properties"]

    assert set(properties) == _names(WireSituation)
    assert set(properties["pac"]["properties"]) == _names(WireDependants)
    assert set(properties["aftDetail"]["properties"]) == _names(WireAddress) - {
        "commune",
        "codePostal",
    }


def test_the_excerpt_is_of_the_published_document(published: dict[str, Any]) -> None:
    """Same names, same types."""
    whole = _plain(published["components"]["schemas"][_SITUATION], published)

    for name, schema in _EXCERPT["properties"].items():
        theirs = whole["properties"][name]
        assert schema["type"] == theirs["type"]
        assert schema.get("properties", {}).items() <= theirs.get("properties", {}).items()


@pytest.mark.parametrize("body", _BODIES, ids=range(len(_BODIES)))
def test_our_cases_fit_the_published_document(
    body: dict[str, Any], published: dict[str, Any]
) -> None:
    """The ordinary answers of our tables validate against the whole schema."""
    known = {name: value for name, value in body.items() if value is not None}

    jsonschema.validate(known, _plain(published["components"]["schemas"][_SITUATION], published))


async def test_we_send_what_is_published(published: dict[str, Any], number: TaxNumber) -> None:
    """Path, method, headers, media type, scope and token address."""
    gateway = Gateway()
    await gateway.client().ask(number)
    [call] = gateway.calls
    operation = published["paths"][SITUATION_PATH.removeprefix(_PREFIX)]["get"]
    references = [one["$ref"].split("/")[-1] for one in operation["parameters"] if "$ref" in one]
    flow = published["components"]["securitySchemes"]["Authorization"]["flows"]["clientCredentials"]

    for reference in references:
        parameter = published["components"]["parameters"][reference]
        assert "header" == parameter["in"]
        assert re.search(parameter["schema"].get("pattern", "."), call.headers[parameter["name"]])
    assert 3 == len(references)
    assert {MEDIA_TYPE} == set(operation["responses"]["200"]["content"])
    assert [SCOPE] == operation["security"][0]["Authorization"]
    assert SCOPE in flow["scopes"]
    assert flow["tokenUrl"].endswith(TOKEN_PATH)
    assert SITUATION_PATH.startswith(_PREFIX)
    assert published["servers"][0]["url"].endswith(_PREFIX)
