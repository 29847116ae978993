"""What is left of the provider's window, as an answer's headers say it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

import httpx
import pytest

from services.verifier.quota import LONGEST_WINDOW_S, Left, address_rests, few_left, watch
from shared.queue.limits import Bucket

_NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
_UNIX = int(_NOW.timestamp())
_OURS = UUID(int=1)
_SHARED = Bucket("address", pace=15, burst=50)


def _headers(
    left: str, *, limit: str = "20", reset: str = str(_UNIX + 1), date: str | None = None
) -> httpx.Headers:
    named = {"RateLimit-Limit": limit, "RateLimit-Remaining": left, "RateLimit-Reset": reset}
    return httpx.Headers(named if date is None else {**named, "Date": date})


@pytest.mark.parametrize(
    ("left", "told"), [("0", 0), ("2", 0), ("3", 1), ("5", 3), ("6", None), ("19", None)]
)
def test_only_few_are_told(left: str, told: int | None) -> None:
    """A quarter of the limit, or less, and of them a tenth of it is left to what is on its way."""
    expected = None if told is None else Left(told, 1.0)

    assert expected == few_left(_headers(left), _NOW)


@pytest.mark.parametrize(
    ("headers", "for_s"),
    [
        (_headers("0", reset=str(_UNIX + 30), date="Tue, 24 Nov 2026 11:59:50 GMT"), 30),
        (_headers("0", reset=str(_UNIX + 90), date="Tue, 24 Nov 2026 12:01:00 GMT"), 30),
        (_headers("0", reset=str(_UNIX + 86_400 * 300)), LONGEST_WINDOW_S),
    ],
)
def test_the_nearer_end_is_believed(headers: httpx.Headers, for_s: float) -> None:
    """By the provider's clock or by ours; and no window is longer than an hour."""
    assert Left(0, for_s) == few_left(headers, _NOW)


@pytest.mark.parametrize(
    "headers",
    [
        httpx.Headers(),
        _headers("0", reset=str(_UNIX)),  # it has ended
        _headers("0", reset="12345678901234"),
        _headers("-1"),
        _headers("2.5"),
        _headers("0", limit="vingt"),
    ],
)
def test_what_cannot_be_read_says_nothing(headers: httpx.Headers) -> None:
    """Absent, past or garbled: the pace holds."""
    assert few_left(headers, _NOW) is None


@dataclass
class Told:
    """Who passes it on."""

    seen: list[tuple[UUID, int]] = field(default_factory=list)
    drained: list[Bucket] = field(default_factory=list)

    def tell(self, habilitation: UUID, *, left: int, for_s: float) -> None:
        assert 0 < for_s <= LONGEST_WINDOW_S
        self.seen.append((habilitation, left))

    def drain(self, buckets: Sequence[Bucket], *, for_s: float) -> None:
        assert 0 < for_s <= LONGEST_WINDOW_S
        self.drained += buckets


async def test_every_answer_of_a_habilitation_is_read() -> None:
    """Whoever asked, for whatever: the connections are watched, not one client's code."""
    soon = str(int(datetime.now(UTC).timestamp()) + 60)

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(503, headers=_headers(request.url.query.decode(), reset=soon))

    told = Told()
    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
        watch(told, http, _OURS, [_SHARED])
        for left in ("12", "3", "0"):
            await http.get(f"https://counter.test/?{left}")

    assert [(_OURS, 1), (_OURS, 0)] == told.seen
    assert [] == told.drained


@pytest.mark.parametrize(
    ("status", "left", "retry_after", "rests_s"),
    [
        (429, "12", "40", 40),  # the habilitation has calls left: it is the address that has not
        (429, "12", "90000", LONGEST_WINDOW_S),
        (429, "0", "40", None),
        (429, "", "40", None),
        (429, "12", "", 1),  # by the end of the window
        (503, "12", "40", None),
        (200, "12", "", None),
    ],
)
def test_a_429_of_the_address_is_everybodys(
    status: int, left: str, retry_after: str, rests_s: float | None
) -> None:
    """One to a habilitation that has calls left; it says for how long."""
    headers = _headers(left)
    headers["Retry-After"] = retry_after

    assert rests_s == address_rests(httpx.Response(status, headers=headers), _NOW)


async def test_an_address_that_called_too_much_is_drained() -> None:
    """The buckets that all its habilitations share, and not this habilitation's own."""
    headers = {"RateLimit-Limit": "20", "RateLimit-Remaining": "9", "Retry-After": "7"}
    answer = httpx.Response(429, headers=headers)
    told = Told()
    async with httpx.AsyncClient(transport=httpx.MockTransport(lambda _request: answer)) as http:
        watch(told, http, _OURS, [_SHARED])
        await http.get("https://counter.test/")

    assert ([], [_SHARED]) == (told.seen, told.drained)
