"""Sealing: envelope encryption of personal data, and blind indexes to find without opening.

Each application has one AES-256-GCM data key, wrapped by a key of the ring; what is sealed is
bound to its place by associated data, so that no ciphertext can be moved to another row. Destroying
the data key is the erasure. A ring key is never used on personal data itself.
"""

import base64
import hashlib
import hmac
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.errors import SealingError, SettingsError

_KEY_BYTES = 32
_NONCE_BYTES = 12


@dataclass(frozen=True, slots=True, repr=False)
class DataKey:
    """The key of one application, in the clear: it lives in memory only."""

    key: bytes

    @classmethod
    def new(cls) -> Self:
        return cls(os.urandom(_KEY_BYTES))

    def seal(self, content: bytes, *, place: str) -> bytes:
        """Encrypt; `place` (table, column and id) must be the same when it is opened."""
        return _encrypt(self.key, content, place)

    def open(self, sealed: bytes, *, place: str) -> bytes:
        """Decrypt.

        Raises:
            SealingError: when the key, the bytes or the place differ.
        """
        return _decrypt(self.key, sealed, place)


@dataclass(frozen=True, slots=True)
class WrappedKey:
    """A data key as it is stored: under the named key of the ring."""

    ring_key: str
    wrapped: bytes


@dataclass(frozen=True, slots=True, repr=False)
class KeyRing:
    """The ring of wrapping keys by name, the one in use, and the key of the blind indexes."""

    current: str
    keys: Mapping[str, bytes]
    index_key: bytes

    @classmethod
    def new(cls, name: str) -> Self:
        return cls(name, {name: os.urandom(_KEY_BYTES)}, os.urandom(_KEY_BYTES))

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read the ring's file.

        Raises:
            SettingsError: when the file is missing or is not a ring.
        """
        try:
            content = json.loads(path.read_text())
            keys = {name: base64.b64decode(key) for name, key in content["keys"].items()}
            ring = cls(content["current"], keys, base64.b64decode(content["index_key"]))
        except (OSError, ValueError, KeyError, AttributeError, TypeError) as broken:
            raise SettingsError(
                "BERCEAU_KEY_RING_FILE: no readable key ring; put back the copy that was kept, for "
                "nothing that is sealed opens without it (`berceau keys new`: before the first use)"
            ) from broken
        all_keys = [*keys.values(), ring.index_key]
        if ring.current not in ring.keys or any(len(key) != _KEY_BYTES for key in all_keys):
            raise SettingsError(
                "BERCEAU_KEY_RING_FILE: the ring lacks its current key, or a key is not of 256 bits"
            )
        return ring

    def write(self, path: Path) -> None:
        """Write the ring, readable by its owner only; an existing file is never overwritten."""
        content = {
            "current": self.current,
            "keys": {name: base64.b64encode(key).decode() for name, key in self.keys.items()},
            "index_key": base64.b64encode(self.index_key).decode(),
        }
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(content, file, indent=2)

    def wrap(self, data_key: DataKey) -> WrappedKey:
        """Wrap a data key with the ring's current key."""
        return WrappedKey(self.current, _encrypt(self.keys[self.current], data_key.key, "data-key"))

    def unwrap(self, stored: WrappedKey) -> DataKey:
        """Open a data key.

        Raises:
            SealingError: when the ring has lost the key that wrapped it.
        """
        if stored.ring_key not in self.keys:
            raise SealingError(f"the key ring has no key named {stored.ring_key!r}")
        return DataKey(_decrypt(self.keys[stored.ring_key], stored.wrapped, "data-key"))

    def seal_secret(self, secret: str) -> bytes:
        """Seal a secret of ours (a provider's token): the ring key's name travels with it."""
        sealed = _encrypt(self.keys[self.current], secret.encode(), "secret")
        return self.current.encode() + b"\0" + sealed

    def open_secret(self, sealed: bytes) -> str:
        """Open a secret of ours.

        Raises:
            SealingError: when the ring has lost the key that sealed it.
        """
        prefix, _, content = sealed.partition(b"\0")
        name = prefix.decode(errors="replace")
        if name not in self.keys:
            raise SealingError(f"the key ring has no key named {name!r}")
        return _decrypt(self.keys[name], content, "secret").decode()

    def blind_index(self, *parts: str) -> bytes:
        """A keyed hash of these parts: equal parts give equal bytes, and nothing else is learnt."""
        message = json.dumps(parts, ensure_ascii=False).encode()
        return hmac.digest(self.index_key, message, hashlib.sha256)


def _encrypt(key: bytes, content: bytes, place: str) -> bytes:
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, content, place.encode())


def _decrypt(key: bytes, sealed: bytes, place: str) -> bytes:
    nonce, ciphertext = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
    try:
        return AESGCM(key).decrypt(nonce, ciphertext, place.encode())
    except (InvalidTag, ValueError) as broken:
        raise SealingError("sealed content cannot be opened: wrong key, bytes or place") from broken
