"""What a portal follows by itself: the feed of its events, and trials of its webhook."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from services.intake.examples import APPLICATION, PRE_REGISTRATION
from services.intake.wordings import Kind

if TYPE_CHECKING:
    from tests.integration.intake.conftest import Authority, Portal


async def test_what_a_portal_does_is_in_its_feed(portal: "Portal") -> None:
    """Handed in and withdrawn, one after the other, page by page."""
    address = (await portal.post()).headers["location"]
    await portal.client.post(f"{address}/withdrawal", headers=portal._headers)
    first = (await portal.get("/v1/events?limit=1")).json()
    second = (await portal.get(f"/v1/events?after={first['after']}")).json()
    third = (await portal.get(f"/v1/events?after={second['after']}")).json()

    reference = address.rpartition("/")[2]
    told = [
        (e["type"], e["subject"], e["data"]["sequence"])
        for page in (first, second, third)
        for e in page["events"]
    ]
    assert [
        ("fr.berceau.application.received", reference, 1),
        ("fr.berceau.application.withdrawn", reference, 2),
    ] == told
    assert [True, False, False] == [page["more"] for page in (first, second, third)]


async def test_a_batch_and_a_pre_registration_are_told_too(
    portal: "Portal", rows: Callable[..., list[Any]]
) -> None:
    """Each line of a journal that changes a state has its event."""
    await portal.post(PRE_REGISTRATION)
    await portal.client.post(
        "/v1/applications:batch",
        json={"applications": [{"application": dict(APPLICATION)}]},
        headers=portal._headers,
    )
    events = (await portal.get("/v1/events")).json()["events"]

    assert ["ESTIMATED", "RECEIVED"] == [event["data"]["state"] for event in events]
    assert len(rows("SELECT FROM journal")) == len(events)


async def test_another_portal_sees_none_of_it(portal: "Portal", authority: "Authority") -> None:
    """Not even that of the same authority."""
    await portal.post()
    feed = (await portal.showing(authority.keys[1]).get("/v1/events")).json()

    assert {"events": [], "after": "0-0", "more": False} == feed


@pytest.mark.parametrize(
    "query", ["after=", "after=x", "after=1", "limit=0", "limit=501", "limit=x", "limit=-1"]
)
async def test_a_place_that_no_reading_gave_is_refused(portal: "Portal", query: str) -> None:
    """With what to give instead."""
    answer = await portal.get(f"/v1/events?{query}")

    assert (400, Kind.MALFORMED_CURSOR.uri) == (answer.status_code, answer.json()["type"])


async def test_a_key_is_needed(portal: "Portal") -> None:
    """For the feed and for a trial alike."""
    nobody = portal.showing(None)
    answers = [await nobody.get("/v1/events"), await nobody.client.post("/v1/webhook:test")]

    assert [401, 401] == [answer.status_code for answer in answers]


async def test_a_trial_goes_once_at_a_time(
    portal: "Portal", rows: Callable[..., list[Any]], change: Callable[..., None]
) -> None:
    """Asked twice before it left, it is one; it is in no feed."""
    change("UPDATE portals SET webhook_url = 'https://portail.example/'")
    answers = [
        await portal.client.post("/v1/webhook:test", headers=portal._headers) for _ in range(2)
    ]

    assert [202, 202] == [answer.status_code for answer in answers]
    assert [answers[0].json()["event"]] * 2 == [a.json()["event"] for a in answers]
    assert 1 == len(rows("SELECT FROM deliveries"))
    assert [] == (await portal.get("/v1/events")).json()["events"]


@pytest.mark.parametrize(
    "how",
    [
        "UPDATE portals SET webhook_url = NULL",
        "UPDATE portals SET webhook_url = 'https://p.example/', webhook_stopped_at = now()",
    ],
)
async def test_without_a_running_webhook_there_is_no_trial(
    portal: "Portal", change: Callable[..., None], how: str
) -> None:
    """Neither with none, nor with one that is stopped."""
    change(how)
    answer = await portal.client.post("/v1/webhook:test", headers=portal._headers)

    assert (409, Kind.NO_WEBHOOK.uri) == (answer.status_code, answer.json()["type"])
