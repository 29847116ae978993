"""What we send and read is what the OpenAPI of API Particulier says (April 2026).

The excerpt in tests/cases stands in for it everywhere; the document itself is compared with the
excerpt where it is at hand.
"""

from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest
import yaml
from pydantic import BaseModel

from services.verifier.provider.auth import by_france_connect
from services.verifier.provider.endpoint import Endpoint, Modality
from services.verifier.provider.query import month_of
from services.verifier.provider.shown import RECOGNISED
from services.verifier.provider.wire import (
    WireAddress,
    WireEaje,
    WireHousehold,
    WireParameters,
    WirePerson,
    WireQf,
    WireQuotient,
    WireResources,
)
from shared.application import Application
from shared.evidence import Month
from tests.unit.verifier.particulier import (
    BY_CIVIL_STATUS,
    ENDPOINTS,
    TOKEN,
    Counter,
    api,
    client,
    named,
)

_ROOT = Path(__file__).parents[3]
_CASES = _ROOT / "tests" / "cases"
_PUBLISHED = _ROOT.parent.joinpath(
    "shared/data/api-particulier/openapi/api-particulier-v3-qf-and-eaje.yaml"
)
_CONTRACT = yaml.safe_load((_CASES / "particulier_contract.yaml").read_text("utf-8"))["endpoints"]
_PARAMETERS = "parametres_calcul_participation_familiale"
_MONTH = Month(year=2026, month=5)
_OF_CONTRACT = [
    pytest.param(name, case, id=f"{name}: {case['claim']}")
    for name in BY_CIVIL_STATUS
    for case in yaml.safe_load((_CASES / f"{name}_answers.yaml").read_text("utf-8"))
    if case.get("contract")
]
_SAID_FOR_PEOPLE = {"title", "description", "example", "examples", "summary"}


async def _sent(
    endpoint: Endpoint[Any], application: Application, now: datetime
) -> dict[str, list[str]]:
    """The query of a call that gives all that an endpoint may be given."""
    counter = Counter(httpx.Response(200))
    transport, period = (
        httpx.MockTransport(counter),
        _MONTH if "quotient" in endpoint.path else None,
    )
    if endpoint.modality is Modality.FRANCE_CONNECT:
        await api(transport, endpoint).ask(by_france_connect(TOKEN), month_of(period))
    else:
        await client(transport, endpoint).verify(application, now, period=period)
    query = counter.requests[0].url.params
    return {name: query.get_list(name) for name in query}


def _fits(values: list[str], schema: dict[str, Any]) -> bool:
    """Whether what stands in a query is of the type that the contract says."""
    whole: object = values if schema["type"] == "array" else values[0]
    if schema["type"] == "integer":
        whole = int(values[0])
    valid: bool = jsonschema.Draft202012Validator(schema).is_valid(whole)
    return valid


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=named)
async def test_we_send_what_the_contract_knows(
    endpoint: Endpoint[Any], application: Application, now: datetime
) -> None:
    """Every parameter by its name and in its type, and all that must be there."""
    known = _CONTRACT[endpoint.path]["parameters"]
    sent = await _sent(endpoint, application, now)

    assert set() == set(sent) - set(known)
    assert set() == {name for name, each in known.items() if each["required"]} - set(sent)
    assert [] == [name for name in sent if not _fits(sent[name], known[name]["schema"])]


@pytest.mark.parametrize(("name", "case"), _OF_CONTRACT)
def test_our_cases_are_answers_of_the_contract(name: str, case: dict[str, Any]) -> None:
    """Those that say so: what we are tried with could come from the State."""
    schema = _CONTRACT[BY_CIVIL_STATUS[name].path]["answer"]

    jsonschema.Draft202012Validator(schema).validate(case["body"])


@pytest.mark.parametrize(
    ("model", "place"),
    [
        (WireEaje, ()),
        (WirePerson, ("allocataires",)),
        (WirePerson, ("enfants",)),
        (WireAddress, ("adresse",)),
        (WireParameters, (_PARAMETERS,)),
        (WireResources, (_PARAMETERS, "base_ressources_annuelles")),
        (WireQf, ()),
        (WireQuotient, ("quotient_familial",)),
    ],
)
def test_we_read_only_what_the_contract_has(model: type[BaseModel], place: tuple[str, ...]) -> None:
    """No key of ours is misspelt: each is one of the contract's, at its place."""
    quotient = model in {WireQf, WireQuotient}
    path = BY_CIVIL_STATUS["qf" if quotient else "eaje"].path
    names = _names(_CONTRACT[path]["answer"]["properties"]["data"])
    for name in place:
        names = names[name]

    assert set() == set(model.model_fields) - set(names)


@pytest.mark.parametrize("wire", RECOGNISED, ids=lambda wire: wire.__name__)
def test_all_that_the_contract_has_is_shown(wire: type[WireHousehold]) -> None:
    """Who tries a provider sees the whole answer, under the provider's names."""
    [path] = [one.path for one in BY_CIVIL_STATUS.values() if one.wire is wire]

    assert RECOGNISED[wire] == _names(_CONTRACT[path]["answer"]["properties"]["data"])


def test_the_excerpt_is_the_document() -> None:
    """Four endpoints, their parameters and their answers, but for what is said for people."""
    if not _PUBLISHED.exists():
        pytest.skip("the published OpenAPI is not at hand")
    document = yaml.safe_load(_PUBLISHED.read_text("utf-8"))

    assert _CONTRACT == {path: _excerpt(said["get"]) for path, said in document["paths"].items()}


def _names(schema: dict[str, Any]) -> dict[str, Any]:
    """The tree of names of a schema."""
    properties = schema.get("items", schema).get("properties", {})
    return {name: _names(inner) for name, inner in properties.items()}


def _excerpt(operation: dict[str, Any]) -> dict[str, Any]:
    answer = operation["responses"]["200"]["content"]["application/json"]["schema"]
    return {
        "parameters": {
            each["name"]: {
                "in": each["in"],
                "required": bool(each.get("required")),
                "schema": _plain(each["schema"]),
            }
            for each in operation["parameters"]
        },
        "answer": _plain(answer),
    }


def _plain(schema: Any) -> Any:
    """A schema of OpenAPI 3.0 as JSON Schema, without what is said for people."""
    if not isinstance(schema, dict):
        return schema
    kept = {key: schema[key] for key in schema.keys() - _SAID_FOR_PEOPLE - {"nullable"}}
    if schema.get("nullable"):
        kept["type"] = [schema["type"], "null"]
    if "properties" in kept:
        kept["properties"] = {name: _plain(each) for name, each in kept["properties"].items()}
    if "items" in kept:
        kept["items"] = _plain(kept["items"])
    return kept
