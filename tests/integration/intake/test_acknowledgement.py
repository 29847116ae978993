"""The legal clock as portals are told of it: in the receipt, in the standing, as a document."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from services.intake.examples import ADMISSION, APPLICATION, PRE_REGISTRATION
from services.intake.parts import Parts
from shared.legal_clock import months_after
from shared.paris import day_in_paris
from shared.protocol.reviewing.grounds import Asked
from shared.review_acts import ReviewAct
from shared.sealing import WrappedKey
from shared.store.places import review_place

if TYPE_CHECKING:
    from tests.integration.intake.conftest import Portal

Change = Callable[..., None]
Rows = Callable[..., list[Any]]
_REVIEW = """
    INSERT INTO reviews (id, application_id, act, at, actor, ground, sealed)
    VALUES (:id, :application, :act, :at, 'command:test', :ground, :sealed)
"""


@pytest.fixture
def rule(change: Change, portal: "Portal") -> Change:  # noqa: ARG001 -- schemes first
    """Give every scheme a silence rule, or another one."""

    def give(effect: str, months: int = 2) -> None:
        rules = {"silence": {"effect": effect, "months": months}}
        change("UPDATE schemes SET rules = CAST(:rules AS jsonb)", rules=json.dumps(rules))

    return give


@pytest.fixture
def ask(parts: Parts, rows: Rows, change: Change) -> Callable[..., datetime]:
    """Ask the only application for pieces, as an agent would; until when."""

    def ask(pieces: list[str], *, act: ReviewAct = ReviewAct.ASKED) -> datetime:
        [row] = rows("SELECT * FROM applications JOIN application_keys ON application_id = id")
        key = parts.key_ring.unwrap(WrappedKey(row.ring_key, row.wrapped))
        content = json.dumps({"pieces": pieces}).encode()
        now = datetime.now(UTC)
        until = now + timedelta(days=30)
        change(
            _REVIEW,
            id=uuid4(),
            application=row.id,
            act=act,
            at=now,
            ground=Asked(day_in_paris(until)).ground if act is ReviewAct.ASKED else None,
            sealed=key.seal(content, place=review_place(row.id)),
        )
        return until

    return ask


def _ends(received_at: str, months: int = 2) -> str:
    moment = datetime.fromisoformat(received_at)
    return months_after(day_in_paris(moment), months).isoformat()


async def _read(portal: "Portal", receipt: Mapping[str, Any]) -> dict[str, Any]:
    answer = await portal.get(receipt["links"]["acknowledgement"])
    assert 200 == answer.status_code
    said: dict[str, Any] = answer.json()
    return said


async def test_a_scheme_without_a_rule_has_no_clock(portal: "Portal", rows: Rows) -> None:
    """Nothing is promised, in the receipt, the standing or the document; nothing is written."""
    receipt = (await portal.post()).json()
    standing = (await portal.get(receipt["links"]["application"])).json()
    said = await _read(portal, receipt)

    assert [None, None, None] == [one["silence"] for one in (receipt, standing, said)]
    assert [] == rows("SELECT * FROM reviews")
    assert 2 == len(said["sentences"])


@pytest.mark.parametrize(
    ("effect", "told"),
    [
        ("rejection", ["votre demande est refusée", "contester ce refus"]),
        ("acceptance", ["votre demande est acceptée", "une attestation qui le dit"]),
    ],
)
async def test_the_receipt_says_what_silence_means(
    portal: "Portal", rule: Change, effect: str, told: list[str]
) -> None:
    """Its effect and its day; the document says them to the family, with what it may do then."""
    rule(effect, 3)
    receipt = (await portal.post()).json()
    standing = (await portal.get(receipt["links"]["application"])).json()
    said = await _read(portal, receipt)

    ends = _ends(receipt["received_at"], 3)
    assert {"effect": effect, "on": ends, "waiting": False} == receipt["silence"]
    assert receipt["silence"] == standing["silence"] == said["silence"]
    text = " ".join(said["sentences"])
    assert [] == [one for one in told if one not in text]
    assert receipt["reference"] in said["sentences"][0]


async def test_a_receipt_is_the_same_whatever_becomes_of_the_rule(
    portal: "Portal", rule: Change
) -> None:
    """With its key or without, alone or in a batch; and the clock goes by the first rule."""
    rule("rejection")
    first = await portal.post(idempotency_key="once")
    rule("acceptance", 4)

    again = [await portal.post(idempotency_key="once"), await portal.post()]
    rows = [{"application": dict(APPLICATION), **key} for key in ({}, {"idempotency_key": "once"})]
    batch = await portal.client.post(
        "/v1/applications:batch", json={"applications": rows}, headers=portal._headers
    )

    assert [first.json()] * 2 == [one.json() for one in again]
    assert [first.json()] * 2 == [row["receipt"] for row in batch.json()["rows"]]
    standing = (await portal.get(first.json()["links"]["application"])).json()
    assert first.json()["silence"] == standing["silence"]


async def test_a_batch_starts_a_clock_for_each_row(portal: "Portal", rule: Change) -> None:
    """As if each had come alone."""
    rule("rejection")
    rows = [
        {"application": {**APPLICATION, "child": {**APPLICATION["child"], "first_names": [name]}}}
        for name in ("Zoé", "Gaia")
    ]
    answer = await portal.client.post(
        "/v1/applications:batch", json={"applications": rows}, headers=portal._headers
    )

    receipts = [row["receipt"] for row in answer.json()["rows"]]
    assert [_ends(one["received_at"]) for one in receipts] == [
        one["silence"]["on"] for one in receipts
    ]


async def test_the_clock_of_a_pre_registration_starts_at_its_admission(
    portal: "Portal", rule: Change
) -> None:
    """Until then nothing is asked for; its first receipt never says otherwise."""
    rule("rejection")
    receipt = (await portal.post(PRE_REGISTRATION, idempotency_key="once")).json()
    waiting = await _read(portal, receipt)
    path = f"{receipt['links']['application']}/admission"
    admit = [
        (await portal.client.post(path, json=dict(ADMISSION), headers=portal._headers)).json()
        for _ in range(2)
    ]
    said = await _read(portal, receipt)

    assert (None, None) == (receipt["silence"], waiting["silence"])
    assert "préinscription" in waiting["sentences"][-1]
    assert admit[0] == admit[1]
    assert _ends(admit[0]["admitted_at"]) == admit[0]["silence"]["on"] == said["silence"]["on"]
    again = await portal.post(PRE_REGISTRATION, idempotency_key="once")
    assert receipt == again.json()


async def test_pieces_that_are_asked_for_stop_the_clock(
    portal: "Portal", rule: Change, ask: Callable[..., datetime]
) -> None:
    """The family reads which ones, until when, and that the clock stands still; until they come."""
    rule("rejection")
    receipt = (await portal.post()).json()
    until = ask(["resources", "custody"])
    asked = await _read(portal, receipt)
    ask([], act=ReviewAct.ANSWERED)
    answered = await _read(portal, receipt)

    assert day_in_paris(until).isoformat() == asked["pieces_until"]
    assert "un justificatif des ressources du foyer" == asked["pieces"][0]
    assert asked["silence"]["waiting"]
    assert asked["silence"]["on"] > receipt["silence"]["on"]
    assert any("est arrêté" in one for one in asked["sentences"])
    assert ([], None, receipt["silence"]) == (
        answered["pieces"],
        answered["pieces_until"],
        answered["silence"],
    )


async def test_an_acceptance_does_not_run_while_a_piece_is_missing(
    portal: "Portal", rule: Change, ask: Callable[..., datetime]
) -> None:
    """It has no day at all."""
    rule("acceptance")
    receipt = (await portal.post()).json()
    ask(["address"])
    said = await _read(portal, receipt)

    assert {"effect": "acceptance", "on": None, "waiting": True} == said["silence"]
    assert any("ne court qu'à partir" in one for one in said["sentences"])


@pytest.mark.parametrize(
    ("status", "told"), [("WITHDRAWN", "a pris fin"), ("CLOSED", "a pris fin"), (None, "répondu")]
)
async def test_no_clock_runs_once_nothing_is_owed(
    portal: "Portal", rule: Change, change: Change, status: str | None, told: str
) -> None:
    """Withdrawn, closed, or decided."""
    rule("rejection")
    receipt = (await portal.post()).json()
    if status:
        change("UPDATE applications SET status = :status, due_at = NULL", status=status)
    else:
        change(
            "INSERT INTO decisions (id, application_id, version, valid_from, proposed, tariff_id,"
            " tariff_version, tariff_digest, engine_version, sealed, sealed_digest)"
            " SELECT id, id, 1, now(), false, 'psu', '1', 'x', '1', '', 'x' FROM applications"
        )
    said = await _read(portal, receipt)

    assert said["silence"] is None
    assert told in said["sentences"][-1]


async def test_the_service_in_charge_is_named(portal: "Portal", change: Change) -> None:
    """With every way to reach it, and the tribunal where a refusal would be contested."""
    contact = {"service": "Enfance", "address": ["1 place"], "phone": "04", "email": "a@b.test"}
    contact |= {"tribunal": "TA de Marseille"}
    change("UPDATE authorities SET contact = CAST(:c AS jsonb)", c=json.dumps(contact))
    rules = json.dumps({"silence": {"effect": "rejection", "months": 2}})
    change("UPDATE schemes SET rules = CAST(:rules AS jsonb)", rules=rules)

    said = await _read(portal, (await portal.post()).json())

    assert {"authority": "Arles", "service": "Enfance", "address": ["1 place"]} == {
        name: said["service"][name] for name in ("authority", "service", "address")
    }
    assert (
        "Enfance, Arles, 1 place (téléphone\u00a0: 04\u202f; courriel\u00a0: a@b.test)"
        in (said["sentences"][1])
    )
    assert "TA de Marseille" in said["sentences"][-1]
