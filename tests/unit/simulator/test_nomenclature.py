"""The words of refusals, in both editions, and as the API publishes them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from services.simulator.api.config import Token
from services.simulator.api.particulier.endpoints import ENDPOINTS, Mode
from services.simulator.api.particulier.nomenclature import (
    CNAF_MSA,
    SOCIAL_SECURITY,
    Edition,
    Nomenclature,
)
from services.simulator.population.plans import Kind

OFFICIAL = Path(__file__).parents[4] / (
    "shared/data/api-particulier/config/errors_particulier_2026-09.yml"
)
Listed = dict[str, list[dict[str, Any]]]


def _by_code(listed: Listed) -> dict[tuple[str, str], dict[str, Any]]:
    """Errors by status and code, what a call fills in left out."""
    return {
        (status, str(each["code"]).zfill(5)): {
            key: each[key] for key in ("title", "detail", "source", "meta")
        }
        for status, errors in listed.items()
        for each in errors
        if str(each["code"]).zfill(5) not in {"00402", "51503"}
    }


@pytest.mark.skipif(not OFFICIAL.exists(), reason="the official nomenclature is not at hand")
def test_every_operation_says_what_the_official_list_says() -> None:
    """Codes, titles, details, sources and providers of the platform and of all four operations."""
    official = yaml.safe_load(OFFICIAL.read_text(encoding="utf-8"))
    words = Nomenclature()

    assert _by_code(official["platform"]) == _by_code(words.platform())
    for each in ENDPOINTS:
        for mode in Mode:
            told = words.operation(
                each.sections, each.source, france_connect=mode is Mode.FRANCE_CONNECT
            )
            path = f"GET /v3/dss/{each.resource}/{mode}"
            assert _by_code(official["endpoints"][path]) == _by_code(told), path


def test_sources_and_providers_are_told() -> None:
    """The token's errors name their parameter, the fund's errors name the fund."""
    words = Nomenclature()

    assert {"parameter": "token"} == words.error("bad_token")["source"]
    assert {"header": "X-Forwarded-For"} == words.error("address_refused")["source"]
    assert {"provider": "CNAV"} == words.error("not_eligible")["meta"]
    assert {"retry_in": 10} == words.error("network")["meta"]


def test_a_subcode_takes_the_prefix_of_who_answers() -> None:
    """The same failure is 35000 for the QF and 36000 for the EAJE base; without a source, a bug."""
    words = Nomenclature()

    told = [words.error("internal", source) for source in (CNAF_MSA, SOCIAL_SECURITY)]

    assert ["35000", "36000"] == [each["code"] for each in told]
    assert ["CNAF & MSA", "Sécurité sociale"] == [each["meta"]["provider"] for each in told]
    with pytest.raises(KeyError):
        words.error("internal")


async def test_april_spoke_otherwise(calling: Callable[..., Any], query: Any) -> None:
    """In April's edition 00355 is an identity that is not recognised, FranceConnect 5000x."""
    caller = calling(nomenclature=Edition.APRIL)
    stranger = [(key, "Inconnue" if key == "nomNaissance" else value) for key, value in query]
    fc = "/v3/dss/quotient_familial/france_connect"

    told = [await caller.ask(stranger), await caller.ask([], token="?" * 30, path=fc)]

    assert [(422, "00355"), (401, "50001")] == [
        (each.status_code, each.json()["errors"][0]["code"]) for each in told
    ]
    assert "Impossible d'identifier l'allocataire" == told[0].json()["errors"][0]["title"]


async def test_the_list_is_published(caller: Any) -> None:
    """Without a token, for an hour, whole or for one operation; an unknown one is 404."""
    http, operation = caller.http, ENDPOINTS[1].operation(Mode.FRANCE_CONNECT)

    whole = await http.get("/api/errors")
    one = await http.get("/api/errors", params={"operation_id": operation})
    none = await http.get("/api/errors", params={"operation_id": "api_particulier_v3_nothing"})

    assert "public, max-age=3600" == whole.headers["cache-control"]
    assert 4 == len(whole.json()["endpoints"])
    assert [operation] == list(one.json()["endpoints"])
    assert "51564" in {e["code"] for e in one.json()["endpoints"][operation]["errors"]["422"]}
    assert 404 == none.status_code


async def test_no_answer_says_what_is_not_published(
    calling: Callable[..., Any], families: Any
) -> None:
    """Every code told about the families is in the list of its operation, or the platform's."""
    caller = calling(tokens={"good": Token()})
    published = (await caller.http.get("/api/errors")).json()
    for each in ENDPOINTS:
        operation = published["endpoints"][each.operation(Mode.CIVIL_STATUS)]
        known = _codes(operation["errors"]) | _codes(published["platform_codes"])
        told = {
            code
            for kind in (Kind.NO_FILE, Kind.OTHER_PARENT_FILE, Kind.INPUT_REFUSED, Kind.UNAVAILABLE)
            for family in families(kind)
            for code in await _told(caller, f"/v3/dss/{each.resource}/identite", family)
        }

        assert set() == told - known
        assert len(told) > 2


def _codes(listed: Listed) -> set[str]:
    return {each["code"] for errors in listed.values() for each in errors}


async def _told(caller: Any, path: str, family: Any) -> set[str]:
    response = await caller.ask_about(family, path=path)
    return {each["code"] for each in response.json()["errors"]}
