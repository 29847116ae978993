"""The authorisation matrix: every route has its row, and only whom it names is let in."""

import re

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from services.console.app import make_app
from services.console.matrix import EVERYBODY, Reach, Row, Verb, Verdict, judge, reads
from services.console.place import Place
from services.console.room import Entry, Room, every_room, navigation
from shared.roles import Role
from tests.console_house import console, house

_ROWS = [row for room in every_room() for row in room.rows]


def _app() -> FastAPI:
    return make_app(house())


def _routes(app: FastAPI) -> list[tuple[str, str]]:
    """Verb and path of everything that the application answers."""
    found = []
    for route in app.routes:
        assert isinstance(route, APIRoute), f"{route} is behind no gate"
        found += [(verb, route.path) for verb in sorted((route.methods or set()) - {"HEAD"})]
    return found


def test_every_route_is_in_the_matrix() -> None:
    """No route without a row, no row without a route, none twice."""
    assert sorted((row.verb, row.path) for row in _ROWS) == sorted(_routes(_app()))


def test_a_route_without_a_row_cannot_be_added() -> None:
    """The house does not open: somebody forgot to say who may."""

    def forgets(place: Place) -> None:
        place.get("/oubli")

    with pytest.raises(LookupError, match="GET /oubli has no row"):
        make_app(house(), (Room("oubli", (), forgets),))


def test_a_row_without_a_route_is_told() -> None:
    """The matrix promises nothing that is not there."""

    def does_nothing(_place: Place) -> None:
        """No route."""

    row = reads("/promis", EVERYBODY, Reach.NOTHING)
    with pytest.raises(LookupError, match="/promis"):
        make_app(house(), (Room("promis", (row,), does_nothing),))


@pytest.mark.parametrize(
    ("roles", "role", "verdict"),
    [
        (None, None, Verdict.ADMITTED),
        (EVERYBODY, None, Verdict.SIGN_IN_FIRST),
        (EVERYBODY, Role.DPO, Verdict.ADMITTED),
        (frozenset({Role.OPS}), Role.AGENT, Verdict.REFUSED),
        (frozenset(), Role.OPS, Verdict.REFUSED),
    ],
)
def test_a_row_judges(roles: frozenset[Role] | None, role: Role | None, verdict: Verdict) -> None:
    """Anyone where it says so; otherwise whom it names, once they are known."""
    assert verdict is judge(Row(Verb.GET, "/", roles, Reach.NOTHING), role)


def test_the_navigation_shows_what_may_be_opened() -> None:
    """A line stands there for those whom the matrix admits, in the order of its place."""
    for_ops = Room(
        "ops", (reads("/a", frozenset({Role.OPS}), Reach.OWN),), print, (Entry("A", "/a", 2),)
    )
    for_all = Room("all", (reads("/b", EVERYBODY, Reach.OWN),), print, (Entry("B", "/b", 1),))

    shown = {role: navigation((for_ops, for_all), role) for role in (Role.OPS, Role.DPO, None)}

    assert {Role.OPS: ["B", "A"], Role.DPO: ["B"], None: []} == {
        role: [entry.label for entry in entries] for role, entries in shown.items()
    }


@pytest.mark.parametrize("row", [row for row in _ROWS if row.roles is not None])
async def test_nobody_is_sent_to_sign_in(row: Row) -> None:
    """Whatever needs a person leads who is not known to the sign-in page, and does nothing."""
    page = console(None)
    url = re.sub(r"\{\w+\}", "X", row.path)
    answer = await page.request(
        row.verb, url, headers={"Content-Type": "application/x-www-form-urlencoded"}
    )

    assert (303, "/entrer") == (
        answer.status_code,
        answer.headers["location"].partition("?")[0],
    )


@pytest.mark.parametrize("row", [row for row in _ROWS if row.verb is Verb.POST])
@pytest.mark.parametrize("role", list(Role))
async def test_a_form_of_another_site_is_refused(row: Row, role: Role) -> None:
    """Without its token, no form is taken, whoever is signed in."""
    page = console(role)
    url = re.sub(r"\{\w+\}", "X", row.path)
    for token in ("", "f" * 64):
        answer = await page.post(url, data={"csrf": token})

        assert 403 == answer.status_code
