"""The keys of portals: what a portal shows with each request, and the hash that is kept of it."""

import hashlib
import re
import secrets
from enum import StrEnum

_PREFIX = "berceau_"  # so that a key that leaks is recognised for what it is
_RANDOM_BYTES = 32
_KEY = re.compile(rf"{_PREFIX}[A-Za-z0-9_-]{{43}}\Z", re.ASCII)


class Scope(StrEnum):
    """What a key may be used for; a key has one or more."""

    APPLICATIONS_WRITE = "applications:write"  # hand in, admit, withdraw
    APPLICATIONS_READ = "applications:read"  # where an application stands, its estimate
    DECISIONS_READ = "decisions:read"  # the fee and its explanation
    EXPORTS_READ = "exports:read"  # the decisions of a whole authority, whoever brought them


USUAL = (Scope.APPLICATIONS_WRITE, Scope.APPLICATIONS_READ, Scope.DECISIONS_READ)
"""What a portal's key is for unless something else is said: its own applications, and no others."""


def mint_key() -> tuple[str, bytes]:
    """A new key, to be shown once to the portal's owner, and the hash to keep."""
    key = _PREFIX + secrets.token_urlsafe(_RANDOM_BYTES)
    return key, hash_of(key)


def hash_of(key: str) -> bytes:
    """What is kept of a key: it has 256 random bits, so that a plain SHA-256 hides it."""
    return hashlib.sha256(key.encode()).digest()


def looks_like_a_key(text: str) -> bool:
    """Whether this can be a key at all; if not, nobody need ask the record."""
    return _KEY.match(text) is not None
