"""The same twice is one: by key, by content, one after the other and at the same instant."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from services.intake.examples import APPLICATION

if TYPE_CHECKING:
    from tests.integration.intake.conftest import Authority, FakeBell, Portal

_COUNT = "SELECT count(*) FROM applications"
_LINES = "SELECT count(*) FROM journal"
_AT_ONCE = 12


def _sibling(name: str) -> dict[str, Any]:
    return {**APPLICATION, "child": {**APPLICATION["child"], "first_names": [name]}}


async def test_the_same_key_and_body_replay(portal: "Portal", rows: Callable[..., Any]) -> None:
    """The same request is answered with the same status and bytes, and says so."""
    first = await portal.post(idempotency_key="k1")
    again = await portal.post(dict(sorted(APPLICATION.items(), reverse=True)), idempotency_key="k1")

    assert (202, first.content, first.headers["location"]) == (
        again.status_code,
        again.content,
        again.headers["location"],
    )
    assert (None, "true") == (
        first.headers.get("idempotency-replayed"),
        again.headers.get("idempotency-replayed"),
    )
    assert [(1,)] == rows(_COUNT)


async def test_a_replay_outlives_the_application_s_moves(
    portal: "Portal", change: Callable[..., None]
) -> None:
    """The answer of a key stays the same when the application has moved on, or the scheme gone."""
    first = await portal.post(idempotency_key="k1")
    change("UPDATE applications SET status = 'WITHDRAWN', due_at = NULL")
    change("UPDATE schemes SET code = 'fini' WHERE code = 'creches'")
    again = await portal.post(idempotency_key="k1")

    assert (202, first.content) == (again.status_code, again.content)


async def test_the_same_key_with_another_body(portal: "Portal", rows: Callable[..., Any]) -> None:
    """A key that served for another body is refused, and nothing enters."""
    await portal.post(idempotency_key="k1")
    answer = await portal.post(_sibling("Inès"), idempotency_key="k1")

    assert (422, "urn:berceau:problem:idempotency-key-reused") == (
        answer.status_code,
        answer.json()["type"],
    )
    assert [(1,)] == rows(_COUNT)


async def test_a_key_is_its_portal_s(
    portal: "Portal", authority: "Authority", rows: Callable[..., Any]
) -> None:
    """Two portals may use the same key."""
    answers = [await portal.showing(key).post(idempotency_key="k1") for key in authority.keys]

    assert [202, 202] == [a.status_code for a in answers]
    assert [(2,)] == rows(_COUNT)


async def test_the_same_application_has_one_reference(
    portal: "Portal", bell: "FakeBell", rows: Callable[..., Any]
) -> None:
    """The same child, applicant, scheme and period is answered with the first reference."""
    first = await portal.post()
    again = await portal.post({**APPLICATION, "fund": "msa"})

    assert (202, 200) == (first.status_code, again.status_code)
    assert (first.content, first.headers["location"]) == (again.content, again.headers["location"])
    assert ([(1,)], [(1,)], 1) == (rows(_COUNT), rows(_LINES), len(bell.rung))


async def test_a_second_key_for_the_same_application_replays_its_200(portal: "Portal") -> None:
    """A key that was told of an earlier application is told so again."""
    first = await portal.post(idempotency_key="k1")
    second = await portal.post(idempotency_key="k2")
    again = await portal.post(idempotency_key="k2")

    assert (202, 200, 200) == (first.status_code, second.status_code, again.status_code)
    assert first.content == second.content == again.content
    assert "true" == again.headers["idempotency-replayed"]


async def test_twins_and_the_other_parent_have_their_own(
    portal: "Portal", rows: Callable[..., Any]
) -> None:
    """Another first name, or another parent, is another application."""
    father = {**APPLICATION["applicant"], "birth_name": "Marchetti", "first_names": ["Luc"]}
    bodies = [APPLICATION, _sibling("Inès"), {**APPLICATION, "applicant": father}]
    answers = [await portal.post(body) for body in bodies]

    assert [202, 202, 202] == [a.status_code for a in answers]
    assert [(3,)] == rows(_COUNT)


@pytest.mark.parametrize("status", ["WITHDRAWN", "CLOSED"])
async def test_an_ended_application_makes_room(
    portal: "Portal", change: Callable[..., None], status: str
) -> None:
    """After a withdrawal or a closing, the family may apply again."""
    first = await portal.post()
    change("UPDATE applications SET status = :status, due_at = NULL", status=status)
    again = await portal.post()

    assert (202, 202) == (first.status_code, again.status_code)
    assert first.headers["location"] != again.headers["location"]


async def test_the_same_application_at_the_same_instant(
    portal: "Portal", bell: "FakeBell", rows: Callable[..., Any]
) -> None:
    """Twelve twins of a request: one enters, one doorbell, and all get its reference."""
    answers = await asyncio.gather(*(portal.post() for _ in range(_AT_ONCE)))

    assert [200] * (_AT_ONCE - 1) + [202] == sorted(a.status_code for a in answers)
    assert 1 == len({a.content for a in answers})
    assert ([(1,)], [(1,)], 1) == (rows(_COUNT), rows(_LINES), len(bell.rung))


async def test_the_same_key_at_the_same_instant(portal: "Portal", rows: Callable[..., Any]) -> None:
    """Twelve twins with one key get one and the same answer, the winner's."""
    answers = await asyncio.gather(*(portal.post(idempotency_key="k1") for _ in range(_AT_ONCE)))

    assert {202} == {a.status_code for a in answers}
    assert 1 == len({a.content for a in answers})
    assert [(1,)] == rows(_COUNT)


async def test_one_key_for_several_bodies_at_the_same_instant(
    portal: "Portal", rows: Callable[..., Any]
) -> None:
    """Of several bodies under one key one enters whole; of the others nothing does."""
    bodies = [_sibling(name) for name in ("Ana", "Bea", "Cléo", "Dina", "Ève", "Fleur")]
    answers = await asyncio.gather(*(portal.post(b, idempotency_key="k1") for b in bodies))

    assert [202] + [422] * 5 == sorted(a.status_code for a in answers)
    assert ([(1,)], [(1,)]) == (rows(_COUNT), rows(_LINES))
    assert [(1,)] == rows("SELECT count(*) FROM application_keys")
