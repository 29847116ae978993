"""The limit of a portal, as its answers say it."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from services.intake.examples import APPLICATION

if TYPE_CHECKING:
    from tests.integration.intake.conftest import Authority, Portal


async def test_every_answer_says_what_is_left(
    portal: "Portal", change: Callable[..., None]
) -> None:
    """Accepted, refused for its content, or not found: each counts as one."""
    change("UPDATE portals SET requests_per_minute = 60")
    answers = [
        await portal.post(),
        await portal.post({}),
        await portal.get("/v1/applications/7K3F-9QXM-2WT3"),
    ]

    assert [202, 422, 404] == [answer.status_code for answer in answers]
    assert [("60", "59", "1"), ("60", "58", "2"), ("60", "57", "3")] == [
        tuple(answer.headers[f"RateLimit-{name}"] for name in ("Limit", "Remaining", "Reset"))
        for answer in answers
    ]


async def test_beyond_its_limit_a_portal_is_told_when_to_come_back(
    portal: "Portal", authority: "Authority", change: Callable[..., None]
) -> None:
    """429 with Retry-After, nothing accepted; the other portal has a limit of its own."""
    change("UPDATE portals SET requests_per_minute = 2")
    passed = [(await portal.get("/v1/applications/none")).status_code for _ in range(2)]
    refused = await portal.post()
    other = await portal.showing(authority.keys[1]).post()

    assert ([404, 404], 429, 202) == (passed, refused.status_code, other.status_code)
    assert "urn:berceau:problem:too-many-requests" == refused.json()["type"]
    assert ("30", "0") == (refused.headers["Retry-After"], refused.headers["RateLimit-Remaining"])


async def test_each_row_of_a_batch_counts(portal: "Portal", change: Callable[..., None]) -> None:
    """The batch itself counts as one, and its rows as one each; what is refused changes nothing."""
    change("UPDATE portals SET requests_per_minute = 10")
    rows = {"applications": [{"application": dict(APPLICATION)}] * 5}
    address, headers = "/v1/applications:batch", portal._headers
    answers = [await portal.client.post(address, json=rows, headers=headers) for _ in range(2)]

    assert [200, 429] == [answer.status_code for answer in answers]
    assert ["4", "3"] == [answer.headers["RateLimit-Remaining"] for answer in answers]


async def test_a_stranger_is_told_of_no_limit(portal: "Portal") -> None:
    """Whoever shows no key in force is refused before anything is counted."""
    refused = await portal.showing(None).post()

    assert (401, False) == (refused.status_code, "RateLimit-Limit" in refused.headers)
