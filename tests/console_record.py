"""A console on a real record, with its own login; people are signed in as a test says.

page = consoles.signed_in(Role.AGENT, {record.founded.authority})
answer = await page.post("/compte", page.form(mot="…"))
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import httpx
from fastapi import FastAPI
from sqlalchemy import Connection, Engine

from services.console.app import make_app
from services.console.door import RecordDoor
from services.console.forms import csrf_of
from services.console.house import House
from shared.people import register, sessions
from shared.people.register import Newcomer, Person
from shared.people.tokens import mint
from shared.roles import AT_THE_DOOR, Role
from shared.store.engine import open_engine
from shared.store.scoping import heed_scopes, seen_by
from tests.console_house import browser, house

NOBODY = Person(UUID(int=0), "nobody", "Personne", Role.AGENT, frozenset())


def open_console(url: str) -> Engine:
    """The console's engine."""
    return heed_scopes(open_engine(url, name="test-console", connections=4))


class Clock:
    """The time, which a test may move."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Page:
    """A browser where somebody is signed in."""

    person: Person
    token: str
    browser: httpx.AsyncClient
    csrf: str

    def form(self, **fields: Any) -> dict[str, Any]:
        """Fields as one of our own pages would post them."""
        return {"csrf": self.csrf, **fields}


@dataclass
class Consoles:
    """The console of a record."""

    engine: Engine
    clock: Clock = field(default_factory=Clock)
    changes: dict[str, Any] = field(default_factory=dict)

    @property
    def app(self) -> FastAPI:
        """The whole application, every room of it."""
        fake = house()
        return make_app(
            House(
                record=self.engine,
                door=RecordDoor(self.engine, self.clock),
                redis=fake.redis,
                names=fake.names,
                closing=fake.closing,
                clock=self.clock,
                **self.changes,
            )
        )

    @contextmanager
    def at_the_door(self) -> Iterator[Connection]:
        """A transaction that sees people and sessions."""
        with seen_by(self.engine, AT_THE_DOOR).begin() as connection:
            yield connection

    def add(
        self, role: Role, authorities: Iterable[UUID] | None = None, *, login: str = ""
    ) -> Person:
        """Somebody who may sign in."""
        reach = None if authorities is None else frozenset(authorities)
        login = login or f"{role}-{uuid4().hex[:8]}"
        with self.at_the_door() as connection:
            return register.add(connection, Newcomer(login, "Zoé Essai", role, reach), by="test")

    def signed_in(self, role: Role, authorities: Iterable[UUID] | None = None) -> Page:
        """A browser where a new person of this role is signed in (authorities None: all)."""
        return self.sign_in(self.add(role, authorities))

    def nobody(self) -> Page:
        """A browser where nobody is signed in, and which has seen a page of ours."""
        token, _ = mint()
        page = Page(NOBODY, "", browser(self.app), csrf_of(token.encode()))
        page.browser.cookies.set("berceau-visit", token)
        return page

    def sign_in(self, person: Person) -> Page:
        """A browser where this person is signed in."""
        with self.at_the_door() as connection:
            token = sessions.begin(connection, person, means="password", now=self.clock())
            signed = sessions.find(connection, token, now=self.clock())
        assert signed is not None
        return Page(person, token, browser(self.app, token), csrf_of(signed.csrf_secret))
