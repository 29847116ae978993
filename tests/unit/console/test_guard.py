"""The page answers under its own names only."""

import pytest

from services.console.guard import host_admitted
from tests.console_house import console

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


@pytest.mark.parametrize("origin", ["null", "http://ailleurs.exemple.com", "http://[", "localhost"])
async def test_a_form_comes_from_here(origin: str) -> None:
    """Whatever a browser says of where it comes from, if it is not here it is refused."""
    answer = await console().post("/sortir", headers={"Origin": origin})

    assert (403, "Ce formulaire vient d’ailleurs.\n") == (answer.status_code, answer.text)
