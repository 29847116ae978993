"""Failures of the transport, told apart by our own table.

Through `httpx_aiohttp`, a refused connection, an unknown host and a peer that hangs up all come as
`httpx.ConnectTimeout`: only the cause underneath says which. Hence two tables, the cause first. The
messages of these exceptions hold the URL, which is personal data: only the name goes further.
"""

import ssl
from collections.abc import Iterator

import aiohttp
import httpx
from aiohttp.http_exceptions import HttpProcessingError

from services.verifier.provider.answer import Failure

TRANSPORT_ERRORS = (
    httpx.HTTPError,
    httpx.StreamError,
    httpx.InvalidURL,
    aiohttp.ClientError,
    HttpProcessingError,
    OSError,
)

# The first row that fits wins: the special before the general.
_CAUSES: tuple[tuple[type[Exception], Failure], ...] = (
    (aiohttp.ClientConnectorDNSError, Failure.UNKNOWN_HOST),
    (aiohttp.ClientProxyConnectionError, Failure.PROXY),
    (aiohttp.ClientHttpProxyError, Failure.PROXY),
    (ssl.SSLError, Failure.TLS),
    (aiohttp.ConnectionTimeoutError, Failure.CONNECT_TIMEOUT),
    (aiohttp.ServerTimeoutError, Failure.READ_TIMEOUT),
    (ConnectionRefusedError, Failure.REFUSED),
    (aiohttp.ClientConnectorError, Failure.UNREACHABLE),
    (aiohttp.ClientPayloadError, Failure.MID_BODY),
    (aiohttp.ServerDisconnectedError, Failure.RESET),
    (aiohttp.ClientOSError, Failure.RESET),
    (ConnectionError, Failure.RESET),
    (aiohttp.ClientResponseError, Failure.MALFORMED),
    (HttpProcessingError, Failure.MALFORMED),
)

_HTTPX: tuple[tuple[type[Exception], Failure], ...] = (
    (httpx.PoolTimeout, Failure.POOL_FULL),
    (httpx.ConnectTimeout, Failure.CONNECT_TIMEOUT),
    (httpx.TimeoutException, Failure.READ_TIMEOUT),
    (httpx.ConnectError, Failure.UNREACHABLE),
    (httpx.ProxyError, Failure.PROXY),
    (httpx.NetworkError, Failure.RESET),
    (httpx.ProtocolError, Failure.MALFORMED),
    (httpx.DecodingError, Failure.MALFORMED),
)


def failure_of(error: BaseException) -> Failure:
    """The name of a transport failure; `Failure.TRANSPORT` when nothing more is known."""
    chain = list(_chain(error))
    for table in (_CAUSES, _HTTPX):
        for kind, failure in table:
            if any(isinstance(link, kind) for link in chain):
                return failure
    return Failure.TRANSPORT


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error and what caused it, outermost first; at most eight links."""
    for _ in range(8):
        if error is None:
            return
        yield error
        error = error.__cause__ or error.__context__
