"""One try: where it connects to, what it makes of what it meets, and what it never does."""

import asyncio
import ssl
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from services.notifier.resolving import Lookup
from services.notifier.sending import Sender
from shared.webhooks.event import Event
from shared.webhooks.outcomes import Delivered, Failed, Failure, Gone, Outcome
from shared.webhooks.signing import mint_secret
from tests.integration.deploy.certificates import certify
from tests.integration.notifier.receiver import receiving

if TYPE_CHECKING:
    from tests.integration.notifier.receiver import Receiver

_KEY = mint_secret()


def _told(*addresses: str) -> Lookup:
    """A resolver that tells these, and remembers nothing."""

    async def lookup(_host: str, _port: int) -> Sequence[str]:
        if not addresses:
            raise OSError("unknown name")
        return addresses

    return lookup


async def _try(url: str, lookup: Lookup, **choices: object) -> Outcome:
    given = {"clock": lambda: datetime.now(UTC), "loopback": True, "deadline_s": 2.0, **choices}
    sender = Sender(lookup, **given)  # type: ignore[arg-type]
    try:
        return await sender.send(Event(uuid4(), "p", 0, datetime.now(UTC)), url, [_KEY])
    finally:
        await sender.close()


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, Delivered(200)),
        (202, Delivered(202)),
        (299, Delivered(299)),
        (302, Failed(Failure.REDIRECTED, 302)),
        (400, Failed(Failure.ANSWERED, 400)),
        (404, Failed(Failure.ANSWERED, 404)),
        (410, Gone()),
        (429, Failed(Failure.ANSWERED, 429)),
        (500, Failed(Failure.ANSWERED, 500)),
    ],
)
async def test_what_is_answered_is_an_outcome(
    receiver: "Receiver", status: int, outcome: Outcome
) -> None:
    """By its status alone, after one request."""
    receiver.answer = lambda _: (status, {"location": receiver.url}, b"")

    assert outcome == await _try(receiver.url, _told())
    assert 1 == len(receiver.received)


async def test_the_name_is_said_and_the_address_is_used(receiver: "Receiver") -> None:
    """A name that nobody knows but our look-up: the connection goes to what it told."""
    url = receiver.url.replace("127.0.0.1", "localhost")

    assert Delivered(204) == await _try(url, _told("127.0.0.1"))
    assert url.split("/")[2] == receiver.received[0].headers["host"]


@pytest.mark.parametrize(
    "addresses",
    [
        ["10.0.0.1"],
        ["169.254.169.254"],
        ["127.0.0.1"],
        ["::1"],
        ["1.1.1.1", "10.0.0.1"],
        ["::ffff:127.0.0.1"],
        ["fe80::1%lo"],
    ],
)
async def test_a_name_that_leads_inwards_is_refused(addresses: list[str]) -> None:
    """Whole, if one of its addresses does: nobody is connected to."""
    outcome = await _try("https://portail.example/", _told(*addresses), loopback=False)

    assert Failed(Failure.TARGET_REFUSED) == outcome


async def test_an_address_written_as_a_number_is_looked_at_too(receiver: "Receiver") -> None:
    """It never passes by a look-up."""
    assert Failed(Failure.TARGET_REFUSED) == await _try(receiver.url, _told(), loopback=False)
    assert [] == receiver.received


@pytest.mark.parametrize("number", ["2130706433", "0x7f000001", "0177.0.0.1", "127.1"])
async def test_an_address_written_oddly_is_a_name(number: str) -> None:
    """Its look-up is checked like any other: here, what the system's would tell."""
    outcome = await _try(f"https://{number}/", _told("127.0.0.1"), loopback=False)

    assert Failed(Failure.TARGET_REFUSED) == outcome


async def test_an_unknown_name_waits(receiver: "Receiver") -> None:
    """A name may be unknown for an hour."""
    url = receiver.url.replace("127.0.0.1", "localhost")

    assert Failed(Failure.NAME_UNKNOWN) == await _try(url, _told())


async def test_a_port_that_nobody_listens_on_is_unreachable() -> None:
    """A later try may find somebody."""
    assert Failed(Failure.UNREACHABLE) == await _try("http://127.0.0.1:1/", _told())


async def test_an_address_that_does_not_answer_leaves_the_next(receiver: "Receiver") -> None:
    """Only while nothing was sent: the second address is heard."""
    url = receiver.url.replace("127.0.0.1", "localhost")

    assert Delivered(204) == await _try(url, _told("127.0.0.9", "127.0.0.1"))


async def test_one_that_hangs_ends_at_the_deadline(receiver: "Receiver") -> None:
    """However long it would have taken."""

    def answer(_: object) -> tuple[int, dict[str, str], bytes]:
        receiver.hang(10)
        return 204, {}, b""

    receiver.answer = answer

    assert Failed(Failure.TOO_SLOW) == await _try(receiver.url, _told(), deadline_s=0.3)


async def test_a_look_up_that_hangs_ends_at_the_deadline() -> None:
    """The same deadline holds for it."""

    async def lookup(_host: str, _port: int) -> Sequence[str]:
        await asyncio.sleep(30)
        return []

    outcome = await _try("https://portail.example/", lookup, deadline_s=0.3)

    assert Failed(Failure.TOO_SLOW) == outcome


@pytest.mark.parametrize(
    ("name", "trusted", "outcome"),
    [
        ("portail.example", True, Delivered(204)),
        ("autre.example", True, Failed(Failure.CERTIFICATE_REFUSED)),
        ("portail.example", False, Failed(Failure.CERTIFICATE_REFUSED)),
    ],
)
async def test_a_certificate_is_held_against_the_name(
    tmp_path: Path, name: str, *, trusted: bool, outcome: Outcome
) -> None:
    """Though the connection is made to an address."""
    made = certify("portail.example", tmp_path)
    theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    theirs.load_cert_chain(made.certificate, made.key)
    ours = ssl.create_default_context(cafile=str(made.authority) if trusted else None)
    with receiving(theirs) as receiver:
        url = receiver.url.replace("http://127.0.0.1", f"https://{name}")

        assert outcome == await _try(url, _told("127.0.0.1"), verify=ours)
