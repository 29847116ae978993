"""Withdrawal, and what each key may do, on a founded database."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from sqlalchemy import Engine, text

from services.intake.sentences import STATE_SENTENCES
from shared.portal_keys import Scope
from shared.states import MOVES, Status

if TYPE_CHECKING:
    import httpx

    from tests.integration.intake.conftest import Authority, Portal

_STATE = """
    SELECT status, reason, due_at, rung_at, claim, claimed_by, claimed_at, starts, attempts
    FROM applications
"""
_HOLD = """
    UPDATE applications SET claim = :claim, claimed_by = :worker, claimed_at = now(), starts = 1
"""
_LINES = "SELECT was, now, actor, trace FROM journal ORDER BY sequence"
_GONE = ("WITHDRAWN", None, None, None, None, None, None, 0, 0)


async def _withdraw(portal: "Portal", address: str) -> "httpx.Response":
    headers = portal._headers
    return await portal.client.post(f"{address}/withdrawal", headers=headers)


@pytest.mark.parametrize("was", sorted(was for was, now in MOVES if now is Status.WITHDRAWN))
async def test_a_family_takes_its_application_back(
    portal: "Portal", rows: Callable[..., Any], change: Callable[..., None], was: Status
) -> None:
    """From any state that allows it: nothing is due, nobody holds it, the journal says who."""
    address = (await portal.post()).headers["location"]
    change("UPDATE applications SET status = :was, reason = 'no_file'", was=was)
    change(_HOLD, claim=uuid4(), worker=uuid4())
    answered = await _withdraw(portal, address)

    assert (200, "WITHDRAWN", STATE_SENTENCES[Status.WITHDRAWN]) == (
        answered.status_code,
        answered.json()["state"],
        answered.json()["state_sentence"],
    )
    assert [_GONE] == [tuple(row) for row in rows(_STATE)]
    last = rows(_LINES)[-1]
    assert (was, "WITHDRAWN", "portal:arles-0") == (last.was, last.now, last.actor)


async def test_withdrawn_twice_is_withdrawn_once(
    portal: "Portal", rows: Callable[..., Any]
) -> None:
    """Ten at once and one later: one journal line, and the same answer for all."""
    address = (await portal.post()).headers["location"]
    answers = await asyncio.gather(*(_withdraw(portal, address) for _ in range(10)))
    answers.append(await _withdraw(portal, address))

    assert [answers[0].json()] * 11 == [answer.json() for answer in answers]
    assert ["RECEIVED", "WITHDRAWN"] == [line.now for line in rows(_LINES)]


async def test_what_an_agent_closed_stays_closed(
    portal: "Portal", rows: Callable[..., Any], change: Callable[..., None]
) -> None:
    """The portal is told so, and the record does not move."""
    address = (await portal.post()).headers["location"]
    change("UPDATE applications SET status = 'CLOSED'")
    refused = await _withdraw(portal, address)

    assert (409, "urn:berceau:problem:already-closed") == (
        refused.status_code,
        refused.json()["type"],
    )
    assert ["CLOSED"] == [row.status for row in rows(_STATE)]


async def test_an_agent_who_closes_meanwhile_is_waited_for(
    portal: "Portal", engine: Engine, rows: Callable[..., Any]
) -> None:
    """The row is read under its lock: what was true before the agent's commit is not written."""
    address = (await portal.post()).headers["location"]
    with engine.begin() as agent:
        agent.execute(text("UPDATE applications SET status = 'CLOSED'"))
        withdrawal = asyncio.create_task(_withdraw(portal, address))
        await asyncio.sleep(0.3)

    assert 409 == (await withdrawal).status_code
    assert ["CLOSED"] == [row.status for row in rows(_STATE)]


async def test_the_same_application_may_come_again(portal: "Portal") -> None:
    """A withdrawn one is not in the way of a new one, which has a reference of its own."""
    first = await portal.post()
    await _withdraw(portal, first.headers["location"])
    second = await portal.post()

    assert 202 == second.status_code
    assert first.json()["reference"] != second.json()["reference"]


async def test_a_stranger_withdraws_nothing(
    portal: "Portal", authority: "Authority", rows: Callable[..., Any]
) -> None:
    """Another portal's application is unknown, as is one that never was."""
    address = (await portal.post()).headers["location"]
    other = portal.showing(authority.keys[1])
    addresses = (address, "/v1/applications/7K3F-9QXM-2WT3", "/v1/applications/none")
    answers = [await _withdraw(other, each) for each in addresses]

    assert [404] * 3 == [answer.status_code for answer in answers]
    assert ["RECEIVED"] == [row.status for row in rows(_STATE)]


@pytest.mark.parametrize("given", list(Scope))
async def test_a_key_opens_what_its_scope_says(
    portal: "Portal", change: Callable[..., None], given: Scope
) -> None:
    """Every action with every scope alone: refused with the scope that it lacks, or not refused."""
    address = (await portal.post()).headers["location"]
    change("UPDATE portal_keys SET scopes = :scopes", scopes=[given.value])
    answers = {
        Scope.APPLICATIONS_READ: await portal.get(address),
        Scope.DECISIONS_READ: await portal.get(f"{address}/decision"),
        Scope.APPLICATIONS_WRITE: await portal.post(),
    }
    withdrawn = await _withdraw(portal, address)

    assert (403 != withdrawn.status_code) == (given is Scope.APPLICATIONS_WRITE)
    for needed, answer in answers.items():
        assert (answer.status_code != 403) == (needed is given)
        if needed is not given:
            assert needed == answer.json()["scope"]
