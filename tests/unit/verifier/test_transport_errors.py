"""Each way a connection breaks has its name, seen on real sockets of this machine."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qsl

import aiohttp
import httpx
import pytest
from aiohttp.http_exceptions import BadStatusLine, HttpProcessingError
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from services.verifier.provider.answer import Answer, Answered, Failure, Unanswered
from services.verifier.provider.auth import by_habilitation
from services.verifier.provider.client import LARGEST_BODY, Exchange, Patience, open_http
from services.verifier.provider.endpoint import EAJE
from services.verifier.provider.particulier import ApiParticulier
from services.verifier.provider.query import query_for
from services.verifier.provider.transport_errors import TRANSPORT_ERRORS, failure_of
from shared.application import Application
from shared.civil_status import CivilStatus

Conversation = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
_CALM = Patience(slot=5.0, connect=5.0, read=5.0, total=20.0)
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/vnd.api+json\r\n"


@asynccontextmanager
async def _server(talk: Conversation, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """A server of one conversation a connection, on a free port."""
    conversations = set[asyncio.Task[None]]()

    async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await talk(reader, writer)
        finally:
            writer.close()

    def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        conversations.add(asyncio.create_task(hold(reader, writer)))

    server = await asyncio.start_server(meet, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for conversation in conversations:
            conversation.cancel()
        await asyncio.gather(*conversations, return_exceptions=True)


async def _ask(person: CivilStatus, url: str, patience: Patience = _CALM) -> Answer:
    async with open_http(connections=2, patience=patience) as http:
        api = ApiParticulier(Exchange(http, patience=patience), EAJE, url, "21130004900015")
        return await api.ask(by_habilitation("t"), query_for(person))


async def _silent(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    await asyncio.sleep(30)


async def _deaf(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(30)


async def _leaving(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")


async def _slamming(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.transport.abort()


async def _babbling(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"SSH-2.0-OpenSSH\r\n\r\n")
    await writer.drain()


async def _interrupted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(_HEAD + b'Content-Length: 500\r\n\r\n{"data":')
    await writer.drain()


async def _cut_off(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await _interrupted(reader, writer)
    await asyncio.sleep(0.05)
    writer.transport.abort()


async def _stalling(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await _interrupted(reader, writer)
    await asyncio.sleep(30)


async def _dripping(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await _interrupted(reader, writer)
    for _ in range(1000):
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.05)


async def _miscounting(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(_HEAD + b"Transfer-Encoding: chunked\r\n\r\nnot hexadecimal\r\n")
    await writer.drain()


async def _misencoding(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(_HEAD + b"Content-Encoding: gzip\r\nContent-Length: 5\r\n\r\nplain")
    await writer.drain()


async def _flooding(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(_HEAD + b"Connection: close\r\n\r\n" + b" " * (LARGEST_BODY + 100_000))
    await writer.drain()


@pytest.mark.parametrize(
    ("talk", "failure"),
    [
        (_leaving, Failure.RESET),
        (_slamming, Failure.RESET),
        (_babbling, Failure.MALFORMED),
        (_interrupted, Failure.MID_BODY),
        (_cut_off, Failure.MID_BODY),
        (_miscounting, Failure.MALFORMED),
        (_misencoding, Failure.MALFORMED),
        (_flooding, Failure.TOO_LARGE),
    ],
    ids=lambda value: getattr(value, "__name__", str(value)),
)
async def test_a_bad_conversation_has_its_name(
    application: Application, talk: Conversation, failure: Failure
) -> None:
    """However the server behaves, the answer is one name."""
    async with _server(talk) as port:
        answer = await _ask(application.applicant, f"http://127.0.0.1:{port}")

    assert answer == Unanswered(failure)


@pytest.mark.parametrize("talk", [_silent, _stalling])
async def test_silence_is_a_read_too_slow(application: Application, talk: Conversation) -> None:
    """Before the headers or within the body, silence ends the call."""
    patience = Patience(slot=5.0, connect=5.0, read=0.2, total=20.0)
    async with _server(talk) as port:
        answer = await _ask(application.applicant, f"http://127.0.0.1:{port}", patience)

    assert answer == Unanswered(Failure.READ_TIMEOUT)


async def test_a_dripping_body_meets_the_deadline(application: Application) -> None:
    """Each byte is in time, the whole is not."""
    patience = Patience(slot=5.0, connect=5.0, read=5.0, total=0.4)
    async with _server(_dripping) as port:
        answer = await _ask(application.applicant, f"http://127.0.0.1:{port}", patience)

    assert answer == Unanswered(Failure.DEADLINE)


async def test_a_closed_port_is_a_refusal(application: Application) -> None:
    """Nobody listens on a port that is bound and no more."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        answer = await _ask(application.applicant, f"http://127.0.0.1:{bound.getsockname()[1]}")

    assert answer == Unanswered(Failure.REFUSED)


async def test_an_unknown_host_is_named(application: Application) -> None:
    """`.invalid` never resolves (RFC 2606)."""
    answer = await _ask(application.applicant, "http://counter.invalid")

    assert answer == Unanswered(Failure.UNKNOWN_HOST)


async def test_a_server_that_does_not_speak_tls_is_named(application: Application) -> None:
    """Plain text where a handshake is due is a fault of TLS."""

    async def plain(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await writer.drain()
        await asyncio.sleep(0.5)

    async with _server(plain) as port:
        answer = await _ask(application.applicant, f"https://127.0.0.1:{port}")

    assert answer == Unanswered(Failure.TLS)


async def test_a_handshake_that_never_comes_is_a_connection_too_slow(
    application: Application,
) -> None:
    """A server that accepts and stays silent before TLS is not connected yet."""
    patience = Patience(slot=5.0, connect=0.2, read=5.0, total=20.0)
    async with _server(_deaf) as port:
        answer = await _ask(application.applicant, f"https://127.0.0.1:{port}", patience)

    assert answer == Unanswered(Failure.CONNECT_TIMEOUT)


@pytest.mark.filterwarnings("ignore:Unclosed:ResourceWarning")
async def test_an_unknown_certificate_is_refused(application: Application, tmp_path: Path) -> None:
    """TLS is verified: a self-signed counter gets neither token nor civil status."""
    heard = list[bytes]()

    async def listen(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.read(1))

    async with _server(listen, _self_signed(tmp_path)) as port:
        answer = await _ask(application.applicant, f"https://127.0.0.1:{port}")

    assert answer == Unanswered(Failure.TLS)
    assert not any(heard)


async def _good(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(_HEAD + b"Content-Length: 2\r\n\r\n{}")
    await writer.drain()


async def test_the_way_out_of_the_house_is_taken(
    application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The environment's proxy is asked for what is not on this machine."""
    async with _server(_good) as port:
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{port}")
        answer = await _ask(application.applicant, "http://counter.invalid")

    assert answer == Answered(200, {}, b"{}")


async def test_a_closed_way_out_is_named(
    application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy that is down is not the provider's fault."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")

    assert await _ask(application.applicant, "http://counter.invalid") == Unanswered(Failure.PROXY)


async def test_this_machine_is_reached_without_a_proxy(
    application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A simulator on this machine works wherever a proxy is set."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    async with _server(_good) as port:
        answer = await _ask(application.applicant, f"http://127.0.0.1:{port}")

    assert answer == Answered(200, {}, b"{}")


async def test_a_good_conversation_is_an_answer(application: Application) -> None:
    """Over a real connection, the query arrives as it was meant and the answer comes back."""
    received = list[bytes]()

    async def good(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        received.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(_HEAD + b"X-Request-Id: 0b7e\r\nContent-Length: 2\r\n\r\n{}")
        await writer.drain()

    async with _server(good) as port:
        answer = await _ask(application.applicant, f"http://127.0.0.1:{port}")

    assert answer == Answered(200, {"x-request-id": "0b7e"}, b"{}")
    target = received[0].split(b" ")[1].decode("ascii").partition("?")[2]
    query = parse_qsl(target, strict_parsing=True)
    assert ("nomNaissance", "Lô") in query
    assert [name for key, name in query if key == "prenoms[]"] == ["Aminata", "Rose"]
    assert b"\r\nuser-agent: berceau/" in received[0].lower()


def test_every_error_of_httpx_has_its_row() -> None:
    """A new kind of failure in httpx must be given a name before it is shipped."""
    kinds = _kinds_below(httpx.TransportError) - {
        httpx.TransportError,
        httpx.UnsupportedProtocol,  # a base URL that is not http: nothing was ever sent
    }

    assert [] == [
        kind.__name__ for kind in kinds if failure_of(kind("Aminata")) is Failure.TRANSPORT
    ]


def test_every_error_of_the_transport_is_caught() -> None:
    """What the client catches covers all that httpx and aiohttp can raise."""
    roots = (httpx.HTTPError, httpx.StreamError, aiohttp.ClientError, HttpProcessingError)
    kinds = set[type[Exception]]().union(*map(_kinds_below, roots))

    assert [] == [kind.__name__ for kind in kinds if not issubclass(kind, TRANSPORT_ERRORS)]


def test_the_cause_tells_more_than_the_error() -> None:
    """`httpx_aiohttp` says `ConnectTimeout` for nearly all: the table looks underneath."""
    error = httpx.ConnectTimeout("")
    error.__cause__ = aiohttp.ServerDisconnectedError()

    assert failure_of(error) is Failure.RESET
    assert failure_of(httpx.ConnectTimeout("")) is Failure.CONNECT_TIMEOUT
    assert failure_of(BadStatusLine("x")) is Failure.MALFORMED


def test_a_chain_that_never_ends_is_followed_a_little() -> None:
    """A circle of causes does not hang the worker."""
    first, second = httpx.HTTPError(""), httpx.HTTPError("")
    first.__cause__, second.__cause__ = second, first

    assert failure_of(first) is Failure.TRANSPORT


def _kinds_below(kind: type[Exception]) -> set[type[Exception]]:
    return {kind}.union(*map(_kinds_below, kind.__subclasses__()))


def _self_signed(folder: Path) -> ssl.SSLContext:
    """A TLS server whose certificate nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    path = folder / "server.pem"
    path.write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(pem)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context
