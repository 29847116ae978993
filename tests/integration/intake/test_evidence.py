"""Evidence, in an application: verified without another call, once, or refused by name."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import Connection

from services.intake.examples import APPLICATION, CALLBACK
from services.intake.parts import Parts
from services.verifier.provider.endpoint import EAJE_BY_FRANCE_CONNECT
from shared.evidence import EajeFacts, read_facts
from shared.protocol.journal import first_break
from shared.sealing import WrappedKey
from shared.states import Lane, Step
from shared.store.places import evidence_place
from shared.store.tables import JournalRow

if TYPE_CHECKING:
    from tests.integration.intake.conftest import Authority, FakeBell, FakeState, Portal

Rows = Callable[..., list[Any]]
Change = Callable[..., None]
_STANDS = "SELECT status, due_at IS NOT NULL AS due, rung_at, journal_sequence FROM applications"
_LINES = "SELECT * FROM journal ORDER BY application_id, sequence"
_VERIFIED = """
    SELECT v.application_id, v.sealed, v.source, v.http_status, v.outcome, k.ring_key, k.wrapped
    FROM verifications v JOIN application_keys k USING (application_id)
"""
_HELD = "SELECT count(*) FROM held_evidence"


async def _evidence(portal: "Portal") -> str:
    reference: str = (await portal.call_back()).json()["evidence"]
    return reference


def _sibling(name: str, **changes: Any) -> dict[str, Any]:
    child = {**APPLICATION["child"], "first_names": [name]}
    return {**APPLICATION, "child": child, **changes}


def _faults(answer: httpx.Response) -> list[tuple[str, str]]:
    return [(fault["pointer"], fault["code"]) for fault in answer.json()["errors"]]


def _facts(parts: Parts, row: Any) -> EajeFacts:
    key = parts.key_ring.unwrap(WrappedKey(row.ring_key, row.wrapped))
    facts = read_facts(key.open(row.sealed, place=evidence_place(row.application_id)))
    assert isinstance(facts, EajeFacts)
    return facts


async def test_an_application_with_evidence_is_verified_at_once(
    portal: "Portal", parts: Parts, rows: Rows, bell: "FakeBell"
) -> None:
    """Its facts are the State's, sealed under its own key; it is rung for its price."""
    answer = await portal.post({**APPLICATION, "evidence": await _evidence(portal)})
    [row] = rows(_STANDS)
    [verified] = rows(_VERIFIED)
    facts = _facts(parts, verified)

    assert (202, "RECEIVED") == (answer.status_code, answer.json()["state"])
    assert ("VERIFIED", True, None, 2) == tuple(row)
    assert [(Step.PRICE, Lane.NOW)] == [(rung.step, rung.lane) for rung in bell.rung]
    assert (EAJE_BY_FRANCE_CONNECT.source, 200) == (verified.source, verified.http_status)
    assert (4_812_300, 2, True) == (
        facts.annual_resources_cents,
        facts.children,
        facts.child_listed,
    )
    assert facts.provenance.source == verified.source


async def test_its_journal_says_who_verified_it(portal: "Portal", rows: Rows) -> None:
    """Two lines that follow from each other: the portal brought it, intake verified it."""
    await portal.post({**APPLICATION, "evidence": await _evidence(portal)})
    lines = rows(_LINES)
    chained = [JournalRow(**line._asdict()) for line in lines]
    told = [(line.actor, line.was, line.now, line.evidence is None) for line in lines]

    assert [
        ("portal:arles-0", None, "RECEIVED", True),
        ("service:intake", "RECEIVED", "VERIFIED", False),
    ] == told
    assert first_break(chained) is None


async def test_nothing_is_held_once_it_is_used(
    portal: "Portal", state: "FakeState", rows: Rows
) -> None:
    """The row and its key are gone; the State was asked once."""
    evidence = await _evidence(portal)
    await portal.post({**APPLICATION, "evidence": evidence})
    second = await portal.post(_sibling("Inès", evidence=evidence))

    assert ([(0,)], 1) == (rows(_HELD), len(state.asked))
    assert [("/evidence", "evidence_unknown")] == _faults(second)


async def test_of_two_at_once_one_gets_it(portal: "Portal", rows: Rows) -> None:
    """Twelve different applications with one reference: one enters, eleven are refused by name."""
    evidence = await _evidence(portal)
    names = [f"Inès-{letter}" for letter in "abcdefghijkl"]
    bodies = [_sibling(name, evidence=evidence) for name in names]
    answers = await asyncio.gather(*(portal.post(body) for body in bodies))

    assert [202] + [422] * 11 == sorted(answer.status_code for answer in answers)
    assert [("VERIFIED",)] == rows("SELECT status FROM applications")
    assert [(1,)] == rows("SELECT count(*) FROM verifications")


async def test_the_same_application_at_once_is_one(portal: "Portal", rows: Rows) -> None:
    """A double click is answered twice with one reference, and nobody is refused."""
    body = {**APPLICATION, "evidence": await _evidence(portal)}
    answers = await asyncio.gather(*(portal.post(body) for _ in range(8)))

    assert [200] * 7 + [202] == sorted(answer.status_code for answer in answers)
    assert 1 == len({answer.json()["reference"] for answer in answers})
    assert [(1,)] == rows("SELECT count(*) FROM verifications")


async def test_a_request_is_replayed_after_its_evidence_is_gone(portal: "Portal") -> None:
    """By its key, and by its content: the receipt is the first one."""
    body = {**APPLICATION, "evidence": await _evidence(portal)}
    first = await portal.post(body, idempotency_key="k1")
    again, without = await portal.post(body, idempotency_key="k1"), await portal.post(body)

    assert (202, 202, 200) == (first.status_code, again.status_code, without.status_code)
    assert first.content == again.content == without.content


async def test_an_application_that_is_there_uses_up_nothing(portal: "Portal", rows: Rows) -> None:
    """It keeps its own way; the reference stays good for another child."""
    await portal.post()
    evidence = await _evidence(portal)
    known = await portal.post({**APPLICATION, "evidence": evidence})
    held = rows(_HELD)
    other = await portal.post(_sibling("Inès", evidence=evidence))

    assert (200, [(1,)], 202) == (known.status_code, held, other.status_code)
    assert ["RECEIVED", "VERIFIED"] == sorted(row.status for row in rows(_STANDS))


async def test_a_child_that_is_not_listed_is_for_a_person(
    portal: "Portal", parts: Parts, rows: Rows
) -> None:
    """It is no refusal: the facts say so, and pricing them names the doubt."""
    await portal.post(_sibling("Inès", evidence=await _evidence(portal)))
    [verified] = rows(_VERIFIED)

    assert _facts(parts, verified).child_listed is False


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"birth_name": "Durand"}, ("/applicant/birth_name", "evidence_of_someone_else")),
        ({"first_names": ["Awa"]}, ("/applicant/first_names", "evidence_of_someone_else")),
        ({"birth": "1992-07-20"}, ("/applicant/birth", "evidence_of_someone_else")),
        ({"sex": "M"}, ("/applicant/sex", "evidence_of_someone_else")),
        (
            {"birth_name": "Durand", "birth": "1980"},
            ("/applicant", "evidence_of_someone_else"),
        ),
    ],
)
async def test_evidence_is_of_who_came_through_franceconnect(
    portal: "Portal", rows: Rows, changes: dict[str, Any], fault: tuple[str, str]
) -> None:
    """Another applicant is refused by the field that differs, and the evidence is still there."""
    evidence = await _evidence(portal)
    body = {**APPLICATION, "applicant": {**APPLICATION["applicant"], **changes}}
    refused = await portal.post({**body, "evidence": evidence})
    mended = await portal.post({**APPLICATION, "evidence": evidence})

    assert (422, [fault]) == (refused.status_code, _faults(refused))
    assert (202, [(0,)]) == (mended.status_code, rows(_HELD))


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"exchange": "documents"}, ("/evidence", "evidence_with_documents")),
        (
            {"identity_assurance": "declared"},
            ("/identity_assurance", "evidence_needs_franceconnect"),
        ),
        ({"evidence": "fc_" + "a" * 32}, ("/evidence", "evidence_unknown")),
        ({"evidence": "fc_1"}, ("/evidence", "string_pattern_mismatch")),
    ],
)
async def test_what_does_not_go_together_is_refused(
    portal: "Portal", rows: Rows, changes: dict[str, Any], fault: tuple[str, str]
) -> None:
    """By name; nothing enters, nothing is used up."""
    body = {**APPLICATION, "evidence": await _evidence(portal)} | changes
    refused = await portal.post(body)

    assert (422, [fault]) == (refused.status_code, _faults(refused))
    assert ([(1,)], []) == (rows(_HELD), rows(_STANDS))


async def test_evidence_that_has_expired_is_unknown(
    portal: "Portal", change_as_owner: Callable[[str], None]
) -> None:
    """Even before the scheduler has deleted it."""
    evidence = await _evidence(portal)
    change_as_owner("UPDATE held_evidence SET expires_at = now()")
    refused = await portal.post({**APPLICATION, "evidence": evidence})

    assert [("/evidence", "evidence_unknown")] == _faults(refused)


async def test_evidence_is_its_portals(portal: "Portal", authority: "Authority") -> None:
    """Another portal of the same authority is told that there is none."""
    evidence = await _evidence(portal)
    other = await portal.showing(authority.keys[1]).post({**APPLICATION, "evidence": evidence})

    assert [("/evidence", "evidence_unknown")] == _faults(other)


async def test_evidence_is_its_schemes(portal: "Portal", change: Change, rows: Rows) -> None:
    """What was asked for one scheme does not serve another."""
    evidence = await _evidence(portal)
    change(
        """
        INSERT INTO schemes (id, authority_id, habilitation_id, code, name, profile, tariff,
                             validation)
        SELECT gen_random_uuid(), authority_id, habilitation_id, 'autre', 'Autre', profile,
               tariff, validation FROM schemes WHERE code = 'creches'
        """
    )
    refused = await portal.post({**APPLICATION, "scheme": "autre", "evidence": evidence})

    assert [("/evidence", "evidence_of_another_scheme")] == _faults(refused)
    assert [(1,)] == rows(_HELD)


class _Late:
    """Promises nothing before a minute."""

    def wait_s(self, _connection: Connection, _habilitation: UUID) -> int:
        return 60


async def test_a_long_backlog_is_no_matter(
    portal: "Portal", parts: Parts, client_of: Callable[[Parts], httpx.AsyncClient]
) -> None:
    """What brings its evidence waits for no provider: it is never told to come back."""
    async with client_of(replace(parts, promises=_Late())) as client:
        busy = portal.on(client)
        plain = await busy.post(_sibling("Inès"))
        answer = await busy.post({**APPLICATION, "evidence": await _evidence(busy)})

    assert (503, 202) == (plain.status_code, answer.status_code)


async def test_a_row_of_a_batch_has_none(portal: "Portal") -> None:
    """Nobody waits at a screen there: the row is refused by name, the others pass."""
    evidence = await _evidence(portal)
    batch = [{"application": {**APPLICATION, "evidence": evidence}}]
    batch.append({"application": _sibling("Inès")})
    answer = await portal.client.post(
        "/v1/applications:batch", json={"applications": batch}, headers=portal._headers
    )
    refused, entered = answer.json()["rows"]

    assert [422, 202] == [refused["status"], entered["status"]]
    assert "evidence_in_a_batch" == refused["problem"]["errors"][0]["code"]


async def test_what_was_sealed_does_not_name_the_reference(
    portal: "Portal", parts: Parts, rows: Rows
) -> None:
    """The body that workers open is an application like any other."""
    evidence = await _evidence(portal)
    await portal.post({**APPLICATION, "evidence": evidence})
    [row] = rows(
        "SELECT a.id, a.sealed, k.ring_key, k.wrapped FROM applications a "
        "JOIN application_keys k ON k.application_id = a.id"
    )
    key = parts.key_ring.unwrap(WrappedKey(row.ring_key, row.wrapped))
    body = json.loads(key.open(row.sealed, place=f"applications.sealed:{row.id}"))

    assert CALLBACK["scheme"] == body["scheme"]
    assert {"evidence", "exchange", "stage"} & body.keys() == set()
