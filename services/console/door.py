"""The door: who is signed in, asked of the record while nobody is known yet."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, Engine

from shared.people import sessions
from shared.people.sessions import Signed
from shared.people.tokens import looks_like_one
from shared.roles import AT_THE_DOOR
from shared.store.scoping import seen_by


class RecordDoor:
    """The door of an engine that heeds scopes."""

    def __init__(self, record: Engine, clock: Callable[[], datetime]) -> None:
        self._record, self._clock = seen_by(record, AT_THE_DOOR), clock

    def who(self, token: str) -> Signed | None:
        """Who shows this token; None when nobody does any more."""
        if not looks_like_one(token):
            return None
        with self.standing() as connection:
            return sessions.find(connection, token, now=self._clock())

    def leave_notice(self, session: UUID, notice: str | None) -> None:
        with self.standing() as connection:
            sessions.leave_notice(connection, session, notice)

    @contextmanager
    def standing(self) -> Iterator[Connection]:
        """A transaction in which people, sessions and links are seen, and nothing else."""
        with self._record.begin() as connection:
            yield connection
