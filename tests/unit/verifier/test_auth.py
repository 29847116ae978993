"""What can be read off a token, and what cannot."""

import json
from base64 import urlsafe_b64encode
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.verifier.provider.auth import token_expiry


def _jwt(claims: object, *, padded: bool = False) -> str:
    written = urlsafe_b64encode(json.dumps(claims).encode()).decode()
    return f"eyJhbGciOiJIUzI1NiJ9.{written if padded else written.rstrip('=')}.signature"


@pytest.mark.parametrize("padded", [True, False])
def test_a_token_says_when_it_ends(*, padded: bool) -> None:
    """Without its signature being checked: the counter does that."""
    claims = {"sub": "commune", "exp": 1_795_426_200}

    assert datetime(2026, 11, 23, 9, 30, tzinfo=UTC) == token_expiry(_jwt(claims, padded=padded))


@pytest.mark.parametrize(
    "token",
    [
        "",
        "opaque",
        "a.b",
        "a.b.c",
        "é.é.é",
        "a." + "A" * 20_000 + ".c",
        _jwt({}),
        _jwt([]),
        _jwt({"exp": None}),
        _jwt({"exp": "1795426200"}),
        _jwt({"exp": -1}),
        _jwt({"exp": 10**30}),
        _jwt({"exp": 1.5}),
    ],
    ids=lambda token: token[:40],
)
def test_what_does_not_say_is_unknown(token: str) -> None:
    """No guess, and no exception."""
    assert token_expiry(token) is None


@given(st.text() | st.builds(_jwt, st.dictionaries(st.text(), st.integers() | st.text())))
def test_any_token_is_read_or_unknown(token: str) -> None:
    """A moment with its zone, or None."""
    expires = token_expiry(token)

    assert expires is None or expires.tzinfo is UTC
