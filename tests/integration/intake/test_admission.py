"""Admission on a founded database: a pre-registration becomes an application, once."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Engine

from services.intake.examples import ADMISSION, APPLICATION, PRE_REGISTRATION, PREGNANCY
from services.intake.parts import Parts
from shared.application import Application
from shared.protocol import claiming, lives
from shared.protocol.journal import first_break
from shared.protocol.saving import Move, save
from shared.protocol.tempo import TIERS
from shared.sealing import WrappedKey
from shared.states import Lane, Reason, Status, Step
from shared.store.places import application_place

if TYPE_CHECKING:
    import httpx

    from tests.integration.intake.conftest import Authority, FakeBell, Portal

_ROW = "SELECT * FROM applications LEFT JOIN application_keys ON application_id = id"
_LINES = "SELECT * FROM journal ORDER BY sequence"
_NEWBORN = {"birth_name": "Lô", "first_names": ["Noé"], "sex": "M", "birth": "2026-11-21"}
_LATER = {**ADMISSION["care"], "start": "2027-01-04", "end": "2027-07-31"}


async def _act(
    portal: "Portal", address: str, what: str, body: Mapping[str, Any]
) -> "httpx.Response":
    headers = portal._headers
    return await portal.client.post(f"{address}/{what}", json=dict(body), headers=headers)


async def _admit(portal: "Portal", address: str, **changes: Any) -> "httpx.Response":
    return await _act(portal, address, "admission", {**ADMISSION, **changes})


async def _withdraw(portal: "Portal", address: str) -> "httpx.Response":
    return await _act(portal, address, "withdrawal", {})


@pytest.fixture
async def address(portal: "Portal") -> str:
    """Where a pre-registration for a child is."""
    return str((await portal.post(PRE_REGISTRATION)).headers["location"])


def _said(answer: "httpx.Response") -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].rpartition(":")[2]


def _opened(parts: Parts, row: Any) -> Application:
    key = parts.key_ring.unwrap(WrappedKey(row.ring_key, row.wrapped))
    return Application.model_validate_json(key.open(row.sealed, place=application_place(row.id)))


async def test_an_admission_makes_an_application(
    portal: "Portal", parts: Parts, bell: "FakeBell", rows: Callable[..., Any], address: str
) -> None:
    """Received, due, rung and sealed anew under the same key; the journal goes on."""
    [before] = rows(_ROW)
    answer = await _admit(portal, address)
    [row], lines = rows(_ROW), rows(_LINES)
    [doorbell] = bell.rung

    assert (202, "RECEIVED", before.reference) == (
        answer.status_code,
        answer.json()["state"],
        answer.json()["reference"],
    )
    assert ("RECEIVED", None, row.moved_at, row.moved_at) == (
        row.status,
        row.reason,
        row.due_at,
        row.rung_at,
    )
    assert (before.wrapped, before.sealed_estimate) == (row.wrapped, row.sealed_estimate)
    assert Application.model_validate({**APPLICATION, "identity_assurance": "declared"}) == (
        _opened(parts, row)
    )
    assert [(None, "ESTIMATED"), ("ESTIMATED", "RECEIVED")] == [(x.was, x.now) for x in lines]
    assert (None, lines[-1].hash) == (first_break(lines), row.journal_head)
    assert (Step.VERIFY, Lane.NOW, row.habilitation_id, (row.id,)) == (
        doorbell.step,
        doorbell.lane,
        doorbell.habilitation,
        doorbell.ids,
    )


async def test_a_full_window_rings_later(
    portal: "Portal", bell: "FakeBell", rows: Callable[..., Any], address: str
) -> None:
    """Without room the row says that nobody rang, so that the scheduler will."""
    bell.room_left = 0
    await _admit(portal, address)
    [row] = rows(_ROW)

    assert ([], True, None) == (bell.rung, row.due_at is not None, row.rung_at)


async def test_admitted_twice_is_admitted_once(
    portal: "Portal", bell: "FakeBell", rows: Callable[..., Any], address: str
) -> None:
    """Ten at once, one later and one after a withdrawal: one move, one doorbell, one answer."""
    answers = await asyncio.gather(*(_admit(portal, address) for _ in range(10)))
    answers.append(await _admit(portal, address, child=APPLICATION["child"]))
    await _withdraw(portal, address)
    answers.append(await _admit(portal, address))

    assert [200] * 11 + [202] == sorted(answer.status_code for answer in answers)
    assert 1 == len({answer.content for answer in answers})
    assert ["ESTIMATED", "RECEIVED", "WITHDRAWN"] == [line.now for line in rows(_LINES)]
    assert 1 == len(bell.rung)


@pytest.mark.parametrize(
    "change", [{"structure": "la-ribambelle"}, {"fund": "msa"}, {"exchange": "documents"}]
)
async def test_another_admission_is_refused(
    portal: "Portal", rows: Callable[..., Any], address: str, change: dict[str, Any]
) -> None:
    """What was admitted does not change by admitting it otherwise."""
    await _admit(portal, address)
    [before] = rows(_ROW)

    assert (409, "already-admitted") == _said(await _admit(portal, address, **change))
    assert [before] == rows(_ROW)


async def test_what_never_was_an_estimate_is_admitted_already(portal: "Portal") -> None:
    """An application that came whole has nothing to admit."""
    address = (await portal.post()).headers["location"]

    assert (409, "already-admitted") == _said(await _admit(portal, address))


async def test_what_was_withdrawn_is_not_admitted(portal: "Portal", address: str) -> None:
    """The family took it back: it hands in another."""
    await _withdraw(portal, address)

    assert (409, "already-withdrawn") == _said(await _admit(portal, address))
    assert 202 == (await portal.post(PRE_REGISTRATION)).status_code


async def test_a_twin_is_named(portal: "Portal", rows: Callable[..., Any], address: str) -> None:
    """The same was handed in whole meanwhile: its reference is told, and nothing moves."""
    twin = (await portal.post()).json()["reference"]
    refused = await _admit(portal, address)

    assert (409, "same-application", twin) == (*_said(refused), refused.json()["reference"])
    assert {"ESTIMATED", "RECEIVED"} == {row.status for row in rows(_ROW)}


async def test_another_portal_s_twin_is_no_twin(
    portal: "Portal", authority: "Authority", address: str
) -> None:
    """What another portal brought is neither told nor in the way."""
    await portal.showing(authority.keys[1]).post()

    assert 202 == (await _admit(portal, address)).status_code


async def test_a_twin_at_the_same_instant(portal: "Portal", rows: Callable[..., Any]) -> None:
    """An admission and the same application whole: one of them stands, the other is told which."""
    for name in ("Ana", "Bea", "Cléo", "Dina", "Ève"):
        child = {**APPLICATION["child"], "first_names": [name]}
        address = (await portal.post({**PRE_REGISTRATION, "child": child})).headers["location"]
        admission, whole = await asyncio.gather(
            _admit(portal, address), portal.post({**APPLICATION, "child": child})
        )

        assert (admission.status_code, whole.status_code) in {(202, 200), (409, 202)}
        assert admission.json()["reference"] == whole.json()["reference"]
    assert [(5,)] == rows("SELECT count(*) FROM applications WHERE status = 'RECEIVED'")


async def test_a_newborn_is_admitted(
    portal: "Portal", parts: Parts, rows: Callable[..., Any]
) -> None:
    """After a pregnancy the child is asked for, then sealed with the rest; the estimate stays."""
    accepted = await portal.post({**PREGNANCY, "pregnancy": {"expected_on": "2026-11-20"}})
    address, links = accepted.headers["location"], accepted.json()["links"]
    told = await portal.get(links["estimate"])
    refused = await _admit(portal, address, care=_LATER)
    answer = await _admit(portal, address, care=_LATER, child=_NEWBORN)
    [row] = rows(_ROW)

    assert [("/child", "child_required")] == [
        (e["pointer"], e["code"]) for e in refused.json()["errors"]
    ]
    assert (202, "2026-11-21") == (
        answer.status_code,
        _opened(parts, row).child.birth.isoformat(),
    )
    assert told.content == (await portal.get(links["estimate"])).content
    assert links["estimate"] == (await portal.get(address)).json()["links"]["estimate"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"structure": "ailleurs"}, ("/structure", "unknown_structure")),
        ({"structure": "la-ribambelle"}, ("/care/type", "care_type_not_offered")),
        (
            {"care": {**ADMISSION["care"], "start": "2025-01-01"}},
            ("/care/start", "care_before_birth"),
        ),
        (
            {"care": {**ADMISSION["care"], "instalments": 0}},
            ("/care/instalments", "greater_than_equal"),
        ),
        ({"child": _NEWBORN}, ("/child", "child_changed")),
        ({"declared": {}}, ("/declared", "extra_forbidden")),
    ],
)
async def test_what_is_wrong_is_named(
    portal: "Portal",
    rows: Callable[..., Any],
    address: str,
    change: dict[str, Any],
    expected: tuple[str, str],
) -> None:
    """Every rule of an application is a rule of an admission, and nothing moves."""
    refused = await _admit(portal, address, **change)

    assert 422 == refused.status_code
    assert [expected] == [(e["pointer"], e["code"]) for e in refused.json()["errors"]]
    assert ["ESTIMATED"] == [row.status for row in rows(_ROW)]


async def test_a_scheme_may_stop_admitting(
    portal: "Portal", change: Callable[..., None], address: str
) -> None:
    """A scheme that lists estimates only admits nobody."""
    change("UPDATE schemes SET stages = '{estimate}'")
    refused = await _admit(portal, address)

    assert ["stage_not_offered"] == [e["code"] for e in refused.json()["errors"]]


async def test_a_stranger_admits_nothing(
    portal: "Portal", authority: "Authority", rows: Callable[..., Any], address: str
) -> None:
    """Another portal's pre-registration is unknown, as is one that never was."""
    other = portal.showing(authority.keys[1])
    addresses = (address, "/v1/applications/7K3F-9QXM-2WT3", "/v1/applications/none")

    assert [(404, "unknown-application")] * 3 == [
        _said(await _admit(other, each)) for each in addresses
    ]
    assert ["ESTIMATED"] == [row.status for row in rows(_ROW)]


async def test_an_erased_one_is_gone(
    portal: "Portal", change: Callable[..., None], address: str
) -> None:
    """Without its key nobody can build the application."""
    change("DELETE FROM application_keys")

    assert (410, "erased") == _said(await _admit(portal, address))


@pytest.mark.parametrize(
    ("scope", "statuses"),
    [
        ("applications:write", (202, 403)),
        ("applications:read", (403, 200)),
        ("decisions:read", (403, 403)),
    ],
)
async def test_a_key_opens_what_its_scope_says(
    portal: "Portal",
    change: Callable[..., None],
    address: str,
    scope: str,
    statuses: tuple[int, int],
) -> None:
    """Admitting is writing, an estimate is read."""
    change("UPDATE portal_keys SET scopes = :scopes", scopes=[scope])
    answers = [await _admit(portal, address), await portal.get(f"{address}/estimate")]

    assert list(statuses) == [answer.status_code for answer in answers]


async def test_with_documents_an_agent_looks(
    portal: "Portal", bell: "FakeBell", rows: Callable[..., Any], address: str
) -> None:
    """Admitted, and nothing fetched; told again the same; with state data it would be another."""
    answers = [await _admit(portal, address, exchange="documents") for _ in range(2)]
    [row] = rows(_ROW)

    assert ([202, 200], ["TO_REVIEW"] * 2) == (
        [answer.status_code for answer in answers],
        [answer.json()["state"] for answer in answers],
    )
    assert ("TO_REVIEW", Reason.DOCUMENTS_CHOSEN, None, None, []) == (
        row.status,
        row.reason,
        row.due_at,
        row.rung_at,
        bell.rung,
    )
    assert (409, "already-admitted") == _said(await _admit(portal, address))


def _hold(engine: Engine, id_: Any) -> list[claiming.Held]:
    """What a worker claims, as the verifier does."""
    worker = lives.be_born(engine, service="verifier", life=timedelta(seconds=60))
    return claiming.claim(engine, worker, Step.VERIFY, [id_], tier=TIERS[0], most=1)


def _reviewed(held: claiming.Held) -> Move:
    return Move(
        application_id=held.id,
        claim=held.claim,
        was=held.status,
        now=Status.TO_REVIEW,
        reason=Reason.NOT_IDENTIFIED,
    )


async def test_a_worker_that_holds_what_is_withdrawn_saves_nothing(
    portal: "Portal", engine: Engine, rows: Callable[..., Any], address: str
) -> None:
    """Its claim is gone: the move, the journal line and the reason stay out."""
    await _admit(portal, address)
    [held] = _hold(engine, rows(_ROW)[0].id)
    await _withdraw(portal, address)
    saved = save(engine, [_reviewed(held)], actor="verifier")

    assert (set(), ["WITHDRAWN"]) == (saved, [row.status for row in rows(_ROW)])
    assert ["ESTIMATED", "RECEIVED", "WITHDRAWN"] == [line.now for line in rows(_LINES)]


async def test_withdrawal_admission_and_a_worker_at_once(
    portal: "Portal", engine: Engine, rows: Callable[..., Any]
) -> None:
    """Whoever comes first, the family's word stands, and every chain is whole."""

    def work(id_: Any) -> set[Any]:
        return save(engine, [_reviewed(held) for held in _hold(engine, id_)], actor="verifier")

    for day in range(1, 13):
        care = {**PRE_REGISTRATION["care"], "start": f"2026-09-{day:02d}"}
        address = (await portal.post({**PRE_REGISTRATION, "care": care})).headers["location"]
        reference = address.rpartition("/")[2]
        [row] = rows(f"{_ROW} WHERE reference = :reference", reference=reference)
        admission, withdrawal, *_ = await asyncio.gather(
            _admit(portal, address, care=care),
            _withdraw(portal, address),
            *(asyncio.to_thread(work, row.id) for _ in range(3)),
        )
        lines = rows(
            "SELECT * FROM journal WHERE application_id = :id ORDER BY sequence", id=row.id
        )

        assert 200 == withdrawal.status_code
        assert admission.status_code in {202, 409}
        assert (None, "WITHDRAWN") == (first_break(lines), lines[-1].now)
    ends = "SELECT DISTINCT status, claim, due_at, rung_at FROM applications"
    assert [("WITHDRAWN", None, None, None)] == rows(ends)
