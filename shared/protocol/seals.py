"""Seals: what is signed of a day of the journal, and the Ed25519 key that signs it.

A seal covers the Merkle root over the heads of all chains at the end of a UTC day, and the root of
the day before: the seals are themselves a chain, so that a day taken out of it shows.
"""

import base64
import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Self
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from shared.canonical import canonical_json
from shared.errors import SettingsError
from shared.protocol.journal import Head
from shared.protocol.merkle import leaf_hash

_PURPOSE = "berceau.journal.seal.v1"  # a signature made for this is good for nothing else
_PUBLIC_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Seal:
    """A day of the journal: how many chains had begun by its end (UTC), and their root.

    `previous` is the root of the day before; None for the first day that was ever sealed.
    """

    day: date
    heads: int
    root: bytes
    previous: bytes | None

    def content(self) -> bytes:
        """The bytes that are signed."""
        return canonical_json(
            {
                "purpose": _PURPOSE,
                "day": self.day.isoformat(),
                "heads": self.heads,
                "root": self.root.hex(),
                "previous": None if self.previous is None else self.previous.hex(),
            }
        )

    def signed_by(self, public_key: bytes, signature: bytes) -> bool:
        """Whether this key (32 bytes) signed exactly this."""
        try:
            Ed25519PublicKey.from_public_bytes(public_key).verify(signature, self.content())
        except (InvalidSignature, ValueError):
            return False
        return True


class SealKey:
    """The private key of the seals. Whoever can write to the database must not have it."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key

    @classmethod
    def new(cls) -> Self:
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a key's PEM file.

        Raises:
            SettingsError: when the file is missing or holds no Ed25519 key.
        """
        try:
            key = load_pem_private_key(path.read_bytes(), password=None)
        except (OSError, ValueError, TypeError) as broken:
            raise SettingsError(_NO_KEY) from broken
        if not isinstance(key, Ed25519PrivateKey):
            raise SettingsError(_NO_KEY)
        return cls(key)

    def write(self, path: Path) -> None:
        """Write the key, readable by its owner only; an existing file is never overwritten."""
        pem = self._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(pem)

    @property
    def public(self) -> bytes:
        """The public key, 32 bytes."""
        return self._key.public_key().public_bytes_raw()

    def sign(self, seal: Seal) -> bytes:
        """The signature of a seal, 64 bytes."""
        return self._key.sign(seal.content())


def head_leaf(application_id: UUID, head: Head) -> bytes:
    """The leaf of one chain: its application, and where it stood."""
    sequence = head.sequence.to_bytes(8, "big", signed=True)
    return leaf_hash(application_id.bytes + sequence + head.hash)


def public_text(public_key: bytes) -> str:
    """A public key as people pass it on: base64."""
    return base64.b64encode(public_key).decode()


def read_public(text: str) -> bytes:
    """Read a public key that `public_text` wrote.

    Raises:
        ValueError: when the text is not 32 bytes in base64.
    """
    try:
        key = base64.b64decode(text, validate=True)
    except ValueError as broken:  # binascii's among them
        raise ValueError("not base64") from broken
    if len(key) != _PUBLIC_KEY_BYTES:
        raise ValueError("not 32 bytes")
    return key


_NO_KEY = "BERCEAU_SEAL_KEY_FILE: no readable Ed25519 key; make one with `berceau journal key`"
