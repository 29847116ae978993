"""The simulator held against both providers' OpenAPI: excerpts always, the pages where present."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from services.simulator.api.config import Client, Teleservice, Treasury

DATA = Path(__file__).parents[4] / "shared" / "data"
PARTICULIER = DATA / "api-particulier/openapi/api-particulier-v3-qf-and-eaje.yaml"
IMPOTS = DATA / "dgfip/openapi/api-impot-particulier.json"
EXCERPTS: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "contract.yaml").read_text())
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
UUID = "62d8e8ff-ce4f-4e50-b318-1edd2dab0f9f"
HEADERS = {"X-Correlation-ID": UUID, "ID_Teleservice": "ALL"}
TREASURY = Treasury({"town": Client("s")}, {"ALL": Teleservice()}, None)
UNKNOWN = {"resources_missing", "unreadable", "transient_fault", "disability_exceeds"}
TAX = "/impotparticulier/1.0/spi/{spi}"
PATHS = {  # of the OpenAPI page, and the excerpt that it must fit
    "/dernieresituation/ir/assiettes/deuxans": "situation",
    "/dernieresituation/ir/assiettes/annrev/2025": "situation",
    "/situations/ir/assiettes/annrev/2024": "situation",
    "/situations/ir/factures/annrev/2024": "situation",
    "/situations/ir/assiettes/multiple/annrev/2025": None,
    "/situations/ifiisf/assiettes/annrev/2024": None,
}
Told = list[tuple[str, httpx.Response]]


@pytest.fixture
async def told(calling: Callable[..., Any]) -> Told:
    """What is answered about all the families by both endpoints, each with its path."""
    caller = calling(slow_seconds=0)
    page = (await caller.http.get("/population", params={"limit": 200})).json()
    told: Told = []
    for each in page:
        if each["truth"]["kind"] in UNKNOWN:
            continue  # outside of the contract on purpose
        for resource in ("participation_familiale_eaje", "quotient_familial"):
            path = f"/v3/dss/{resource}/france_connect"
            query = [("recipient", "13002526500013")]
            told.append((path, await caller.ask(query, token=each["france_connect"], path=path)))
    return told


@pytest.fixture
async def taxed(calling: Callable[..., Any]) -> Told:
    """What the DGFiP answers about sixty families, by every resource."""
    http = calling(treasury=TREASURY).http
    scopes = "RessourceIR RessourceIRDerniere RessourceIRDerniere2 RessourceIRMultiple"
    form = {"grant_type": "client_credentials", "client_id": "town", "client_secret": "s"}
    form["scope"] = f"{scopes} RessourceIRFacture RessourceIFI"
    bearer = (await http.post("/token", data=form)).json()["access_token"]
    page = (await http.get("/population", params={"limit": 60})).json()
    headers = {**HEADERS, "Authorization": f"Bearer {bearer}"}
    return [
        (path, await http.get(TAX.format(spi=each["spi"][0]) + path, headers=headers))
        for each in page
        for path in PATHS
    ]


def failures(schema: Any, content: Any, registry: Registry[Any] | None = None) -> Iterator[str]:
    """Where a content leaves a schema."""
    validator = Draft202012Validator(schema, registry=registry or Registry())
    return (f"{error.json_path}: {error.message}" for error in validator.iter_errors(content))


def test_answers_fit_the_excerpts(told: Told) -> None:
    """Every answer about the families, good or refused, is in the form of the contract."""
    for path, response in told:
        name = "eaje" if "eaje" in path else "qf"
        schema = EXCERPTS[name if response.status_code == 200 else "errors"]
        assert [] == list(failures(schema, response.json())), path

    assert {200, 404, 422, 502} <= {response.status_code for _, response in told}


def test_taxes_fit_the_excerpts(taxed: Told) -> None:
    """So are those of the DGFiP."""
    for path, response in taxed:
        schema = (
            EXCERPTS["erreur"]
            if response.status_code != 200
            else EXCERPTS.get(PATHS[path] or "", {})
        )
        assert [] == list(failures(schema, response.json())), path

    assert {200, 410} == {response.status_code for _, response in taxed}


def test_an_excerpt_refuses_what_it_must() -> None:
    """A key in the wrong type, a key too few, an error with a key too many are all seen."""
    bad: list[tuple[str, Any]] = [
        ("qf", {"data": {"quotient_familial": {"valeur": "2"}}, "links": {}, "meta": {}}),
        ("eaje", {"data": {"allocataires": []}, "links": {}, "meta": {}}),
        ("eaje", {"data": {}}),
        ("errors", {"errors": [{"code": 101}]}),
        ("errors", {"errors": []}),
        ("situation", {"rfr": "12"}),
        ("erreur", {"fault": {}}),
    ]

    assert [] == [content for name, content in bad if not list(failures(EXCERPTS[name], content))]


@pytest.mark.skipif(
    not PARTICULIER.exists(), reason="the OpenAPI of API Particulier is not at hand"
)
def test_answers_fit_the_openapi_of_api_particulier(told: Told) -> None:
    """Status by status, each answer fits the page's own schema, its nulls read as OpenAPI 3.0's."""
    page = _nullable(yaml.safe_load(PARTICULIER.read_text(encoding="utf-8")))
    registry = _registry(page)
    checked = 0
    for path, response in told:
        responses = page["paths"][path]["get"]["responses"]
        if str(response.status_code) not in responses:
            continue  # the page of April lists no 502 for FranceConnect
        [(_, content)] = responses[str(response.status_code)]["content"].items()
        schema = _absolute(content["schema"])
        assert [] == list(failures(schema, response.json(), registry)), path
        checked += 1

    assert checked > 80


@pytest.mark.skipif(not IMPOTS.exists(), reason="the OpenAPI of the DGFiP is not at hand")
def test_taxes_fit_the_openapi_of_the_dgfip(taxed: Told) -> None:
    """Media type and schema of every good answer are the page's; no field is unknown to it."""
    page = json.loads(IMPOTS.read_text(encoding="utf-8"))
    for path, response in taxed:
        if response.status_code != 200:
            continue
        template = "/spi/{spi}" + path.replace("/2024", "/{annrev}").replace("/2025", "/{annrev}")
        responses = page["paths"][template]["get"]["responses"]
        [(media, content)] = (responses.get("200") or responses["default"])["content"].items()
        schema = page["components"]["schemas"][content["schema"]["$ref"].rpartition("/")[2]]
        assert media == response.headers["content-type"]
        assert [] == list(failures(_absolute(schema), response.json(), _registry(page))), path
        assert set() == set(response.json()) - set(schema["properties"])


def _registry(page: Any) -> Registry[Any]:
    resource = DRAFT202012.create_resource(_absolute(page))
    registry: Registry[Any] = Registry().with_resource("page:", resource)
    return registry


def _absolute(content: Any) -> Any:
    """References of a page, made to lead into it from anywhere."""
    return json.loads(json.dumps(content).replace('"#/', '"page:#/'))


def _nullable(content: Any) -> Any:
    """OpenAPI 3.0 says `nullable` where JSON Schema says a second type."""
    match content:
        case {"nullable": True, "type": str(kind)}:
            rest = {key: _nullable(each) for key, each in content.items() if key != "nullable"}
            return {**rest, "type": [kind, "null"]}
        case dict():
            return {key: _nullable(each) for key, each in content.items()}
        case list():
            return [_nullable(each) for each in content]
        case _:
            return content
