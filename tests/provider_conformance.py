"""What every provider owes the verifier, as tests to inherit.

    class TestRegister(ProviderConformance):
        provider = make({"url": "https://register.test"})
        certified = Answered(200, {}, b"…")
        about_another = Answered(200, {}, b"…")
        meanings = {NoFile: Answered(404)}

The provider's own calls go to a counter that gives one answer; FAMILY is who is asked about.
"""

import logging
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from typing import ClassVar, get_args

import httpx
import pytest

from services.verifier.asking import Guarded, provenance_of
from services.verifier.contract import Access, Provider
from services.verifier.provider.answer import Answered
from services.verifier.provider.client import LARGEST_BODY, Patience
from shared.application import Application
from shared.evidence import Certified, Outcome, Unavailable, read_facts, write_facts

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
FAMILY = Application.model_validate(
    {
        "scheme": "creches",
        "child": {"birth_name": "Lô", "first_names": ["Zoé"], "birth": "2025-03-04"},
        "applicant": {
            "birth_name": "Lô",
            "first_names": ["Aminata"],
            "sex": "F",
            "birth": "1992-07-19",
            "birth_place": {"country": "99100", "commune": "13055"},
        },
        "identity_assurance": "franceconnect",
        "address": {
            "line": "3 rue des Tilleuls",
            "postcode": "13200",
            "city": "Arles",
            "commune": "13004",
        },
        "structure": "les-mesanges",
        "care": {
            "type": "collectif",
            "start": "2026-09-01",
            "contract_hours": "1518.00",
            "instalments": 11,
        },
        "notice": {"version": "2026-01", "shown_at": "2026-11-20T09:30:00Z"},
    }
)
_TOKEN = "invented.token.value"
_STATUSES = [200, 201, 204, 301, 400, 401, 403, 404, 409, 418, 422, 429, 500, 502, 503, 504, 599]
_BODIES = [
    b"",
    b"null",
    b"[]",
    b"{}",
    b'{"data": null, "errors": null}',
    b'{"cut": ',
    b"\xff\xfe\x00",
    b"[" * 100_000,
    b'{"a":' + b"9" * 5_000 + b"}",
    b"<html>maintenance</html>",
]


class Counter:
    """Gives one answer, or breaks, and remembers what it was asked."""

    def __init__(self, answer: Answered | Exception | httpx.AsyncByteStream) -> None:
        self._answer = answer
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        match self._answer:
            case Exception():
                raise self._answer
            case Answered(status, headers, body):
                return httpx.Response(status, headers=dict(headers), content=body)
        return httpx.Response(200, stream=self._answer)


class Endless(httpx.AsyncByteStream):
    """A body that never ends, and counts what was read of it."""

    def __init__(self) -> None:
        self.sent = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while self.sent < 64 * LARGEST_BODY:
            self.sent += 65_536
            yield b" " * 65_536


async def ask(provider: Provider, counter: Counter) -> Outcome:
    """Ask about the family, as the verifier does."""
    async with httpx.AsyncClient(transport=httpx.MockTransport(counter)) as http:
        access = Access(_TOKEN, "21130004900015", http, 4, Patience())
        async with provider.open(access) as client:
            guarded = Guarded(client, source=provider.source, deadline_s=5)
            return await guarded.verify(FAMILY, NOW)


class ProviderConformance:
    """Inherit, say which provider and what it is answered, and run."""

    provider: ClassVar[Provider]
    certified: ClassVar[Answered]  # about FAMILY
    about_another: ClassVar[Answered]  # a good answer about somebody else
    meanings: ClassVar[Mapping[type, Answered]]  # other outcomes, and an answer that means each

    def test_its_source_is_a_plain_name(self) -> None:
        """It stands beside every figure, in the clear."""
        source = self.provider.source

        assert source == source.lower()
        assert 2 < len(source) <= 100
        assert all(part.isascii() and part.isalnum() for part in source.translate(_DASHES).split())

    async def test_it_certifies_what_it_was_told_of_this_family(self) -> None:
        """Facts of our shape, of its source and time, that can be sealed and read again."""
        outcome = await ask(self.provider, Counter(self.certified))

        assert isinstance(outcome, Certified)
        assert NOW == outcome.facts.provenance.fetched_at
        assert outcome.facts == read_facts(write_facts(outcome.facts))

    async def test_it_certifies_nothing_of_another_family(self) -> None:
        """Nobody gets a fee on somebody else's income."""
        outcome = await ask(self.provider, Counter(self.about_another))

        assert not isinstance(outcome, Certified)

    async def test_each_answer_has_its_outcome(self) -> None:
        """As its author says, out of the closed set."""
        told = {kind: await ask(self.provider, Counter(a)) for kind, a in self.meanings.items()}

        assert set() == set(told) - set(get_args(Outcome))
        assert {kind: kind for kind in told} == {kind: type(told[kind]) for kind in told}

    @pytest.mark.parametrize("status", _STATUSES)
    async def test_any_answer_is_an_outcome(self, status: int) -> None:
        """Whatever comes over the wire; only a 200 of the contract certifies, none raises."""
        for body in _BODIES:
            outcome = await ask(self.provider, Counter(Answered(status, {}, body)))
            provenance = provenance_of(outcome)

            assert isinstance(outcome, get_args(Outcome))
            assert not isinstance(outcome, Certified)
            assert provenance is None or provenance.http_status == status

    @pytest.mark.parametrize(
        "error", [httpx.ConnectError(""), httpx.ReadTimeout(""), httpx.RemoteProtocolError("")]
    )
    async def test_a_network_that_fails_is_unavailable(self, error: Exception) -> None:
        """Asked again later; neither a bug nor an answer about the family."""
        assert isinstance(await ask(self.provider, Counter(error)), Unavailable)

    async def test_an_endless_body_is_cut(self) -> None:
        """No answer fills the memory."""
        stream = Endless()
        await ask(self.provider, Counter(stream))

        assert stream.sent <= LARGEST_BODY + 65_536

    async def test_a_redirect_is_not_followed(self) -> None:
        """It could carry the token and the civil status elsewhere."""
        counter = Counter(Answered(302, {"Location": "https://elsewhere.test/"}))
        await ask(self.provider, counter)

        assert "elsewhere.test" not in {request.url.host for request in counter.requests}

    async def test_the_token_is_in_no_url(self) -> None:
        """URLs are logged on the way, headers are not."""
        counter = Counter(self.certified)
        await ask(self.provider, counter)

        assert counter.requests != []
        assert [] == [request for request in counter.requests if _TOKEN in str(request.url)]

    async def test_it_says_nothing_of_the_family(self, caplog: pytest.LogCaptureFixture) -> None:
        """Not a name, not a token: in no log line of its own, whatever the level."""
        for library in ("httpx", "httpcore"):
            caplog.set_level(logging.CRITICAL, logger=library)
        caplog.set_level(logging.DEBUG)  # last: it sets what is caught, too
        for answer in (self.certified, self.about_another, *self.meanings.values()):
            await ask(self.provider, Counter(answer))

        for secret in (_TOKEN, "Aminata", "AMINATA", "Lô", "1992-07-19"):
            assert secret not in caplog.text

    async def test_the_same_answer_means_the_same(self) -> None:
        """Nothing is kept from one family to the next."""
        counter = Counter(self.certified)

        assert await ask(self.provider, counter) == await ask(self.provider, counter)


_DASHES = str.maketrans("-._/", "    ")
