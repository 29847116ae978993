"""Names are indexed by whichever way an application comes in, and only where there is a key."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import httpx
from sqlalchemy import Engine

from services.intake.examples import ADMISSION, APPLICATION, PREGNANCY
from services.intake.parts import Parts
from shared.blind_names import IndexKeys
from shared.protocol.operating import names

if TYPE_CHECKING:
    from tests.integration.intake.conftest import Authority, Portal

_NEWBORN = {"birth_name": "Lô", "first_names": ["Noé"], "sex": "M", "birth": "2026-11-21"}
_LATER = {**ADMISSION["care"], "start": "2027-01-04", "end": "2027-07-31"}


def _found(engine: Engine, keys: IndexKeys | None, name: Any, birth: Any) -> int:
    assert keys is not None
    day = date.fromisoformat(birth)
    with engine.begin() as connection:
        return len(names.search(connection, keys, name, day, actor="command:awa", why="essai"))


async def test_an_application_is_found_once_it_has_entered(
    portal: "Portal", parts: Parts, engine: Engine
) -> None:
    """Alone, or in a batch; the same again is the same."""
    child = APPLICATION["child"]
    other = {**APPLICATION, "child": {**child, "first_names": ["Autre"]}}
    alone = await portal.post(APPLICATION)
    rows = {"applications": [{"application": other}, {"application": dict(APPLICATION)}]}
    batch = await portal.client.post("/v1/applications:batch", json=rows, headers=portal._headers)

    assert (202, 200) == (alone.status_code, batch.status_code), (alone.text, batch.text)
    assert 2 == _found(engine, parts.index_keys, child["birth_name"], child["birth"])


async def test_a_newborn_is_found_after_its_admission(
    portal: "Portal", parts: Parts, engine: Engine
) -> None:
    """Before, the family is found by the applicant's own birth."""
    applicant = PREGNANCY["applicant"]
    address = (await portal.post(PREGNANCY)).headers["location"]
    before = _found(engine, parts.index_keys, "Lô", _NEWBORN["birth"])
    mother = _found(engine, parts.index_keys, applicant["birth_name"], applicant["birth"])
    body = {**ADMISSION, "child": _NEWBORN, "care": _LATER}
    admitted = await portal.client.post(f"{address}/admission", json=body, headers=portal._headers)

    assert 200 <= admitted.status_code < 300, admitted.text
    assert (0, 1) == (before, mother)
    assert 1 == _found(engine, parts.index_keys, "Lô", _NEWBORN["birth"])


async def test_without_a_key_nothing_is_indexed(
    parts: Parts,
    authority: "Authority",
    portal: "Portal",
    client_of: Callable[[Parts], httpx.AsyncClient],
    rows: Callable[..., list[Any]],
) -> None:
    """And applications enter as ever."""
    async with client_of(replace(parts, index_keys=None)) as client:
        answer = await portal.on(client).post(APPLICATION)

    assert 202 == answer.status_code
    assert [] == rows("SELECT * FROM name_tokens")
    assert authority.keys
