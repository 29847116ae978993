"""Every code that the State publishes has a meaning, at every endpoint; no other has one."""

import json
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
import yaml

from services.verifier.provider.answer import Answered
from services.verifier.provider.asked import Asked
from services.verifier.provider.endpoint import Endpoint
from services.verifier.provider.nomenclature import meaning_of
from services.verifier.provider.translation import translate
from services.verifier.provider.wire import WireError
from shared.application import Application
from tests.unit.verifier.particulier import BY_CIVIL_STATUS, BY_FRANCE_CONNECT
from tests.unit.verifier.telling import expected, told

_ROOT = Path(__file__).parents[3]
_PUBLISHED = _ROOT.parent.joinpath(
    "shared/data/api-particulier/config/errors_particulier_2026-09.yml"
)
_TABLES = yaml.safe_load((_ROOT / "tests/cases/particulier_error_codes.yaml").read_text("utf-8"))
_ABOUT_THE_ANSWER = {"status", "code", "title", "detail", "by_france_connect"}


def _answered_by(table: str, name: str, modality: str) -> list[dict[str, Any]]:
    """The rows of a table that an endpoint answers."""
    sections = ["platform", "every_endpoint", name]
    if modality == "france_connect":
        sections.append("france_connect")
    return [row for section in sections for row in _TABLES[table].get(section, [])]


_ENDPOINTS = [
    (name, endpoint.modality, endpoint)
    for name, endpoint in chain(BY_CIVIL_STATUS.items(), BY_FRANCE_CONNECT.items())
]
_ROWS = [
    pytest.param(row, endpoint, id=f"{name}-{modality}-{row['status']}-{row['code']}-{table}")
    for name, modality, endpoint in _ENDPOINTS
    for table in _TABLES
    for row in _answered_by(table, name, modality)
]


def _expected(row: dict[str, Any], endpoint: Endpoint[Any]) -> dict[str, Any]:
    by_default = {key: row[key] for key in row.keys() - _ABOUT_THE_ANSWER}
    return expected(row.get(f"by_{endpoint.modality}", by_default))


@pytest.mark.parametrize(("row", "endpoint"), _ROWS)
def test_code_means(
    row: dict[str, Any], endpoint: Endpoint[Any], application: Application, now: datetime
) -> None:
    """Each code of the nomenclatures gives its outcome at each endpoint that answers it."""
    error = {"code": row["code"], "title": row["title"], "source": None, "meta": {}}
    body = json.dumps({"errors": [error | {"detail": row.get("detail", "")}]}).encode()

    outcome = translate(Answered(row["status"], {}, body), endpoint, Asked.about(application), now)

    assert _expected(row, endpoint) == told(outcome, now)


@pytest.mark.parametrize("table", ["september_2026", "april_2026_and_staging"])
def test_every_published_code_has_a_meaning(table: str) -> None:
    """None is left to its status alone."""
    rows = chain.from_iterable(_TABLES[table].values())
    unknown = [
        (row["status"], row["code"])
        for row in rows
        if meaning_of(WireError.model_validate(row), row["status"]) is None
    ]

    assert [] == unknown


@pytest.mark.parametrize(("name", "modality", "endpoint"), _ENDPOINTS)
def test_the_table_is_the_whole_nomenclature(
    name: str, modality: str, endpoint: Endpoint[Any]
) -> None:
    """No code, status or title of September 2026 is missing or invented, endpoint by endpoint."""
    if not _PUBLISHED.exists():
        pytest.skip("the published nomenclature is not at hand")
    published = yaml.safe_load(_PUBLISHED.read_text("utf-8"))
    of_endpoint = [published["platform"], published["endpoints"][f"GET {endpoint.path}"]]

    assert sorted(
        (int(status), error["code"], error["title"])
        for section in of_endpoint
        for status, errors in section.items()
        for error in errors
    ) == sorted(
        (row["status"], row["code"], row["title"])
        for row in _answered_by("september_2026", name, modality)
    )
