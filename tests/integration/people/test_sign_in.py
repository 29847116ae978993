"""Signing in by password and by link, and out: as a browser without JavaScript does it."""

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import httpx
import pytest

from services.console.rooms.sign_in import back_to
from shared.people import links, passwords, register, sessions, tries
from shared.people.register import Person
from shared.roles import Role
from tests.console_house import browser

if TYPE_CHECKING:
    from tests.console_record import Consoles, Page

pytestmark = pytest.mark.stack

_PASSWORD = "quatre mots sans lien"


@pytest.fixture
def person(consoles: "Consoles") -> Person:
    """Somebody who has a password."""
    known = consoles.add(Role.OPS, login="zoe@ville.test")
    with consoles.at_the_door() as connection:
        register.set_password(connection, known, passwords.hash_of(_PASSWORD))
    return known


def _link(consoles: "Consoles", person: Person) -> str:
    with consoles.at_the_door() as connection:
        ends = consoles.clock() + links.LINK_LASTS
        return register.make_link(connection, person, expires_at=ends, by="test")


async def _try(page: "Page", login: str, password: str, **more: str) -> httpx.Response:
    form = page.form(login=login, password=password, **more)
    return await page.browser.post("/entrer", data=form)


async def test_a_password_lets_in(consoles: "Consoles", person: Person) -> None:
    """As a person does: the page, its form, and on to where they were going."""
    page = browser(consoles.app)
    shown = await page.get("/dossiers/T-1")
    form = await page.get(shown.headers["location"])
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]+)"', form.text))
    entered = await page.post(
        "/entrer", data={**hidden, "login": " Zoe@ville.test ", "password": _PASSWORD}
    )

    assert (303, "/dossiers/T-1") == (entered.status_code, entered.headers["location"])
    assert person.name in (await page.get("/compte")).text


async def test_the_session_s_cookie_is_closed(consoles: "Consoles", person: Person) -> None:
    """No script reads it; over TLS it is Secure and of this host alone, which loopback forbids."""
    cookies = {}
    for base in ("http://localhost", "https://veille.exemple.fr"):
        client = httpx.AsyncClient(transport=httpx.ASGITransport(consoles.app), base_url=base)
        form = await client.get("/entrer")
        hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]+)"', form.text))
        answer = await client.post(
            "/entrer", data={**hidden, "login": person.login, "password": _PASSWORD}
        )
        cookies[base] = re.sub(r"=[\w-]{43};", "=…;", answer.headers["set-cookie"])

    assert {
        "http://localhost": "berceau-session=…; HttpOnly; Path=/; SameSite=lax",
        "https://veille.exemple.fr": (
            "__Host-berceau-session=…; HttpOnly; Path=/; SameSite=lax; Secure"
        ),
    } == cookies


async def test_what_does_not_go_together_is_told_alike(
    consoles: "Consoles", person: Person
) -> None:
    """A wrong password, nobody's login, a closed access: the same answer, and no session."""
    closed, without = consoles.add(Role.OPS, login="ferme"), consoles.add(Role.OPS, login="sans")
    with consoles.at_the_door() as connection:
        register.set_password(connection, closed, passwords.hash_of(_PASSWORD))
        register.disable(connection, closed, now=consoles.clock(), by="test")
    told = set()
    for login, password in (
        (person.login, "autre chose encore"),
        ("inconnu", _PASSWORD),
        (closed.login, _PASSWORD),
        (without.login, _PASSWORD),
        (without.login, ""),
        ("x" * 121, _PASSWORD),
        (person.login, "x" * 201),
    ):
        answer = await _try(consoles.nobody(), login, password)
        told.add((answer.status_code, "ne vont pas ensemble" in answer.text))
        assert "set-cookie" not in answer.headers

    assert {(422, True)} == told


async def test_what_was_typed_is_escaped(consoles: "Consoles") -> None:
    """A login that is markup is text."""
    answer = await _try(consoles.nobody(), '"><script>', "x")

    assert "<script" not in answer.text


async def test_tries_on_an_account_wait(consoles: "Consoles", person: Person) -> None:
    """After five, the right password waits too; then it lets in, and all is forgotten."""
    for _ in range(tries.FREE_OF_ACCOUNT):
        await _try(consoles.nobody(), person.login, "non")
    refused = await _try(consoles.nobody(), person.login, _PASSWORD)
    consoles.clock.now += tries.FIRST_WAIT
    entered = await _try(consoles.nobody(), person.login, _PASSWORD)
    again = await _try(consoles.nobody(), person.login, "non")

    assert [429, 303, 422] == [refused.status_code, entered.status_code, again.status_code]


async def test_tries_from_an_address_wait(consoles: "Consoles", person: Person) -> None:
    """Whatever the logins: somebody goes through a list."""
    with consoles.at_the_door() as connection:
        for number in range(tries.FREE_OF_ADDRESS):
            counted = tries.counters(f"inconnu-{number}", "127.0.0.1")
            tries.failed(connection, counted, now=consoles.clock())
    refused = await _try(consoles.nobody(), person.login, _PASSWORD)

    assert 429 == refused.status_code


def test_waits_double_up_to_a_quarter_of_an_hour() -> None:
    """Nobody is shut out for longer, however often somebody tries."""
    waits = [tries.wait_after(failures, 5).total_seconds() for failures in (4, 5, 6, 7, 13, 10**6)]

    assert [0, 5, 10, 20, 900, tries.LONGEST_WAIT.total_seconds()] == waits


async def test_a_session_is_new_at_each_sign_in(consoles: "Consoles", person: Person) -> None:
    """The token that a browser showed before lets nobody in any more."""
    page = consoles.nobody()
    before = consoles.sign_in(person).token
    page.browser.cookies.set("berceau-session", before)
    answer = await _try(page, person.login, _PASSWORD)

    assert before not in answer.headers["set-cookie"]
    assert 303 == (await browser(consoles.app, before).get("/compte")).status_code


@pytest.mark.parametrize(
    "path",
    ["//exemple.com", "//[", "https://exemple.com/", "/\\exemple.com", "exemple.com", "", "/a\nb"],
)
def test_one_is_led_back_here_only(path: str) -> None:
    """What is no path of ours leads to the overview."""
    assert "/" == back_to(path)


async def test_what_no_record_can_hold_is_refused(consoles: "Consoles") -> None:
    """PostgreSQL takes no NUL in a text: nobody is told that it is silent."""
    page = consoles.nobody()
    await page.browser.get("/entrer")

    answer = await page.browser.post("/entrer", data=page.form(login="a\0b", password="x"))

    assert 400 == answer.status_code
    assert "Demande illisible" in answer.text


async def test_a_link_lets_in_once(consoles: "Consoles", person: Person) -> None:
    """Looking does not use it up: it is the yes that does."""
    token = _link(consoles, person)
    page = consoles.nobody()
    looks = [await page.browser.get(f"/entrer/lien/{token}") for _ in range(2)]
    entered = await page.browser.post("/entrer/lien", data=page.form(token=token))
    other = consoles.nobody()
    again = await other.browser.post("/entrer/lien", data=other.form(token=token))
    gone = await other.browser.get(f"/entrer/lien/{token}")

    assert [200, 200] == [look.status_code for look in looks]
    assert (303, "/compte") == (entered.status_code, entered.headers["location"])
    assert [410, 410] == [again.status_code, gone.status_code]


async def test_a_link_ends(consoles: "Consoles", person: Person) -> None:
    """After a day; when a newer one is made; when the access is closed."""
    answers = []
    for ending in ("late", "newer", "closed"):
        token = _link(consoles, person)
        if ending == "late":
            consoles.clock.now += links.LINK_LASTS + timedelta(seconds=1)
        if ending == "newer":
            _link(consoles, person)
        if ending == "closed":
            with consoles.at_the_door() as connection:
                register.disable(connection, person, now=consoles.clock(), by="test")
        page = consoles.nobody()
        answers.append(await page.browser.post("/entrer/lien", data=page.form(token=token)))

    assert [410, 410, 410] == [answer.status_code for answer in answers]


async def test_signing_out_ends_the_session(consoles: "Consoles") -> None:
    """Here, and for whoever kept the cookie."""
    page = consoles.signed_in(Role.AGENT)
    answer = await page.browser.post("/sortir", data=page.form())
    kept = await browser(consoles.app, page.token).get("/compte")

    assert (303, "/entrer?sorti=1") == (answer.status_code, answer.headers["location"])
    assert (303, "/entrer?vers=%2Fcompte") == (kept.status_code, kept.headers["location"])


async def test_the_account_s_page_changes_the_password(
    consoles: "Consoles", person: Person
) -> None:
    """With the present one; other browsers are signed out; the new one lets in."""
    page, other = consoles.sign_in(person), consoles.sign_in(person)
    new = "cinq mots tout autres ici"
    form = page.form(actuel=_PASSWORD, nouveau=new, encore=new)
    answer = await page.browser.post("/compte/mot-de-passe", data=form)
    told = await page.browser.get("/compte")
    once = await page.browser.get("/compte")

    assert 303 == answer.status_code
    assert [True, False] == ["est changé" in shown.text for shown in (told, once)]
    assert 303 == (await other.browser.get("/compte")).status_code
    assert 303 == (await _try(consoles.nobody(), person.login, new)).status_code


@pytest.mark.parametrize(
    ("actuel", "nouveau", "encore", "field"),
    [
        ("faux et archifaux", "cinq mots tout autres ici", None, "actuel"),
        (_PASSWORD, "court", None, "nouveau"),
        (_PASSWORD, "a" * 30, None, "nouveau"),
        (_PASSWORD, "zoe@ville.test", None, "nouveau"),
        (_PASSWORD, "cinq mots tout autres ici", "cinq mots", "encore"),
        (_PASSWORD, "é" * 100 + "abcdef" * 17, None, "nouveau"),
    ],
)
async def test_a_password_is_refused_by_its_field(  # noqa: PLR0917
    actuel: str,
    nouveau: str,
    encore: str | None,
    field: str,
    consoles: "Consoles",
    person: Person,
) -> None:
    """The summary leads to the field, and nothing is changed."""
    page = consoles.sign_in(person)
    form = page.form(actuel=actuel, nouveau=nouveau, encore=nouveau if encore is None else encore)
    answer = await page.browser.post("/compte/mot-de-passe", data=form)

    assert 422 == answer.status_code
    assert [field] == re.findall(r'<a href="#champ-(\w+)"', answer.text)
    assert f'id="champ-{field}"' in answer.text
    assert 303 == (await _try(consoles.nobody(), person.login, _PASSWORD)).status_code


async def test_whoever_came_by_a_link_chooses_a_password(
    consoles: "Consoles", person: Person
) -> None:
    """The present one was forgotten: it is not asked for."""
    with consoles.at_the_door() as connection:
        token = sessions.begin(connection, person, means="link", now=consoles.clock())
    shown = await browser(consoles.app, token).get("/compte")

    assert 'name="actuel"' not in shown.text


async def test_other_browsers_are_signed_out(consoles: "Consoles", person: Person) -> None:
    """All but this one."""
    page, other = consoles.sign_in(person), consoles.sign_in(person)
    await page.browser.post("/compte/sortir-ailleurs", data=page.form())
    here, there = await page.browser.get("/compte"), await other.browser.get("/compte")

    assert (200, 303) == (here.status_code, there.status_code)
    assert "Sessions fermées ailleurs : 1." in here.text.replace("\u202f", " ").replace("\xa0", " ")
