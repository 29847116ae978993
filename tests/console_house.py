"""A console for tests, without a record: signed in as whoever a test says.

page = console(Role.OPS, given={Figures: Figures(lambda scope: calm)})
answer = await page.get("/")
answer = await page.post("/acces", data={"csrf": csrf_of(SECRET), "login": "zoe"})
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID, uuid4

import httpx
from fastapi import FastAPI

from services.console.app import make_app
from services.console.forms import csrf_of
from services.console.guard import names_of
from services.console.house import House
from services.console.room import Room
from shared.people.register import Person
from shared.people.sessions import Signed
from shared.people.tokens import mint
from shared.queue.broker import open_redis
from shared.roles import Role
from shared.store.engine import open_engine

SECRET = b"secret of a session in a test"
CSRF = csrf_of(SECRET)
ARLES, NIMES = UUID(int=1), UUID(int=2)
NAME = "veille.exemple.fr"


@dataclass
class FakeDoor:
    """Knows who was signed in by a test, and what their next page is to say."""

    signed: dict[str, Signed] = field(default_factory=dict)

    def who(self, token: str) -> Signed | None:
        return self.signed.get(token)

    def leave_notice(self, session: UUID, notice: str | None) -> None:
        for token, one in self.signed.items():
            if one.session == session:
                self.signed[token] = replace(one, notice=notice)

    def sign_in(self, role: Role, authorities: Iterable[UUID] | None) -> str:
        """A token of somebody of this role, who reaches these authorities (None: every one)."""
        reach = None if authorities is None else frozenset(authorities)
        person = Person(uuid4(), f"{role}.essai", f"Zoé {role}", role, reach)
        token, _ = mint()
        self.signed[token] = Signed(uuid4(), person, SECRET, "password")
        return token


def _told_to_stop() -> bool:
    """A stream ends with its first part: a test reads it to its end."""
    return True


def house(
    *,
    door: FakeDoor | None = None,
    given: Mapping[type, Any] | None = None,
    closing: Callable[[], bool] = _told_to_stop,
) -> House:
    """A house whose record and Redis answer nobody."""
    return House(
        record=open_engine("postgresql+psycopg://nobody@127.0.0.1:1/nowhere", name="test"),
        door=door or FakeDoor(),
        redis=open_redis("redis://127.0.0.1:1/0"),
        names=names_of(NAME),
        closing=closing,
        given=given or {},
    )


def browser(app: FastAPI, token: str = "") -> httpx.AsyncClient:
    """A browser on loopback, signed in with this token, or not at all."""
    client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost")
    if token:
        client.cookies.set("berceau-session", token)
    return client


def console(
    role: Role | None = Role.OPS,
    *,
    authorities: Iterable[UUID] | None = None,
    given: Mapping[type, Any] | None = None,
    rooms: tuple[Room, ...] | None = None,
) -> httpx.AsyncClient:
    """A browser at a console, signed in as this role (None: as nobody)."""
    door = FakeDoor()
    token = "" if role is None else door.sign_in(role, authorities)
    return browser(make_app(house(door=door, given=given), rooms), token)
