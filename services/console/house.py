"""The house: what its rooms have in common, handed in by the composition root or by a test."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol, Self, TypeVar, cast
from uuid import UUID

from redis import Redis
from sqlalchemy import Engine

from services.console.identity.metadata import Directory
from services.console.seats import Seats
from shared.blind_names import IndexKeys
from shared.maintenance import NO_WINDOWS, Calendar
from shared.people.sessions import Signed
from shared.roles import Scope
from shared.store.scoping import seen_by


def _now() -> datetime:
    return datetime.now(UTC)


def _never() -> bool:
    return False


class Door(Protocol):
    """Who shows a token, and what their next page is to say."""

    def who(self, token: str) -> Signed | None: ...
    def leave_notice(self, session: UUID, notice: str | None) -> None: ...


class Source(Protocol):
    """What a room reads from: made of the record, or handed in by a test."""

    @classmethod
    def of(cls, house: "House") -> Self: ...


_S = TypeVar("_S", bound=Source)


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What every room may use.

    Attributes:
        record: the console's engine, which heeds scopes: use `seen_by`, never this itself.
        door: who is signed in.
        redis: for the windows of queues; it may be away.
        namespace: the prefix of its keys.
        ring_window: most doorbells that wait in Redis, per queue.
        names: the hosts that people may ask under, beside those of loopback.
        url: the address that people use, without a slash at its end.
        index_keys: of the index of names; without them nobody is found by name.
        calendar: the maintenance that the State announced.
        closing: whether the process has been told to stop.
        directory: the identity provider where people sign in too, if there is one.
        seats: of those who follow a page live.
        clock: the time, in UTC.
        given: sources that stand for those of the record, by their class.
    """

    record: Engine
    door: Door
    redis: Redis
    namespace: str = "berceau"
    ring_window: int = 32
    names: frozenset[str] = frozenset()
    url: str = "http://127.0.0.1:8001"
    index_keys: IndexKeys | None = None
    calendar: Calendar = NO_WINDOWS
    closing: Callable[[], bool] = _never
    directory: Directory | None = None
    seats: Seats = field(default_factory=Seats)
    clock: Callable[[], datetime] = _now
    given: Mapping[type, Any] = field(default_factory=dict)

    def seen_by(self, scope: Scope) -> Engine:
        """The record as a scope sees it: the rows of its authorities, and no others."""
        return seen_by(self.record, scope)

    def source(self, kind: type[_S]) -> _S:
        """What a room reads from."""
        return cast("_S", self.given[kind]) if kind in self.given else kind.of(self)
