"""The page answers under its own names only."""

import pytest

from services.console.guard import host_admitted

_NAMES = frozenset({"127.0.0.1", "localhost", "[::1]", "veille.exemple.fr"})


@pytest.mark.parametrize(
    ("header", "admitted"),
    [
        ("127.0.0.1", True),
        ("127.0.0.1:8001", True),
        ("LOCALHOST:8001", True),
        ("[::1]", True),
        ("[::1]:8001", True),
        ("veille.exemple.fr", True),
        ("", False),
        ("ailleurs.exemple.com", False),
        ("127.0.0.1.exemple.com", False),
        ("localhost:8001.exemple.com", False),
        ("127.0.0.1:", True),
        ("exemple.com:127.0.0.1", False),
    ],
)
def test_a_host_is_admitted_by_its_name(header: str, admitted: bool) -> None:  # noqa: FBT001
    """Loopback names and the configured one, whatever the port; nothing that only looks so."""
    assert admitted is host_admitted(header, _NAMES)
