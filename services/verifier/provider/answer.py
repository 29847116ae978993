"""What one call brought back: an answer of some status, or a named reason why there is none.

Nothing here holds the query: it is a civil status, hence personal data, and so is the body, which
therefore stays out of every `repr`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

REQUEST_ID = "x-request-id"
CACHED = "x-response-cached"
RETRY_AFTER = "retry-after"
RATE_LIMIT = "ratelimit-limit"
RATE_LIMIT_REMAINING = "ratelimit-remaining"
RATE_LIMIT_RESET = "ratelimit-reset"
HEADERS_OF_INTEREST = (
    REQUEST_ID,
    CACHED,
    RETRY_AFTER,
    RATE_LIMIT,
    RATE_LIMIT_REMAINING,
    RATE_LIMIT_RESET,
)


class Failure(StrEnum):
    """Why a call ended without an answer."""

    REFUSED = "connection_refused"  # nobody listens there
    UNREACHABLE = "unreachable"  # no route, or another fault of the network
    UNKNOWN_HOST = "unknown_host"  # the name of the host cannot be resolved
    TLS = "tls"  # no secure connection: certificate or handshake
    PROXY = "proxy"  # our own way out refused
    CONNECT_TIMEOUT = "connect_timeout"
    READ_TIMEOUT = "read_timeout"  # connected, then silence
    DEADLINE = "deadline"  # the whole call took too long, drop by drop
    POOL_FULL = "pool_full"  # no connection of ours came free in time
    RESET = "reset"  # closed before any answer
    MID_BODY = "mid_body"  # closed in the middle of the answer
    MALFORMED = "malformed_http"  # what came back is not HTTP
    TOO_LARGE = "too_large"  # the body exceeds any plausible answer
    TRANSPORT = "transport"  # anything else below HTTP
    UNSENDABLE = "unsendable_token"  # never left: a header cannot hold it


@dataclass(frozen=True, slots=True)
class Answered:
    """An HTTP answer: its status, the headers of interest (lower-case names), its bounded body."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Unanswered:
    """No answer at all, and why."""

    failure: Failure


Answer = Answered | Unanswered
