"""When to come back: as told, within one second and a day, whatever the text."""

from datetime import datetime, timedelta

import pytest

from services.verifier.provider.comeback import after, from_headers


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "30"}, 30),
        ({"retry-after": " 30 "}, 30),
        ({"retry-after": "0"}, 1),
        ({"retry-after": "9999999999"}, 86400),
        ({"retry-after": "Mon, 23 Nov 2026 09:31:00 GMT"}, 60),
        ({"retry-after": "Mon, 23 Nov 2026 09:31:00 -0000"}, 60),
        ({"retry-after": "Mon, 23 Nov 2099 09:31:00 GMT"}, 86400),
        ({"retry-after": "Mon, 23 Nov 2026 09:29:00 GMT"}, None),
        ({"retry-after": "Mon, 01 Jan 0001 00:00:00 +2359"}, None),
        ({"retry-after": "-5", "ratelimit-reset": "1795426210"}, 10),
        ({"retry-after": "²", "ratelimit-reset": "9999999999"}, 86400),
        ({"ratelimit-reset": "1795426200"}, None),
        ({"ratelimit-reset": "9" * 40}, None),
        ({"ratelimit-reset": "tomorrow"}, None),
        ({}, None),
    ],
    ids=str,
)
def test_headers_say_when(now: datetime, headers: dict[str, str], seconds: int | None) -> None:
    """Retry-After first, then RateLimit-Reset; the past and garbage say nothing."""
    expected = None if seconds is None else now + timedelta(seconds=seconds)

    assert expected == from_headers(headers, now)


@pytest.mark.parametrize(
    ("told", "seconds"), [(None, None), (-1, None), (0, 1), (45, 45), (10**12, 86400)]
)
def test_seconds_are_bounded(now: datetime, told: int | None, seconds: int | None) -> None:
    """Never at once, never later than tomorrow."""
    expected = None if seconds is None else now + timedelta(seconds=seconds)

    assert expected == after(told, now)
