"""The estimate stage on a founded database: told at once, sealed, and nothing else happens."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from services.intake.examples import APPLICATION, PRE_REGISTRATION, PREGNANCY
from services.intake.parts import Parts
from services.intake.sentences import CAUTION, NO_TARIFF, STATE_SENTENCES
from shared.pre_registration import PreRegistration
from shared.protocol.journal import first_break
from shared.sealing import WrappedKey
from shared.states import Status
from shared.store.places import application_place, estimate_place

if TYPE_CHECKING:
    from tests.integration.intake.conftest import Authority, FakeBell, Portal

_ROW = "SELECT * FROM applications JOIN application_keys ON application_id = id"
_COUNTS = "SELECT (SELECT count(*) FROM applications), (SELECT count(*) FROM journal)"


async def test_a_pre_registration_enters_and_waits(
    portal: "Portal", bell: "FakeBell", rows: Callable[..., Any]
) -> None:
    """ESTIMATED, not due, not rung; the journal says who; the receipt has the estimate's link."""
    answer = await portal.post(PRE_REGISTRATION)
    [row], [line] = rows(_ROW), rows("SELECT * FROM journal")
    address = f"/v1/applications/{row.reference}/estimate"

    assert (202, "ESTIMATED", STATE_SENTENCES[Status.ESTIMATED], address) == (
        answer.status_code,
        answer.json()["state"],
        answer.json()["state_sentence"],
        answer.json()["links"]["estimate"],
    )
    assert ("ESTIMATED", None, None, None) == (row.status, row.reason, row.due_at, row.rung_at)
    assert (1, None, "ESTIMATED", "portal:arles-0") == (
        line.sequence,
        line.was,
        line.now,
        line.actor,
    )
    assert (None, []) == (first_break([line]), bell.rung)


async def test_what_was_told_is_sealed(
    portal: "Portal", parts: Parts, rows: Callable[..., Any]
) -> None:
    """Body and estimate open at their places under the application's key; neither is in clear."""
    await portal.post(PRE_REGISTRATION)
    [row] = rows(_ROW)
    key = parts.key_ring.unwrap(WrappedKey(row.ring_key, row.wrapped))
    body = key.open(row.sealed, place=application_place(row.id))
    told = key.open(row.sealed_estimate, place=estimate_place(row.id))

    assert PreRegistration.model_validate(dict(PRE_REGISTRATION)) == (
        PreRegistration.model_validate_json(body)
    )
    assert b"hourly_cents" in told
    assert not any(clear in row.sealed_estimate for clear in (b"hourly", b"48000", b"4800000"))


async def test_the_estimate_is_told_again(portal: "Portal") -> None:
    """The amount, the caution and the declared figures, the same each time."""
    links = (await portal.post(PRE_REGISTRATION)).json()["links"]
    first, again = [await portal.get(links["estimate"]) for _ in range(2)]
    said = first.json()

    assert (200, first.content, "no-store") == (
        again.status_code,
        again.content,
        again.headers["cache-control"],
    )
    assert (CAUTION, PRE_REGISTRATION["declared"], "2026-09-01") == (
        said["caution"],
        said["declared"],
        said["on"],
    )
    assert (206, 28428, "EUR", None) == (
        said["hourly_cents"],
        said["monthly_cents"],
        said["currency"],
        said["reason"],
    )


async def test_a_pregnancy_is_told_an_hour_s_price(portal: "Portal") -> None:
    """Without hours there is no month's amount."""
    links = (await portal.post(PREGNANCY)).json()["links"]
    said = (await portal.get(links["estimate"])).json()

    assert (206, None, "2027-09-01") == (said["hourly_cents"], said["monthly_cents"], said["on"])


async def test_without_a_tariff_it_is_accepted_all_the_same(portal: "Portal") -> None:
    """No figure, the reason, and a sentence that promises nothing."""
    child = {**APPLICATION["child"], "birth": "2015-03-04"}
    care = {"type": "collectif", "start": "2016-09-01"}
    accepted = await portal.post({**PRE_REGISTRATION, "child": child, "care": care})
    said = (await portal.get(accepted.json()["links"]["estimate"])).json()

    assert 202 == accepted.status_code
    assert (None, None, None, "tariff_missing", NO_TARIFF) == (
        said["hourly_cents"],
        said["monthly_cents"],
        said["tariff"],
        said["reason"],
        said["reason_sentence"],
    )


async def test_an_application_has_no_estimate(portal: "Portal") -> None:
    """Its link is null, and its address says so."""
    accepted = await portal.post()
    refused = await portal.get(f"{accepted.headers['location']}/estimate")

    assert accepted.json()["links"]["estimate"] is None
    assert (404, "urn:berceau:problem:no-estimate") == (refused.status_code, refused.json()["type"])


async def test_an_erased_estimate_is_gone(portal: "Portal", change: Callable[..., None]) -> None:
    """Without its key nothing opens, and the portal is told so."""
    links = (await portal.post(PRE_REGISTRATION)).json()["links"]
    change("DELETE FROM application_keys")

    assert 410 == (await portal.get(links["estimate"])).status_code


@pytest.mark.parametrize("body", [PRE_REGISTRATION, PREGNANCY])
async def test_the_same_pre_registration_has_one_reference(
    portal: "Portal", rows: Callable[..., Any], body: Any
) -> None:
    """By key and by content, at once and later: one row, one line, one receipt."""
    answers = await asyncio.gather(*(portal.post(body) for _ in range(8)))
    keyed = [await portal.post(body, idempotency_key="k1") for _ in range(2)]
    richer = {"annual_resources": "90000.00", "children": 2, "disabled_children": 0}
    answers += [*keyed, await portal.post({**body, "declared": richer})]

    assert [200] * 10 + [202] == sorted(answer.status_code for answer in answers)
    assert 1 == len({answer.content for answer in answers})
    assert [(1, 1)] == rows(_COUNTS)


@pytest.mark.parametrize(
    ("stages", "body", "status"),
    [
        ("{admission}", PRE_REGISTRATION, 422),
        ("{estimate}", APPLICATION, 422),
        ("{estimate}", PREGNANCY, 202),
        ("{admission}", APPLICATION, 202),
    ],
)
async def test_a_scheme_takes_the_stages_that_it_lists(
    portal: "Portal", change: Callable[..., None], stages: str, body: Any, status: int
) -> None:
    """Another stage is a fault of the field `stage`, which names those that there are."""
    change("UPDATE schemes SET stages = CAST(:stages AS text[])", stages=stages)
    answer = await portal.post(body)

    assert status == answer.status_code
    if status == 422:
        [fault] = answer.json()["errors"]
        assert ("/stage", "stage_not_offered") == (fault["pointer"], fault["code"])
        assert stages.strip("{}") in fault["detail"]


@pytest.mark.parametrize(
    ("change_of_body", "expected"),
    [
        ({"stage": "avance"}, [("/stage", "enum")]),
        ({"structure": "ailleurs"}, [("/structure", "unknown_structure")]),
        ({"exchange": "documents"}, [("/exchange", "extra_forbidden")]),
    ],
)
async def test_what_is_wrong_is_named(
    portal: "Portal",
    rows: Callable[..., Any],
    change_of_body: dict[str, str],
    expected: list[tuple[str, str]],
) -> None:
    """A stage that is none, a wish that cannot be, a choice that an estimate does not have."""
    answer = await portal.post({**PRE_REGISTRATION, **change_of_body})

    assert expected == [(e["pointer"], e["code"]) for e in answer.json()["errors"]]
    assert [(0, 0)] == rows(_COUNTS)


async def test_another_portal_is_told_nothing(portal: "Portal", authority: "Authority") -> None:
    """An estimate is its portal's."""
    links = (await portal.post(PRE_REGISTRATION)).json()["links"]
    answer = await portal.showing(authority.keys[1]).get(links["estimate"])

    assert (404, "urn:berceau:problem:unknown-application") == (
        answer.status_code,
        answer.json()["type"],
    )


async def test_documents_wait_for_an_agent(
    portal: "Portal", bell: "FakeBell", rows: Callable[..., Any]
) -> None:
    """A family that hands in papers: nothing is due, nothing rung, and the reason says why."""
    answer = await portal.post({**APPLICATION, "exchange": "documents"})
    [row], [line] = rows(_ROW), rows("SELECT * FROM journal")
    standing = (await portal.get(answer.headers["location"])).json()

    assert (202, "TO_REVIEW", []) == (answer.status_code, answer.json()["state"], bell.rung)
    assert ("TO_REVIEW", "documents_chosen", None, None) == (
        row.status,
        row.reason,
        row.due_at,
        row.rung_at,
    )
    assert ("TO_REVIEW", "documents_chosen") == (line.now, line.reason)
    assert "justificatifs" in standing["reason_sentence"]
    assert answer.content == (await portal.post({**APPLICATION, "exchange": "documents"})).content


async def test_a_batch_takes_every_stage(
    portal: "Portal", bell: "FakeBell", rows: Callable[..., Any]
) -> None:
    """An estimate, papers and a plain application in one batch: one is due, each has its state."""
    sibling = {**APPLICATION, "child": {**APPLICATION["child"], "first_names": ["Inès"]}}
    bodies = [PRE_REGISTRATION, {**APPLICATION, "exchange": "documents"}, sibling, PREGNANCY]
    batch = {"applications": [{"application": dict(body)} for body in bodies]}
    answers = [
        await portal.client.post("/v1/applications:batch", json=batch, headers=portal._headers)
        for _ in range(2)
    ]
    receipts = [row["receipt"] for row in answers[0].json()["rows"]]
    due = rows("SELECT id FROM applications WHERE due_at IS NOT NULL AND rung_at IS NOT NULL")
    told = await portal.get(receipts[0]["links"]["estimate"])

    assert ["ESTIMATED", "TO_REVIEW", "RECEIVED", "ESTIMATED"] == [r["state"] for r in receipts]
    assert [ids for (*ids,) in due] == [list(doorbell.ids) for doorbell in bell.rung]
    assert (1, 206) == (len(due), told.json()["hourly_cents"])
    assert receipts == [row["receipt"] for row in answers[1].json()["rows"]]
