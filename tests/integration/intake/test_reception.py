"""Accepted means committed: what one POST leaves in the record, and what it never does."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from services.intake.examples import APPLICATION, ONE_HOUSEHOLD
from services.intake.parts import Parts
from shared.application import Application
from shared.protocol.journal import first_break
from shared.sealing import WrappedKey
from shared.states import Lane, Step
from shared.store.places import application_place

if TYPE_CHECKING:
    from tests.integration.intake.conftest import Authority, FakeBell, Portal

_TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


async def test_an_application_is_accepted(portal: "Portal", rows: Callable[..., Any]) -> None:
    """202, a location, and one row that is received, due, rung and traced."""
    answer = await portal.post(traceparent=_TRACE)
    [row] = rows("SELECT *, due_at <= now() AS due FROM applications")

    assert (202, f"/v1/applications/{row.reference}") == (
        answer.status_code,
        answer.headers["location"],
    )
    assert ("RECEIVED", "now", True, True, _TRACE) == (
        row.status,
        row.lane,
        row.due,
        row.rung_at is not None,
        row.trace,
    )
    assert _TRACE == answer.headers["traceparent"]


async def test_the_body_is_sealed_whole(
    portal: "Portal", parts: Parts, rows: Callable[..., Any]
) -> None:
    """The row holds the body under a key of its own, and opens at its place only."""
    await portal.post()
    [row] = rows("SELECT * FROM applications JOIN application_keys ON application_id = id")
    data_key = parts.key_ring.unwrap(WrappedKey(row.ring_key, row.wrapped))
    opened = data_key.open(row.sealed, place=application_place(row.id))

    assert Application.model_validate(dict(APPLICATION)) == Application.model_validate_json(opened)


async def test_the_journal_begins(portal: "Portal", rows: Callable[..., Any]) -> None:
    """The first line says who brought it, and is the head of the chain that the row knows."""
    await portal.post(traceparent=_TRACE)
    [line] = rows("SELECT * FROM journal")
    [row] = rows("SELECT * FROM applications")

    assert (1, "portal:arles-0", None, "RECEIVED", _TRACE, row.received_at) == (
        line.sequence,
        line.actor,
        line.was,
        line.now,
        line.trace,
        line.at,
    )
    assert (line.sequence, line.hash) == (row.journal_sequence, row.journal_head)
    assert first_break([line]) is None


async def test_a_doorbell_follows(
    portal: "Portal", bell: "FakeBell", rows: Callable[..., Any]
) -> None:
    """After the commit one doorbell is rung, with the id and nothing of the family."""
    await portal.post()
    [row] = rows("SELECT id, habilitation_id FROM applications")
    [doorbell] = bell.rung

    assert (Step.VERIFY, Lane.NOW, row.habilitation_id, (row.id,)) == (
        doorbell.step,
        doorbell.lane,
        doorbell.habilitation,
        doorbell.ids,
    )


@pytest.mark.parametrize("works", [True, False])
async def test_no_room_no_doorbell(
    portal: "Portal", bell: "FakeBell", rows: Callable[..., Any], *, works: bool
) -> None:
    """With a full window the row says that nobody rang, so that the scheduler will."""
    bell.room_left, bell.works = 0, works
    answer = await portal.post()

    assert (202, []) == (answer.status_code, bell.rung)
    assert [(None,)] == rows("SELECT rung_at FROM applications")


async def test_a_lost_doorbell_is_no_refusal(portal: "Portal", bell: "FakeBell") -> None:
    """When ringing fails after the commit, the application is accepted all the same."""
    bell.works = False

    assert 202 == (await portal.post()).status_code


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"scheme": "cantine"}, [("/scheme", "unknown_scheme")]),
        ({"structure": "ailleurs"}, [("/structure", "unknown_structure")]),
        ({"structure": "la-ribambelle"}, [("/care/type", "care_type_not_offered")]),
    ],
)
async def test_what_is_wanted_must_exist(
    portal: "Portal",
    rows: Callable[..., Any],
    change: dict[str, str],
    expected: list[tuple[str, str]],
) -> None:
    """A scheme, a structure or a kind of care that the authority lacks is refused by name."""
    answer = await portal.post({**APPLICATION, **change})

    assert 422 == answer.status_code
    assert expected == [(e["pointer"], e["code"]) for e in answer.json()["errors"]]
    assert [] == rows("SELECT id FROM applications")


async def test_another_authority_s_scheme_is_unknown(
    portal: "Portal", neighbour: "Authority", change: Callable[..., None]
) -> None:
    """A portal names schemes of its own authority only."""
    query = "UPDATE schemes SET code = 'voisin' WHERE authority_id = :id AND profile = 'eaje'"
    change(query, id=neighbour.id)
    answer = await portal.post({**APPLICATION, "scheme": "voisin"})

    assert ["unknown_scheme"] == [e["code"] for e in answer.json()["errors"]]


async def test_nothing_typed_is_in_a_refusal(portal: "Portal") -> None:
    """A refusal never repeats a name, a date or a number that was typed."""
    planted = {"birth_name": "Zyxwvut7", "first_names": ["Qponmlk,"], "birth": "2025-99-04"}
    answer = await portal.post(
        {**APPLICATION, "child": planted, "allocataire_number": "76543", "Zyx wvut": 1}
    )

    assert 422 == answer.status_code
    assert not any(one in answer.text for one in ("Zyx", "Qpon", "2025-99", "76543"))


async def test_nothing_typed_is_logged(
    portal: "Portal", capsys: pytest.CaptureFixture[str], rows: Callable[..., Any]
) -> None:
    """The log line of a request has its codes and its reference, and nothing of the family."""
    await portal.post(ONE_HOUSEHOLD)
    await portal.client.get("/v1/applications/x?nom=Oyelaran")
    [row] = rows("SELECT reference FROM applications")
    said = capsys.readouterr().out

    assert all(one in said for one in (row.reference, "arles-0", "/v1/applications", "202"))
    assert not any(one in said for one in ("Oyelaran", "Tolu", "Arles", "1988"))


async def test_times_are_the_database_s(portal: "Portal", rows: Callable[..., Any]) -> None:
    """A portal's or a server's wrong clock changes nothing of when an application is due."""
    answer = await portal.post()
    [row] = rows("SELECT received_at, due_at, rung_at, now() AS now FROM applications")

    assert row.received_at == row.due_at == row.rung_at
    assert timedelta(0) <= row.now - row.received_at < timedelta(minutes=1)
    assert row.received_at.isoformat().replace("+00:00", "Z") == answer.json()["received_at"]


async def test_unusable_text_is_refused_whole(portal: "Portal", rows: Callable[..., Any]) -> None:
    """NUL, which PostgreSQL cannot keep, and half characters are told with their place."""
    child = {**APPLICATION["child"], "first_names": ["Zo\0é"]}
    address = {**APPLICATION["address"], "line": "3 rue \ud800"}
    body = json.dumps({**APPLICATION, "child": child, "address": address})
    answer = await portal.send(body.encode())

    assert {("/child/first_names/0", "nul"), ("/address/line", "lone_surrogate")} == {
        (e["pointer"], e["code"]) for e in answer.json()["errors"]
    }
    assert [] == rows("SELECT id FROM applications")
