"""Parents: the W3C `traceparent` that follows an application from its request to its webhook."""

import re
import secrets

_TRACEPARENT = re.compile(
    r"(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}\Z"
)


def is_traceparent(text: str | None) -> bool:
    """Whether this is a whole traceparent."""
    return text is not None and _TRACEPARENT.match(text) is not None


def traceparent(given: str | None) -> str:
    """The caller's trace when it is valid, else a new one."""
    if given is not None and is_traceparent(given):
        return given
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-00"


def trace_id(trace: str) -> str:
    """The part of a traceparent that names the whole trace."""
    return trace.split("-")[1]


def correlation(trace: str | None) -> str | None:
    """What every log line about an application has in common; None where nothing was handed on."""
    return trace_id(trace) if trace is not None and is_traceparent(trace) else None
