"""Canonical JSON (RFC 8785): the same content gives the same bytes, hence the same digest."""

import hashlib
from collections.abc import Mapping
from typing import Any

import rfc8785


def canonical_json(content: Mapping[str, Any]) -> bytes:
    """The canonical bytes of a JSON object; floats are refused by convention, never near money."""
    return rfc8785.dumps(dict(content))


def digest(content: bytes) -> str:
    """SHA-256 in hexadecimal, marked with its algorithm."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"
