"""The entrance: how somebody becomes known, by a password or by a link."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

import structlog

from services.console.door import Entered, RecordDoor
from services.console.house import House
from shared.people import links, passwords, register, tries

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Waits:
    """Too many tries: none is looked at before then."""

    until: datetime


class Entrance:
    """Where people sign in, and the door behind it."""

    def __init__(self, door: RecordDoor) -> None:
        self._door = door

    @classmethod
    def of(cls, house: House) -> Self:
        """The entrance of a house's own record."""
        return cls(RecordDoor.of(house))

    def by_password(
        self, login: str, password: str, *, address: str, former: str
    ) -> Entered | Waits | None:
        """Try a password; None when login and password do not go together.

        Args:
            login: as it was typed, in lower case.
            password: idem.
            address: where it comes from, counted apart.
            former: the session that this browser showed, which ends.
        """
        counted = tries.counters(login, address)
        with self._door.standing() as connection:
            until = tries.blocked_until(connection, counted, now=self._door.now)
            kept = register.password_of(connection, login)
        if until is not None:
            return Waits(until)
        if not passwords.matches(kept, password) or kept is None:
            with self._door.standing() as connection:
                tries.failed(connection, counted, now=self._door.now)
            _log.info("console.sign_in_refused")
            return None
        return self._let_in(login, password, kept, counted[0], former)

    def by_link(self, token: str, *, former: str) -> Entered | None:
        """Use a link up; None when it lets nobody in any more."""
        with self._door.standing() as connection:
            person = links.use(connection, token, now=self._door.now)
        return None if person is None else self._door.begin(person, means="link", former=former)

    def link_stands(self, token: str) -> bool:
        """Whether a link would let somebody in; it is not used up."""
        with self._door.standing() as connection:
            return links.standing(connection, token, now=self._door.now)

    def _let_in(
        self, login: str, password: str, kept: str, counter: tries.Counter, former: str
    ) -> Entered | None:
        renewed = passwords.hash_of(password) if passwords.is_outdated(kept) else None
        with self._door.standing() as connection:
            person = register.by_login(connection, login)
            if person is None or person.disabled_at:
                return None
            tries.succeeded(connection, counter)
            if renewed:
                register.set_password(connection, person, renewed)
        return self._door.begin(person, means="password", former=former)
