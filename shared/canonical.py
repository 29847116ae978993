"""Canonical JSON (RFC 8785): the same content gives the same bytes, hence the same digest.

What we write (ASCII keys, texts, counts, no floats) comes from the standard library's encoder, in
C; anything else from `rfc8785`, in Python, which took two fifths of a decision. A test by property
holds both to the same bytes.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import rfc8785

_SAFE = 2**53 - 1  # beyond it another reader of JSON would round an integer


def canonical_json(content: Mapping[str, Any]) -> bytes:
    """The canonical bytes of a JSON object; floats are refused by convention, never near money."""
    whole = dict(content)
    if not _plain(whole):
        return rfc8785.dumps(whole)
    return json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _plain(value: object) -> bool:
    """Whether both encoders agree on it: no float, no large integer, and keys that sort alike."""
    kind = type(value)
    if kind is str or value is None or kind is bool:
        return True
    if isinstance(value, dict):
        return all(type(key) is str and key.isascii() for key in value) and all(
            map(_plain, value.values())
        )
    if isinstance(value, list | tuple):
        return all(map(_plain, value))
    return kind is int and -_SAFE <= value <= _SAFE  # type: ignore[operator]


def digest(content: bytes) -> str:
    """SHA-256 in hexadecimal, marked with its algorithm."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"
