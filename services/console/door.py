"""The door: who is signed in, asked of the record while nobody is known yet."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Self
from uuid import UUID

import structlog
from sqlalchemy import Connection, Engine

from services.console.house import House
from shared.people import sessions
from shared.people.register import Person
from shared.people.sessions import Browser, Signed
from shared.people.tokens import hash_of, looks_like_one
from shared.roles import AT_THE_DOOR
from shared.store.scoping import seen_by

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, repr=False)
class Entered:
    """Somebody came in: the token that their browser is to show from now on."""

    person: Person
    token: str


class RecordDoor:
    """The door of an engine that heeds scopes."""

    def __init__(self, record: Engine, clock: Callable[[], datetime]) -> None:
        self._record, self._clock = seen_by(record, AT_THE_DOOR), clock

    @classmethod
    def of(cls, house: House) -> Self:
        """The door of a house's own record."""
        return cls(house.record, house.clock)

    @property
    def now(self) -> datetime:
        return self._clock()

    def who(self, token: str) -> Signed | None:
        """Who shows this token; None when nobody does any more."""
        if not looks_like_one(token):
            return None
        with self.standing() as connection:
            return sessions.find(connection, token, now=self.now)

    def begin(
        self, person: Person, *, means: str, former: str, id_token: str | None = None
    ) -> Entered:
        """Sign somebody in under a new token; the session that the browser showed before ends."""
        with self.standing() as connection:
            sessions.forget(connection, hash_of(former))
            token = sessions.begin(connection, person, means=means, now=self.now, id_token=id_token)
        _log.info("console.signed_in", person=str(person.id), means=means)
        return Entered(person, token)

    def end(self, signed: Signed) -> None:
        """Sign somebody out of this browser."""
        with self.standing() as connection:
            sessions.end(connection, signed.session)

    def end_others(self, signed: Signed) -> int:
        """Sign somebody out of every other browser; how many those were."""
        with self.standing() as connection:
            return sessions.end_all(connection, signed.person, but=signed.session)

    def browsers(self, person: Person) -> Sequence[Browser]:
        """Where somebody is signed in."""
        with self.standing() as connection:
            return sessions.of_person(connection, person, now=self.now)

    def leave_notice(self, session: UUID, notice: str | None) -> None:
        with self.standing() as connection:
            sessions.leave_notice(connection, session, notice)

    @contextmanager
    def standing(self) -> Iterator[Connection]:
        """A transaction in which people, sessions and links are seen, and nothing else."""
        with self._record.begin() as connection:
            yield connection
