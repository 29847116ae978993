"""Blind names: an application is found by the beginning of a family name and a birth date.

What is kept of them are numbers (64 bits of an HMAC): equal beginnings on equal dates give equal
numbers, and whoever has the numbers without the key learns nothing else. The key stands in a file
of its own, for whoever holds it with the table can try names one by one; it has a version, so that
it may be changed while the former one still finds.
"""

import base64
import hashlib
import hmac
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Self

from shared.errors import SettingsError
from shared.lettering import folded

BEGINNINGS = (2, 4)  # letters of a name by which it is found
MOST_KEYS = 4
_KEY_BYTES = 32
_NUMBER_BYTES = 8
_VARIABLE = "BERCEAU_INDEX_KEY_FILE"


@dataclass(frozen=True, slots=True, repr=False)
class IndexKeys:
    """The keys of the blind index by version; what enters is written under the current one."""

    current: int
    keys: Mapping[int, bytes]

    @classmethod
    def new(cls) -> Self:
        """A first key."""
        return cls(1, {1: os.urandom(_KEY_BYTES)})

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read the file.

        Raises:
            SettingsError: it is missing, or holds no keys.
        """
        try:
            content = json.loads(path.read_text())
            keys = {int(name): base64.b64decode(key) for name, key in content["keys"].items()}
            found = cls(int(content["current"]), keys)
        except (OSError, ValueError, KeyError, AttributeError, TypeError) as broken:
            raise SettingsError(
                f"{_VARIABLE}: no readable index key; put back the copy that was kept, or make one "
                "(`berceau keys index`) and index again (`berceau ops index`)"
            ) from broken
        whole = all(len(key) == _KEY_BYTES for key in keys.values())
        if found.current not in keys or not whole or len(keys) > MOST_KEYS:
            raise SettingsError(
                f"{_VARIABLE}: the current key is missing, a key is not of 256 bits, or there are "
                f"more than {MOST_KEYS}"
            )
        return found

    def write(self, path: Path) -> None:
        """Write the file, readable by its owner only; an existing one is never overwritten."""
        keys = {str(name): base64.b64encode(key).decode() for name, key in self.keys.items()}
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump({"current": self.current, "keys": keys}, file, indent=2)

    def renewed(self) -> Self:
        """The same keys and a fresh one, which is current; the oldest goes beyond `MOST_KEYS`."""
        version = self.current + 1
        kept = dict(sorted(self.keys.items())[-(MOST_KEYS - 1) :])
        return type(self)(version, {**kept, version: os.urandom(_KEY_BYTES)})

    def entered(self, people: Iterable[tuple[str, date]]) -> list[int]:
        """The numbers of people (a family name, a birth date) under the current key."""
        key = self.keys[self.current]
        found = {(folded(name), birth) for name, birth in people}
        beginnings = {
            (name[:letters], birth) for name, birth in found if name for letters in BEGINNINGS
        }
        return sorted(_number(key, beginning, birth) for beginning, birth in beginnings)

    def asked(self, beginning: str, birth: date) -> list[int]:
        """The numbers that a beginning of a name and a birth may have, under every key.

        Raises:
            ValueError: fewer letters than `BEGINNINGS` begins with.
        """
        letters = [many for many in BEGINNINGS if many <= len(folded(beginning))]
        if not letters:
            raise ValueError(f"{BEGINNINGS[0]} lettres au moins.")
        wanted = folded(beginning)[: letters[-1]]
        return [_number(key, wanted, birth) for key in self.keys.values()]


def _number(key: bytes, beginning: str, birth: date) -> int:
    message = json.dumps([beginning, birth.isoformat()], ensure_ascii=False).encode()
    whole = hmac.digest(key, message, hashlib.sha256)
    return int.from_bytes(whole[:_NUMBER_BYTES], "big", signed=True)
