"""The journal of settings: what changed, chained. Pure; `ledger` writes and reads it.

A line's hash covers the hash before it, so that no line can be changed, dropped from the middle or
put in without breaking what follows. The last lines alone can be cut off unseen.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from shared.canonical import canonical_json

CHANGED = "changed"  # all that is said of a secret


@dataclass(frozen=True, slots=True)
class Head:
    """The last line of the chain: its sequence (0 before the first) and its hash."""

    sequence: int
    hash: bytes


START = Head(0, b"")


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one record: when (UTC), who, of what, and canonical JSON of the fields."""

    at: datetime
    actor: str
    kind: str
    code: str
    change: str


@dataclass(frozen=True, slots=True)
class Line:
    """A change in its place in the chain."""

    change: Change
    previous: bytes
    head: Head

    def plain(self) -> dict[str, Any]:
        """The line as it may be shown."""
        change = self.change
        return {
            "sequence": self.head.sequence,
            "at": change.at.astimezone(UTC).isoformat(timespec="seconds"),
            "actor": change.actor,
            "kind": change.kind,
            "code": change.code,
            "change": json.loads(change.change),
        }


def differences(was: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    """Each field whose value differs, with what it was and what it is; None is not given."""
    names = sorted({*was, *now})
    pairs = {name: [was.get(name), now.get(name)] for name in names}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def canonical(fields: Mapping[str, Any]) -> str:
    """The fields of a change as the journal holds them (RFC 8785)."""
    return canonical_json(fields).decode()


def chain(changes: Iterable[Change], after: Head) -> list[Line]:
    """Put changes after the head of the chain, in order."""
    lines = []
    for change in changes:
        lines.append(_line(change, after))
        after = lines[-1].head
    return lines


def follow(lines: Iterable[Line]) -> tuple[Head, int | None]:
    """Walk the chain from its start: where it stands, and the first line that does not follow.

    Returns:
        The head of the last line that follows from the one before, and the sequence that should
        come next when a line stands there that does not; None when the chain is whole.
    """
    head = START
    for line in lines:
        if line != _line(line.change, head):
            return head, head.sequence + 1
        head = line.head
    return head, None


def _line(change: Change, after: Head) -> Line:
    sequence = after.sequence + 1
    content = {
        "sequence": sequence,
        "at": change.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": change.actor,
        "kind": change.kind,
        "code": change.code,
        "change": change.change,
        "previous": after.hash.hex(),
    }
    return Line(
        change, after.hash, Head(sequence, hashlib.sha256(canonical_json(content)).digest())
    )
