"""Every route with every scope: what a key opens is what its scopes say, and nothing else."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import httpx
import pytest

from services.intake.app import build_app
from services.intake.examples import ADMISSION, APPLICATION, CALLBACK, PRE_REGISTRATION
from services.intake.parts import Parts
from shared.portal_keys import Scope

if TYPE_CHECKING:
    from tests.integration.intake.conftest import Portal

_ONE = "/v1/applications/{reference}"
_WRITE, _READ, _DECISION = Scope.APPLICATIONS_WRITE, Scope.APPLICATIONS_READ, Scope.DECISIONS_READ
NEEDED = {
    ("post", "/v1/applications"): _WRITE,
    ("post", "/v1/applications:batch"): _WRITE,
    ("post", "/v1/franceconnect-evidence"): _WRITE,
    ("post", f"{_ONE}/admission"): _WRITE,
    ("post", f"{_ONE}/withdrawal"): _WRITE,
    ("get", _ONE): _READ,
    ("get", f"{_ONE}/acknowledgement"): _READ,
    ("get", f"{_ONE}/estimate"): _READ,
    ("get", f"{_ONE}/decision"): _DECISION,
    ("get", f"{_ONE}/decision/letter"): _DECISION,
    ("get", f"{_ONE}/decision/rules"): _DECISION,
    ("get", "/v1/exports/decisions"): Scope.EXPORTS_READ,
    ("get", "/v1/events"): _READ,
    ("post", "/v1/webhook:test"): _READ,
}
FOR_ANYBODY = {("get", "/v1/authorities/{code}/rules")}
BODIES = {
    "/v1/applications": dict(APPLICATION),
    "/v1/applications:batch": {"applications": [{"application": dict(APPLICATION)}]},
    "/v1/franceconnect-evidence": dict(CALLBACK),
    f"{_ONE}/admission": dict(ADMISSION),
    f"{_ONE}/withdrawal": {},
    "/v1/webhook:test": {},
}


def test_every_route_has_its_scope(parts: Parts) -> None:
    """A route that nobody gave a scope is found here."""
    paths = build_app(parts).openapi()["paths"]
    routes = {(method, path) for path, item in paths.items() for method in item}

    assert {*NEEDED, *FOR_ANYBODY} == {one for one in routes if one[1].startswith("/v1/")}


@pytest.mark.parametrize("given", list(Scope))
@pytest.mark.parametrize(("method", "path"), list(NEEDED))
async def test_a_route_opens_to_its_scope_alone(
    portal: "Portal", change: Callable[..., None], method: str, path: str, given: Scope
) -> None:
    """The right one is not refused for its scope; another is told which one it lacks."""
    reference = (await portal.post(PRE_REGISTRATION)).json()["reference"]
    change("UPDATE portal_keys SET scopes = :scopes", scopes=[given.value])
    answer = await _ask(portal, method, path, reference)

    needed = NEEDED[method, path]
    lacks = answer.json()["scope"] if answer.status_code == httpx.codes.FORBIDDEN else None
    assert (None if given is needed else needed.value) == lacks


@pytest.mark.parametrize(("method", "path"), list(NEEDED))
async def test_a_key_with_every_other_scope_does_not_do(
    portal: "Portal", change: Callable[..., None], method: str, path: str
) -> None:
    """Two wrong ones do not make a right one, and nothing moves."""
    reference = (await portal.post(PRE_REGISTRATION)).json()["reference"]
    others = [scope.value for scope in Scope if scope is not NEEDED[method, path]]
    change("UPDATE portal_keys SET scopes = :scopes", scopes=others)

    assert 403 == (await _ask(portal, method, path, reference)).status_code


async def _ask(portal: "Portal", method: str, path: str, reference: str) -> httpx.Response:
    address = path.format(reference=reference)
    headers = portal._headers
    if method == "get":
        return await portal.client.get(address, headers=headers)
    return await portal.client.post(address, json=BODIES[path], headers=headers)
