"""Beyond what can be promised, what is new is told when to come back, on a founded database."""

import dataclasses
from collections.abc import AsyncIterator, Callable, Mapping
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from services.intake.examples import APPLICATION, PRE_REGISTRATION
from services.intake.parts import Parts
from services.intake.promise import Promise

if TYPE_CHECKING:
    from tests.integration.intake.conftest import Authority, Portal

NAMES = ("Ana", "Bea", "Cleo", "Dune", "Elsa", "Fleur", "Gaia")
PACE = 2  # a second, and two seconds are promised: four may wait


@dataclasses.dataclass
class Clock:
    """A clock that stands still until it is moved."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def busy(
    *,
    parts: Parts,
    portal: "Portal",
    client_of: Callable[[Parts], httpx.AsyncClient],
    change: Callable[..., None],
    clock: Clock,
) -> AsyncIterator["Portal"]:
    """The first portal of Arles, whose habilitation has five waiting: one more than promised."""
    change("UPDATE habilitations SET pace = :pace", pace=PACE)
    for name in NAMES[:5]:
        await portal.post(_family(name))
    promises = Promise(promised_s=2, clock=clock)
    async with client_of(dataclasses.replace(parts, promises=promises)) as client:
        key = portal._headers["Authorization"].removeprefix("Bearer ")
        yield type(portal)(client, key)


def _family(name: str, **changes: Any) -> dict[str, Any]:
    """An invented family, of which the child's first name tells one from the other."""
    return {**APPLICATION, "child": {**APPLICATION["child"], "first_names": [name]}, **changes}


async def test_what_is_new_is_told_when_to_come_back(
    busy: "Portal", rows: Callable[..., Any]
) -> None:
    """503 with Retry-After, in the body too; nothing of it is in any table."""
    refused = await busy.post(_family("Fleur"), idempotency_key="fleur")

    assert 503 == refused.status_code
    assert "urn:berceau:problem:backlog-too-long" == refused.json()["type"]
    assert ("60", 60) == (refused.headers["Retry-After"], refused.json()["retry_after"])
    assert [(5,)] == [tuple(row) for row in rows("SELECT count(*) FROM applications")]
    assert [] == rows("SELECT key FROM idempotency")


async def test_once_the_backlog_is_shorter_the_same_request_passes(
    busy: "Portal", clock: Clock, change: Callable[..., None]
) -> None:
    """Not before the count is old, which takes five seconds."""
    before = await busy.post(_family("Fleur"))
    change("UPDATE applications SET status = 'VERIFIED'")
    meanwhile = await busy.post(_family("Fleur"))
    clock.now = 5.0

    assert (503, 503) == (before.status_code, meanwhile.status_code)
    assert 202 == (await busy.post(_family("Fleur"))).status_code


async def test_what_was_promised_keeps_its_receipt(busy: "Portal", portal: "Portal") -> None:
    """The same application, with a key or without, and the same request, are answered again."""
    first = await portal.post(_family("Ana"), idempotency_key="ana")
    answers = [
        await busy.post(_family("Ana")),
        await busy.post(_family("Bea"), idempotency_key="bea"),
        await busy.post(_family("Ana"), idempotency_key="ana"),
    ]

    assert [200] * 3 == [answer.status_code for answer in answers]
    assert {first.json()["reference"]} == {answers[n].json()["reference"] for n in (0, 2)}


@pytest.mark.parametrize(
    "body", [PRE_REGISTRATION, _family("Gaia", exchange="documents")], ids=["estimate", "documents"]
)
async def test_what_fetches_nothing_passes(busy: "Portal", body: Mapping[str, Any]) -> None:
    """It waits for no provider, whatever else does."""
    assert 202 == (await busy.post(body)).status_code


async def test_a_batch_says_so_row_by_row(busy: "Portal", rows: Callable[..., Any]) -> None:
    """Known rows have their receipts, bad ones what to mend, new ones when to come back."""
    sent = [
        _family("Ana"),
        _family("Fleur"),
        _family("Gaia", scheme="patinoire"),
        dict(PRE_REGISTRATION),
    ]
    body = {
        "applications": [
            {"application": row, "idempotency_key": f"k{n}"} for n, row in enumerate(sent)
        ]
    }
    answer = await busy.client.post("/v1/applications:batch", json=body, headers=busy._headers)
    said = answer.json()

    assert [200, 503, 422, 202] == [row["status"] for row in said["rows"]]
    assert (1, 1, 2) == (said["accepted"], said["known"], said["refused"])
    assert 60 == said["rows"][1]["problem"]["retry_after"]
    assert ["k0", "k3"] == [row.key for row in rows("SELECT key FROM idempotency ORDER BY key")]


async def test_only_what_waits_for_that_provider_counts(
    busy: "Portal", neighbour: "Authority", change: Callable[..., None]
) -> None:
    """Another authority's habilitation is free; what is held or parked here does not wait."""
    other = await busy.showing(neighbour.keys[0]).post(_family("Fleur"))
    change("""
        UPDATE applications SET status = 'PARKED', due_at = now() + interval '1 day'
        WHERE id = (SELECT min(a.id::text)::uuid FROM applications a JOIN authorities h
                    ON h.id = a.authority_id WHERE h.code = 'arles')
    """)

    assert 202 == other.status_code
    assert 202 == (await busy.post(_family("Fleur"))).status_code
