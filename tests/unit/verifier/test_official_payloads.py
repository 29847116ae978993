"""The official payloads, served over HTTP by the exact-match rule of the staging server.

Those at hand beside the checkout, and ours in the same format: each is asked for with its own
parameters, through the client, by the very endpoint of its folder.
"""

import json
import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.verifier.provider.answer import Answered
from services.verifier.provider.asked import Asked
from services.verifier.provider.auth import by_france_connect, by_habilitation
from services.verifier.provider.endpoint import Endpoint, Modality
from services.verifier.provider.query import month_of, query_for
from services.verifier.provider.shown import shown_facts
from services.verifier.provider.translation import translate
from shared.application import Application
from shared.civil_status import CivilStatus, PartialDate
from shared.evidence import (
    Busy,
    Certified,
    Inconsistent,
    InputRefused,
    Month,
    NoFile,
    NotIdentified,
    Unavailable,
)
from tests.unit.verifier.particulier import ENDPOINTS, TOKEN, api

_ROOT = Path(__file__).parents[3]
_PUBLISHED = Path(
    os.environ.get("BERCEAU_OFFICIAL_PAYLOADS")
    or _ROOT.parent / "shared" / "data" / "api-particulier" / "payloads"
)
_FOLDERS = {
    "quotient_familial/identite": "cnav_quotient_familial_with_civility",
    "quotient_familial/france_connect": "cnav_quotient_familial_with_france_connect",
    "participation_familiale_eaje/identite": "cnav_participation_familiale_eaje_with_civility",
    "participation_familiale_eaje/france_connect": (
        "cnav_participation_familiale_eaje_with_france_connect"
    ),
}
_MEANINGS: Mapping[int, tuple[type, ...]] = {
    200: (Certified, Inconsistent),
    404: (NoFile,),
    422: (NotIdentified, InputRefused),
    429: (Busy,),
    502: (Unavailable,),
    504: (Unavailable,),
}


def _folder(endpoint: Endpoint[Any]) -> str:
    return "api_particulier_v3_" + _FOLDERS[endpoint.path.removeprefix("/v3/dss/")]


_OFFICIAL = [
    (endpoint, path)
    for endpoint in ENDPOINTS
    for path in sorted((_PUBLISHED / _folder(endpoint)).glob("*.y*ml"))
]
_OURS = [
    (endpoint, path)
    for endpoint in ENDPOINTS
    if endpoint.modality is Modality.CIVIL_STATUS
    for name in ("eaje" if "eaje" in endpoint.path else "qf",)
    for path in sorted((_ROOT / "tests" / "cases").glob(f"{name}_payload*.yaml"))
]


_PAYLOADS = [
    pytest.param(endpoint, path, id=f"{path.parent.name}-{path.stem}")
    for endpoint, path in [*_OFFICIAL, *_OURS]
]


class Staging:
    """One payload file, given to who asks exactly for it; a teapot to everybody else."""

    def __init__(self, endpoint: Endpoint[Any], file: Mapping[str, Any]) -> None:
        self.app = Starlette(routes=[Route(endpoint.path, self._answer)])
        self._file = file
        self._by_token = endpoint.modality is Modality.FRANCE_CONNECT

    async def _answer(self, request: Request) -> Response:
        if not self._by_token and _asked(request) != _wanted(self._file["params"]):
            return Response(status_code=418)
        return Response(
            self._file["payload"],
            status_code=self._file["status"],
            media_type="application/vnd.api+json",
        )


def _asked(request: Request) -> set[tuple[str, str]]:
    return {
        (name, value.lower())
        for name, value in request.query_params.multi_items()
        if name != "recipient"
    }


def _wanted(params: Mapping[str, Any]) -> set[tuple[str, str]]:
    return {(name, value.lower()) for name, value in _parameters(params)}


def _parameters(params: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The query of a payload file, as it stands: incomplete ones are asked for as well."""
    scalars = [(name, str(value)) for name, value in params.items() if name != "prenoms"]
    return [*scalars, *(("prenoms[]", name) for name in params.get("prenoms", []))]


def _read(path: Path) -> dict[str, Any]:
    file: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    return file


def _about(params: Mapping[str, Any], application: Application) -> Asked:
    """Who a payload file is about, as far as its query says."""
    year = params.get("anneeDateNaissance")
    who = application.applicant.model_copy(
        update={
            "birth_name": params["nomNaissance"],
            "usage_name": params.get("nomUsage"),
            "first_names": tuple(params.get("prenoms", ())),
            "sex": params["sexeEtatCivil"],
            "birth": year
            and PartialDate(year, params.get("moisDateNaissance"), params.get("jourDateNaissance")),
        }
    )
    return Asked(who, application.child, _period(params))


def _period(params: Mapping[str, Any]) -> Month | None:
    return Month(year=params["annee"], month=params["mois"]) if "mois" in params else None


@pytest.mark.parametrize(("endpoint", "path"), _PAYLOADS)
async def test_payload_means(
    endpoint: Endpoint[Any], path: Path, application: Application, now: datetime
) -> None:
    """A 200 is read, believed or not, and shown as it came; an error is its outcome."""
    file = _read(path)
    asked = _about(file["params"], application)
    asking = api(httpx.ASGITransport(app=Staging(endpoint, file).app), endpoint)
    if endpoint.modality is Modality.FRANCE_CONNECT:
        answer = await asking.ask(by_france_connect("cnaf_qfv2"), month_of(asked.period))
    else:
        answer = await asking.ask(by_habilitation(TOKEN), _parameters(file["params"]))

    assert isinstance(answer, Answered)
    assert file["status"] == answer.status
    assert isinstance(translate(answer, endpoint, asked, now), _MEANINGS[file["status"]])
    said = json.loads(file["payload"]).get("data", {})
    assert said == shown_facts(answer, endpoint)


_OF_SOMEBODY = [
    path
    for endpoint, path in [*_OFFICIAL, *_OURS]
    if endpoint.modality is Modality.CIVIL_STATUS
    and {"prenoms", "anneeDateNaissance"} <= set(_read(path)["params"])
]


@pytest.mark.parametrize("path", _OF_SOMEBODY, ids=lambda path: path.stem)
def test_a_civil_status_asks_exactly_so(path: Path) -> None:
    """The query that we write for the person of a file is the one that its file is found by."""
    params = _read(path)["params"]
    parts = [params.get(f"{part}DateNaissance") for part in ("annee", "mois", "jour")]
    written = "-".join(f"{part:02}" for part in parts if part)
    place = {"country": params["codeCogInseePaysNaissance"]}
    if "codeCogInseeCommuneNaissance" in params:
        place["commune"] = params["codeCogInseeCommuneNaissance"]
    person = CivilStatus.model_validate(
        {
            "birth_name": params["nomNaissance"],
            "usage_name": params.get("nomUsage"),
            "first_names": params["prenoms"],
            "sex": params["sexeEtatCivil"],
            "birth": written,
            "birth_place": place,
        }
    )

    query = [*query_for(person), *month_of(_period(params))]

    assert _wanted(params) == {(name, value.lower()) for name, value in query}


def test_the_official_payloads_are_at_hand() -> None:
    """Where they are not, the tests above try ours only, and this says so."""
    if not _OFFICIAL:
        pytest.skip("the official payloads are not beside the checkout")
    assert {_folder(endpoint) for endpoint in ENDPOINTS} <= {
        path.name for path in _PUBLISHED.iterdir()
    }
