"""What a portal reads of its applications: where they stand, and the decision in force."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from services.intake.parts import Parts
from services.intake.sentences import STATE_SENTENCES
from shared.canonical import canonical_json
from shared.sealing import WrappedKey
from shared.states import SENTENCES, Reason, Status
from shared.store.places import decision_place

if TYPE_CHECKING:
    from tests.integration.intake.conftest import Authority, Portal

_INSERT = """
    INSERT INTO decisions (id, application_id, version, valid_from, proposed, tariff_id,
        tariff_version, tariff_digest, engine_version, sealed, sealed_digest)
    VALUES (:id, :application, :version, :valid_from, :proposed, 'psu-2026', '1', 'sha256:00',
        '1', :sealed, 'sha256:00')
"""
_PROOF = {"url": "https://particulier.test/verification/a1a1", "code": "K7QZ-M2XR-4T"}
_OPERATION = {"step": "hourly", "formula": "a × b", "inputs": {"a": "1"}, "result": "1.69"}


@pytest.fixture
def decide(
    parts: Parts, rows: Callable[..., Any], change: Callable[..., None]
) -> Callable[..., None]:
    """Record a decision for the only application, as the tariff worker would."""

    def record(version: int, valid_from: date, *, cents: int, proposed: bool = False) -> None:
        [row] = rows("SELECT * FROM applications JOIN application_keys ON application_id = id")
        fee = {"hourly_cents": cents, "monthly_cents": None}
        content = {
            "record": {"fee": fee, "operations": [_OPERATION]},
            "explanation": ["Votre tarif est fixé."],
            "proof": _PROOF,
        }
        data_key = parts.key_ring.unwrap(WrappedKey(row.ring_key, row.wrapped))
        sealed = data_key.seal(canonical_json(content), place=decision_place(row.id))
        values = {"application": row.id, "version": version, "valid_from": valid_from}
        change(_INSERT, id=uuid4(), sealed=sealed, proposed=proposed, **values)

    return record


async def test_where_it_stands(portal: "Portal") -> None:
    """A fresh application: its state with a sentence, its dates, no reason."""
    posted = await portal.post()
    said = (await portal.get(posted.headers["location"])).json()

    assert (Status.RECEIVED, STATE_SENTENCES[Status.RECEIVED], None, None, None) == (
        said["state"],
        said["state_sentence"],
        said["reason"],
        said["reason_sentence"],
        said["next_date"],
    )
    assert posted.json()["received_at"] == said["received_at"] == said["moved_at"]


async def test_a_parked_application_says_when(
    portal: "Portal", change: Callable[..., None]
) -> None:
    """The reason in plain French, and the day in France on which we ask again."""
    location = (await portal.post()).headers["location"]
    due = datetime(2026, 11, 29, 23, 30, tzinfo=UTC)  # the 30th in France
    change("UPDATE applications SET status = 'PARKED', reason = 'no_file', due_at = :due", due=due)
    said = (await portal.get(location)).json()

    assert ("PARKED", "no_file", SENTENCES[Reason.NO_FILE].family, "2026-11-30") == (
        said["state"],
        said["reason"],
        said["reason_sentence"],
        said["next_date"],
    )


@pytest.mark.parametrize(
    ("status", "stored", "told"),
    [
        ("PROPOSED", Reason.DISABILITY_COUNTED, Reason.AGENT_VALIDATES),
        ("TO_REVIEW", Reason.DISABILITY_EXCEEDS_CHILDREN, Reason.FIGURES_TO_CHECK),
    ],
)
async def test_a_portal_never_learns_of_a_disability(
    portal: "Portal", change: Callable[..., None], status: str, stored: Reason, told: Reason
) -> None:
    """That a child has the AEEH is health data: another reason is given in its place."""
    location = (await portal.post()).headers["location"]
    change("UPDATE applications SET status = :s, reason = :r, due_at = NULL", s=status, r=stored)
    answer = await portal.get(location)

    assert told == answer.json()["reason"]
    assert "disability" not in answer.text


@pytest.mark.parametrize("suffix", ["", "/decision"])
async def test_a_reason_of_a_later_release_stays_here(
    portal: "Portal", change: Callable[..., None], suffix: str
) -> None:
    """An intake that is not restarted yet says the state alone: the reason may be health data."""
    location = (await portal.post()).headers["location"]
    change("UPDATE applications SET status = 'TO_REVIEW', reason = 'not_of_today', due_at = NULL")
    answer = await portal.get(location + suffix)
    said = answer.json()

    assert answer.status_code == (404 if suffix else 200)
    assert ("TO_REVIEW", STATE_SENTENCES[Status.TO_REVIEW], None, None) == (
        said["state"],
        said["state_sentence"],
        said.get("reason"),
        said.get("reason_sentence"),
    )
    assert "not_of_today" not in answer.text


async def test_a_reference_is_read_as_typed(portal: "Portal") -> None:
    """Lower case and missing hyphens find the same application."""
    reference = (await portal.post()).json()["reference"]
    answer = await portal.get(f"/v1/applications/{reference.lower().replace('-', '')}")

    assert reference == answer.json()["reference"]


@pytest.mark.parametrize("suffix", ["", "/decision"])
async def test_another_portal_s_application_is_unknown(
    portal: "Portal", authority: "Authority", neighbour: "Authority", suffix: str
) -> None:
    """A neighbour's portal, and another of the same authority, learn nothing, not even by form."""
    location = (await portal.post()).headers["location"]
    unknown = await portal.get(f"/v1/applications/7K3F-9QXM-2WT3{suffix}")
    garbled = await portal.get(f"/v1/applications/nope{suffix}")
    others = [portal.showing(key) for key in (authority.keys[1], neighbour.keys[0])]
    answers = [await other.get(location + suffix) for other in others]

    assert 404 == unknown.status_code
    assert [unknown.content] * 3 == [a.content for a in (garbled, *answers)]


async def test_no_decision_yet(portal: "Portal", decide: Callable[..., None]) -> None:
    """Without a decision, or with a proposed one, the answer is the state and a sentence."""
    location = (await portal.post()).headers["location"]
    before = await portal.get(location + "/decision")
    decide(1, date(2026, 9, 1), cents=169, proposed=True)
    proposed = await portal.get(location + "/decision")

    assert (404, before.content) == (proposed.status_code, proposed.content)
    assert (
        "urn:berceau:problem:no-decision-yet",
        "RECEIVED",
        STATE_SENTENCES[Status.RECEIVED],
    ) == (
        before.json()["type"],
        before.json()["state"],
        before.json()["state_sentence"],
    )


async def test_the_decision_in_force(portal: "Portal", decide: Callable[..., None]) -> None:
    """The highest valid version is shown with its fee, tariff, explanation and operations."""
    location = (await portal.post()).headers["location"]
    decide(1, date(2026, 9, 1), cents=169)
    decide(2, date(2026, 11, 23), cents=175)
    decide(3, date(2027, 1, 1), cents=180)
    decide(4, date(2026, 10, 1), cents=999, proposed=True)
    said = (await portal.get(location + "/decision")).json()

    assert (2, "2026-11-23", True, 175, None, "EUR") == tuple(
        said[key]
        for key in (
            "version",
            "valid_from",
            "in_force",
            "hourly_cents",
            "monthly_cents",
            "currency",
        )
    )
    assert ({"id": "psu-2026", "version": "1", "digest": "sha256:00"}, "1") == (
        said["tariff"],
        said["engine_version"],
    )
    assert (["Votre tarif est fixé."], [_OPERATION]) == (said["explanation"], said["operations"])


async def test_the_proof_of_a_decision_is_not_told(
    portal: "Portal", decide: Callable[..., None]
) -> None:
    """It opens a family's figures to whoever holds it: it stays sealed."""
    location = (await portal.post()).headers["location"]
    decide(1, date(2026, 9, 1), cents=169)
    told = (await portal.get(location)).text + (await portal.get(location + "/decision")).text

    assert [] == [secret for secret in _PROOF.values() if secret in told]


async def test_a_decision_to_come(portal: "Portal", decide: Callable[..., None]) -> None:
    """When none is in force, the first to come is shown with its date."""
    location = (await portal.post()).headers["location"]
    decide(1, date(2027, 1, 1), cents=169)
    said = (await portal.get(location + "/decision")).json()

    assert ("2027-01-01", False, 169) == (
        said["valid_from"],
        said["in_force"],
        said["hourly_cents"],
    )


async def test_an_erased_decision(
    portal: "Portal", decide: Callable[..., None], change: Callable[..., None]
) -> None:
    """Once the key is destroyed, the decision is gone and the answer says so."""
    location = (await portal.post()).headers["location"]
    decide(1, date(2026, 9, 1), cents=169)
    change("DELETE FROM application_keys")
    answer = await portal.get(location + "/decision")

    assert (410, "urn:berceau:problem:erased") == (answer.status_code, answer.json()["type"])
