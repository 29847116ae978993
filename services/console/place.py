"""A place for a room in the house: its routes, each behind the gate that its row says.

No route can be added but through a place, and none without a row: nobody is let in by oversight.
"""

from collections.abc import Callable
from typing import Any

from fastapi import Depends, FastAPI, Request
from fastapi.responses import HTMLResponse

from services.console.forms import EMPTY, Form, is_ours, read_form
from services.console.house import House
from services.console.matrix import Row, Verb, Verdict, judge, row_of
from services.console.refusals import SignInFirst, form_too_old, not_yours
from services.console.room import Room
from services.console.visit import Visit

Handler = Callable[..., Any]


class Place:
    """Where a room adds its routes."""

    def __init__(self, app: FastAPI, house: House, rooms: tuple[Room, ...], room: Room) -> None:
        self.house = house
        self._app, self._rooms, self._room = app, rooms, room
        self._added: set[tuple[Verb, str]] = set()

    def get(self, path: str) -> Callable[[Handler], Handler]:
        """Add what is read at this path."""
        return self._adding(Verb.GET, path, ["GET", "HEAD"])

    def post(self, path: str) -> Callable[[Handler], Handler]:
        """Add what is done at this path; its form comes as `visit.form`."""
        return self._adding(Verb.POST, path, ["POST"])

    def close(self) -> None:
        """Check that every row of the room has its route.

        Raises:
            LookupError: naming the rows that have none.
        """
        said = {(row.verb, row.path) for row in self._room.rows}
        if said != self._added:
            raise LookupError(f"{self._room.name}: no route for {sorted(said - self._added)}")

    def _adding(self, verb: Verb, path: str, methods: list[str]) -> Callable[[Handler], Handler]:
        row = row_of(self._room.rows, verb, path)
        self._added.add((verb, path))

        def add(handler: Handler) -> Handler:
            self._app.add_api_route(
                path,
                handler,
                methods=methods,
                dependencies=[Depends(self._gate(row))],
                response_class=HTMLResponse,
                response_model=None,
            )
            return handler

        return add

    def _gate(self, row: Row) -> Handler:
        house, rooms = self.house, self._rooms

        def admit(request: Request, form: Form) -> None:
            visit = request.state.visit = Visit(house, rooms, request, form=form)
            if row.roles is not None:
                visit.signed = house.door.who(visit.cookies.session)
            let_in(row, visit)

        def gate(request: Request) -> None:
            admit(request, EMPTY)

        def gate_of_forms(request: Request, form: Form = Depends(read_form)) -> None:
            admit(request, form)

        return gate_of_forms if row.verb is Verb.POST else gate


def let_in(row: Row, visit: Visit) -> None:
    """Let a visit through, or say why not.

    Raises:
        SignInFirst: nobody is signed in.
        Refusal: this role may not, or the form is not one of ours.
    """
    match judge(row, visit.role):
        case Verdict.SIGN_IN_FIRST:
            raise SignInFirst
        case Verdict.REFUSED:
            raise not_yours()
        case Verdict.ADMITTED:
            if row.verb is Verb.POST and not is_ours(visit.form, visit.secret):
                raise form_too_old()
