"""Forms: bounded, and taken only when one of our own pages carries them."""

import httpx
import pytest

from services.console import forms
from services.console.forms import csrf_of, is_ours, parse
from services.console.matrix import EVERYBODY, Reach, does
from services.console.place import Place
from services.console.refusals import Refusal
from services.console.room import Room
from services.console.visit import Visiting
from shared.roles import Role
from tests.console_house import CSRF, SECRET, console


def _open_routes(place: Place) -> None:
    @place.post("/dire")
    def say(visit: Visiting) -> httpx.Response:
        return visit.go(f"/{visit.form.text('mot')}", "Dit.")  # type: ignore[return-value]


_ROOM = Room("say", (does("/dire", EVERYBODY, Reach.NOTHING),), _open_routes)


def test_a_field_may_come_several_times() -> None:
    """In order; of one value the last counts; what is not there is empty."""
    form = parse(b"box=1&box=2&text=+caf%C3%A9+")

    assert (("1", "2"), "2", "café", " café ", "") == (
        form.all("box"),
        form.text("box"),
        form.text("text"),
        form.raw("text"),
        form.text("absent"),
    )


@pytest.mark.parametrize("body", [b"\xff=1", b"a=%FF", b"&".join([b"a=1"] * 1001)])
def test_what_is_no_form_is_refused(body: bytes) -> None:
    """Bytes that are no text, and more fields than any form of ours has."""
    with pytest.raises(Refusal, match="illisible"):
        parse(body)


def test_so_many_fields_are_read() -> None:
    """As many as the bound, none lost."""
    assert forms.MOST_FIELDS == len(parse(b"&".join([b"a=1"] * forms.MOST_FIELDS)).all("a"))


@pytest.mark.parametrize(
    ("body", "ours"),
    [
        (f"csrf={csrf_of(SECRET)}", True),
        (f"csrf={csrf_of(b'other')}", False),
        ("csrf=", False),
        ("csrf=%C3%A9", False),
        ("", False),
    ],
)
def test_a_form_is_ours_by_its_token(body: str, *, ours: bool) -> None:
    """It was made of the secret of this very session."""
    assert ours is is_ours(parse(body.encode()), SECRET)


def test_without_a_secret_no_form_is_ours() -> None:
    """Not even one that carries what an empty secret gives."""
    assert not is_ours(parse(f"csrf={csrf_of(b'')}".encode()), b"")


async def test_a_form_is_taken_and_leads_on() -> None:
    """A person without JavaScript posts, and is shown the next page."""
    answer = await console(Role.AGENT, rooms=(_ROOM,)).post(
        "/dire", data={"csrf": CSRF, "mot": "bonjour"}
    )

    assert (303, "/bonjour") == (answer.status_code, answer.headers["location"])


async def test_a_form_is_so_long() -> None:
    """Beyond it the body is not even read."""
    page = console(Role.AGENT, rooms=(_ROOM,))
    sizes = (forms.LARGEST_FORM - len(f"csrf={CSRF}&mot="), forms.LARGEST_FORM)
    answers = [await page.post("/dire", data={"csrf": CSRF, "mot": "x" * size}) for size in sizes]

    assert [303, 413] == [answer.status_code for answer in answers]


@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data", ""])
async def test_only_a_form_is_taken(kind: str) -> None:
    """What a form of ours does not send is not read."""
    answer = await console(Role.AGENT, rooms=(_ROOM,)).post(
        "/dire", content=f"csrf={CSRF}", headers={"Content-Type": kind}
    )

    assert 415 == answer.status_code


@pytest.mark.parametrize(
    "header",
    [
        {"Origin": "https://exemple.com"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
async def test_a_form_from_elsewhere_is_refused(header: dict[str, str]) -> None:
    """A browser says where a form comes from; with the right token too."""
    answer = await console(Role.AGENT, rooms=(_ROOM,)).post(
        "/dire", data={"csrf": CSRF, "mot": "x"}, headers=header
    )

    assert 403 == answer.status_code
