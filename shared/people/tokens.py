"""Tokens: what a browser or a link shows once more, and the hash that is kept of it.

A token has 256 random bits, so that a plain SHA-256 hides it.
"""

import hashlib
import re
import secrets

_RANDOM_BYTES = 32
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}\Z", re.ASCII)


def mint() -> tuple[str, bytes]:
    """A new token, and the hash to keep."""
    token = secrets.token_urlsafe(_RANDOM_BYTES)
    return token, hash_of(token)


def hash_of(token: str) -> bytes:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).digest()


def looks_like_one(text: str) -> bool:
    """Whether this can be a token at all; if not, nobody need ask the record."""
    return _TOKEN.match(text) is not None
