"""Checking a stored decision: recomputed from its own record, it must give the same bytes. Pure.

Two kinds of fault. *Changed*: what is stored is not what was written (bytes, journal, columns).
*Drift*: what is stored is whole, but the engine or the tariff at hand no longer gives it.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import Any, Protocol

from services.command.decision.stored import Stored
from services.tariff.engine.record import replay
from services.tariff.language.tariff import Tariff
from shared.canonical import canonical_json, digest
from shared.errors import SealingError, TariffError
from shared.sealing import KeyRing

_MOST_PLACES = 3


class FaultKind(StrEnum):
    """What is wrong with a decision."""

    BYTES = "bytes"  # the sealed bytes are not those whose digest was stored
    JOURNAL = "journal"  # the journal knows no such decision
    UNOPENED = "unopened"  # they do not open: the bytes, their place or the key changed
    NOT_CANONICAL = "not_canonical"  # opened, but not the canonical bytes of any content
    COLUMNS = "columns"  # the row names another tariff, engine or day than its record
    TARIFF_UNKNOWN = "tariff_unknown"  # no tariff at hand has that version
    TARIFF_CHANGED = "tariff_changed"  # the one at hand has another digest
    DRIFT = "drift"  # decided again, it gives another record


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of one decision; `places` are paths in the record, never values."""

    reference: str
    version: int
    kind: FaultKind
    places: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Whole:
    """A decision that is as it was written, and replays to the same bytes."""

    digest: str  # of the record's canonical bytes
    size: int  # of the same, in bytes
    recomputed: bool  # false: a person settled it, there is no computation to do again


@dataclass(frozen=True, slots=True)
class Erased:
    """The family's key was destroyed: nothing can be read any more, as the law wants it."""


class Tariffs(Protocol):
    """The tariffs at hand, past versions included."""

    def version(self, tariff_id: str, version: str) -> Tariff | None: ...


def check(stored: Stored, ring: KeyRing, tariffs: Tariffs) -> Whole | Erased | Fault:
    """Check one decision; the first fault found is told."""
    if digest(stored.sealed) != stored.sealed_digest:
        return _fault(stored, FaultKind.BYTES)
    if not stored.in_journal:
        return _fault(stored, FaultKind.JOURNAL)
    if stored.key is None:
        return Erased()
    try:
        content = stored.opened(ring)
    except SealingError:
        return _fault(stored, FaultKind.UNOPENED)
    return _check_content(stored, content, tariffs)


def _check_content(stored: Stored, sealed: bytes, tariffs: Tariffs) -> Whole | Fault:
    content = _read(sealed)
    if content is None:
        return _fault(stored, FaultKind.NOT_CANONICAL)
    record = content.get("record")
    if record is None:
        return Whole(digest(sealed), len(sealed), recomputed=False)
    misplaced = tuple(_misplaced(stored, record))
    if misplaced:
        return _fault(stored, FaultKind.COLUMNS, *misplaced)
    return _check_record(stored, record, tariffs)


def _read(sealed: bytes) -> dict[str, Any] | None:
    try:
        content: dict[str, Any] = json.loads(sealed)
        return content if canonical_json(content) == sealed else None
    except (ValueError, TypeError, AttributeError):
        return None


def _misplaced(stored: Stored, record: Mapping[str, Any]) -> Iterator[str]:
    tariff = record["tariff"]
    for column, said in (
        ("tariff_id", tariff["id"]),
        ("tariff_version", tariff["version"]),
        ("tariff_digest", tariff["digest"]),
        ("engine_version", record["engine"]),
    ):
        if getattr(stored, column) != said:
            yield column


def _check_record(stored: Stored, record: Mapping[str, Any], tariffs: Tariffs) -> Whole | Fault:
    tariff = tariffs.version(stored.tariff_id, stored.tariff_version)
    if tariff is None:
        return _fault(stored, FaultKind.TARIFF_UNKNOWN)
    if tariff.digest != stored.tariff_digest:
        return _fault(stored, FaultKind.TARIFF_CHANGED)
    expected = canonical_json(record)
    try:
        again = replay(record, tariff)
    except (TariffError, ValueError, KeyError, TypeError):
        return _fault(stored, FaultKind.DRIFT)
    if again != expected:
        places = islice(differences(record, json.loads(again)), _MOST_PLACES)
        return _fault(stored, FaultKind.DRIFT, *places)
    return Whole(digest(expected), len(expected), recomputed=True)


def differences(was: object, now: object, place: str = "") -> Iterator[str]:
    """The places where two JSON values differ, as JSON pointers; no value is told."""
    match was, now:
        case dict(), dict():
            for name in sorted({*was, *now}):
                yield from differences(was.get(name), now.get(name), f"{place}/{name}")
        case list(), list() if len(was) == len(now):
            for index, (one, other) in enumerate(zip(was, now, strict=True)):
                yield from differences(one, other, f"{place}/{index}")
        case _ if was != now:
            yield place


def _fault(stored: Stored, kind: FaultKind, *places: str) -> Fault:
    return Fault(stored.reference, stored.version, kind, places)
