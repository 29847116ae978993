"""Versions of a decision: which one holds on a day. Pure.

A version has a number and a first day, and no last one: on each day, the highest number whose first
day has come holds. So whatever the order in which versions are written, no day from the first on
has none, and none has two. A version that begins before others, with a higher number, ends them.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Protocol, TypeVar


class Version(Protocol):
    """One version of a decision: valid from a day on, until a later one is."""

    @property
    def version(self) -> int: ...
    @property
    def valid_from(self) -> date: ...


AnyVersion = TypeVar("AnyVersion", bound=Version)


def holding_on(versions: Iterable[AnyVersion], day: date) -> AnyVersion | None:
    """The version that holds on a day; None before the first day of all."""
    begun = (one for one in versions if one.valid_from <= day)
    return max(begun, key=lambda one: one.version, default=None)


def periods(versions: Sequence[AnyVersion]) -> list[AnyVersion]:
    """The versions that hold on some day, in the order of those days: each until the next one."""
    held: list[AnyVersion] = []
    for day in sorted({one.valid_from for one in versions}):
        now = holding_on(versions, day)
        if now is not None and (not held or held[-1].version != now.version):
            held.append(now)
    return held


def next_start(versions: Sequence[AnyVersion], day: date) -> date | None:
    """When what holds on a day gives way to another version; None when it stays."""
    return next((one.valid_from for one in periods(versions) if one.valid_from > day), None)
