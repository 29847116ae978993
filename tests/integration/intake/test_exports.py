"""`GET /v1/exports/decisions`: a whole authority's decisions, for a key that was made for it."""

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from structlog.testing import capture_logs

from services.intake.examples import APPLICATION
from services.intake.parts import Parts
from shared.canonical import canonical_json
from shared.portal_keys import Scope
from shared.sealing import WrappedKey
from shared.store.places import decision_place
from tests.decided_families import content, envelope, psu_record

if TYPE_CHECKING:
    from tests.integration.intake.conftest import Authority, Portal

_INSERT = """
    INSERT INTO decisions (id, application_id, version, valid_from, proposed, tariff_id,
        tariff_version, tariff_digest, engine_version, sealed, sealed_digest)
    VALUES (:id, :application, 1, :valid_from, false, 'psu', '2026-01-01', 'sha256:00',
        '1', :sealed, 'sha256:00')
"""
_PATH = "/v1/exports/decisions"
_FEE = psu_record(on=date(2026, 9, 1))
Decide = Callable[[str], None]


@pytest.fixture(autouse=True)
def _scope(change: Callable[..., None], portal: "Portal") -> None:
    """Keys that hand in and export: what no key does unless it was asked for."""
    assert portal
    scopes = [Scope.APPLICATIONS_WRITE.value, Scope.EXPORTS_READ.value]
    change("UPDATE portal_keys SET scopes = :scopes", scopes=scopes)


@pytest.fixture
def decide(parts: Parts, rows: Callable[..., Any], change: Callable[..., None]) -> Decide:
    """Record a decision as the tariff worker would."""

    def record(reference: str) -> None:
        [row] = rows(
            "SELECT * FROM applications JOIN application_keys ON application_id = id "
            "WHERE reference = :reference",
            reference=reference,
        )
        key = parts.key_ring.unwrap(WrappedKey(row.ring_key, row.wrapped))
        said = content(envelope(valid_from=date(2026, 9, 1)), _FEE)
        sealed = key.seal(canonical_json(said), place=decision_place(row.id))
        values = {"application": row.id, "valid_from": date(2026, 9, 1)}
        change(_INSERT, id=uuid4(), sealed=sealed, **values)

    return record


async def _handed_in(portal: "Portal", **changes: Any) -> str:
    answer = await portal.post(dict(APPLICATION) | changes)
    reference: str = answer.json()["reference"]
    return reference


async def test_what_holds_on_a_day(portal: "Portal", decide: Decide) -> None:
    """The fee that was sealed, and nothing of the family; nobody on the way may keep it."""
    reference = await _handed_in(portal, fund="caf")
    decide(reference)
    answer = await portal.get(f"{_PATH}?structure=les-mesanges&on=2026-11-23")
    said = answer.json()
    [line] = said["decisions"]

    assert (200, "no-store") == (answer.status_code, answer.headers["cache-control"])
    assert (reference, "caf", "2026-09-01", "2027-07-31") == (
        line["reference"],
        line["fund"],
        line["valid_from"],
        line["valid_to"],
    )
    assert _FEE["fee"]["hourly_cents"] == line["price_cents"]
    assert (0, 0, None) == (said["erased"], said["unchecked"], said["after"])
    assert APPLICATION["child"]["birth_name"] not in answer.text


async def test_without_a_day_it_is_today(portal: "Portal", decide: Decide) -> None:
    """In France; before the first day there is nothing, and another structure has nothing."""
    decide(await _handed_in(portal))
    numbers = [
        len((await portal.get(f"{_PATH}{query}")).json()["decisions"])
        for query in ("", "?on=2026-08-31", "?structure=la-ribambelle")
    ]

    assert [1, 0, 0] == numbers


async def test_every_portal_s_applications_and_no_neighbour_s(
    portal: "Portal", decide: Decide, authority: "Authority", neighbour: "Authority"
) -> None:
    """Whoever brought them: the software of a nursery is another portal than the family's."""
    decide(await _handed_in(portal))
    found = [
        len((await portal.showing(key).get(_PATH)).json().get("decisions", ()))
        for key in (*authority.keys, *neighbour.keys)
    ]

    assert [1, 1, 0] == found


@pytest.mark.parametrize(
    ("query", "pointers"),
    [
        ("on=23/11/2026", ["/on"]),
        ("on=2026-02-30", ["/on"]),
        ("on=0000-01-01", ["/on"]),
        ("after=nothing", ["/after"]),
        ("structure=nowhere", ["/structure"]),
        ("structure=%00", ["/structure"]),
        ("structure=nowhere&on=1&after=2", ["/on", "/after", "/structure"]),
    ],
)
async def test_a_wrong_parameter_is_named(
    portal: "Portal", query: str, pointers: list[str]
) -> None:
    """Each of them, with what to do."""
    answer = await portal.get(f"{_PATH}?{query}")
    said = answer.json()

    assert (422, "urn:berceau:problem:invalid-query") == (answer.status_code, said["type"])
    assert pointers == [error["pointer"] for error in said["errors"]]


async def test_the_next_page_is_asked_for_by_the_last_reference(
    portal: "Portal", decide: Decide
) -> None:
    """What was given is not given again."""
    reference = await _handed_in(portal)
    decide(reference)
    answer = await portal.get(f"{_PATH}?after={reference}")

    assert [] == answer.json()["decisions"]


async def test_each_page_leaves_a_line(portal: "Portal", decide: Decide) -> None:
    """Which portal took how many, and nothing of what."""
    decide(await _handed_in(portal))
    with capture_logs() as logs:
        await portal.get(_PATH)

    assert [("arles-0", _PATH, 1)] == [
        (line["portal"], line["route"], line["exported"]) for line in logs
    ]
