"""A visit: one request, with who asks; what a room's routes are handed."""

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from services.console.cookies import Cookies
from services.console.forms import EMPTY, Form, csrf_of
from services.console.house import House
from services.console.matrix import Verb, Verdict, judge, row_of
from services.console.pages import render
from services.console.room import Entry, Room, navigation
from shared.people.naming import PERSON
from shared.people.register import Person
from shared.people.sessions import Signed
from shared.people.tokens import looks_like_one, mint
from shared.roles import Role, Scope

_NOBODY = Scope("nobody")


@dataclass(slots=True, repr=False)
class Visit:
    """One request: who asks, as whom the record is read, and how to answer.

    Attributes:
        house: what the rooms share.
        request: as it came.
        signed: the session; None on pages that are open to anyone.
        form: what was posted, proven to come from a page of ours.
    """

    house: House
    rooms: tuple[Room, ...]
    request: Request
    signed: Signed | None = None
    form: Form = field(default=EMPTY)
    _minted: str = ""

    @property
    def person(self) -> Person:
        """Who asks, on a page for which one must be signed in."""
        assert self.signed is not None  # noqa: S101  # the matrix lets nobody else in
        return self.signed.person

    @property
    def scope(self) -> Scope:
        """As whom the record is read: `house.seen_by(visit.scope)`."""
        return _NOBODY if self.signed is None else self.signed.person.scope

    @property
    def role(self) -> Role | None:
        return None if self.signed is None else self.signed.person.role

    @property
    def actor(self) -> str:
        """How the record names whoever asks."""
        return f"{PERSON}{self.person.id}"

    @property
    def cookies(self) -> Cookies:
        return Cookies(self.request)

    @property
    def secret(self) -> bytes:
        """What proves that a form comes from this session or visit; empty when there is none."""
        if self.signed is not None:
            return self.signed.csrf_secret
        shown = self.cookies.visit
        return shown.encode() if looks_like_one(shown) else b""

    @property
    def csrf(self) -> str:
        """For the hidden field of a form; a browser that we do not know yet is given a cookie."""
        if not self.secret and not self._minted:
            self._minted, _ = mint()
        return csrf_of(self.secret or self._minted.encode())

    @property
    def navigation(self) -> tuple[Entry, ...]:
        return () if self.signed is None else navigation(self.rooms, self.role)

    def may(self, verb: Verb, path: str) -> bool:
        """Whether the matrix lets whoever asks do this; `path` is the route's."""
        rows = [row for room in self.rooms for row in room.rows]
        return judge(row_of(rows, verb, path), self.role) is Verdict.ADMITTED

    def page(self, template: str, *, status: int = 200, **content: object) -> Response:
        """A page of the house; what the last act left to say is said once."""
        notice = self.signed.notice if self.signed else None
        answer = HTMLResponse(render(template, visit=self, notice=notice, **content), status)
        if self._minted:
            self.cookies.keep_visit(answer, self._minted)
        if notice and self.signed:
            self.house.door.leave_notice(self.signed.session, None)
        return answer

    def go(self, path: str, notice: str | None = None) -> Response:
        """On to another page, after an act; it says the notice."""
        if notice and self.signed:
            self.house.door.leave_notice(self.signed.session, notice)
        return RedirectResponse(path, status_code=303)


def current_visit(request: Request) -> Visit:
    """The visit that the gate let in."""
    visit: Visit = request.state.visit
    return visit


Visiting = Annotated[Visit, Depends(current_visit)]
