"""Traces: the W3C `traceparent` that follows an application from its request to its decision."""

import re
import secrets

_TRACEPARENT = re.compile(
    r"(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}\Z"
)


def traceparent(given: str | None) -> str:
    """The caller's trace when it is valid, else a new one."""
    if given is not None and _TRACEPARENT.match(given):
        return given
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-00"


def trace_id(trace: str) -> str:
    """The part of a traceparent that names the whole trace."""
    return trace.split("-")[1]
