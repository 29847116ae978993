"""The room where accesses are given and closed, and the same by command."""

import json
import re
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner, Result

from services.command.__main__ import app
from shared.people import register
from shared.people.register import Person
from shared.roles import Role
from tests.console_house import browser

if TYPE_CHECKING:
    from tests.conftest import Database
    from tests.console_record import Consoles
    from tests.integration.conftest import Record
    from tests.integration.people.conftest import Towns

pytestmark = pytest.mark.stack


def _known(consoles: "Consoles", login: str) -> Person | None:
    with consoles.at_the_door() as connection:
        return register.by_login(connection, login)


async def test_somebody_is_added_and_enters_by_a_link(consoles: "Consoles", towns: "Towns") -> None:
    """A supervisor adds an agent, hands the link over; the agent enters, and reaches one town."""
    arles = towns.arles.authority
    page = consoles.signed_in(Role.SUPERVISOR, [arles])
    fields = {"login": "Awa@Ville.test", "name": "Awa Essai", "role": "agent"}
    added = await page.browser.post("/acces", data=page.form(**fields, authorities=str(arles)))
    awa = _known(consoles, "awa@ville.test")
    assert awa is not None
    shown = await page.browser.post(f"/acces/{awa.id}/lien", data=page.form())
    path = re.search(r'value="http://127.0.0.1:8001(/entrer/lien/[\w-]{43})"', shown.text)
    assert path
    hers = browser(consoles.app)
    form = await hers.get(path[1])
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]+)"', form.text))
    entered = await hers.post("/entrer/lien", data=hidden)

    assert (303, 303) == (added.status_code, entered.status_code)
    assert (Role.AGENT, frozenset({arles})) == (awa.role, awa.authorities)
    assert "Awa Essai" in (await hers.get("/compte")).text


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"login": "Zoé Lô"}, "login"),
        ({"login": ""}, "login"),
        ({"name": ""}, "name"),
        ({"role": "ops"}, "role"),
        ({"role": "roi"}, "role"),
        ({"authorities": []}, "authorities"),
        ({"authorities": ["*"]}, "authorities"),
        ({"authorities": ["nimes"]}, "authorities"),
        ({"authorities": ["arles", "nimes"]}, "authorities"),
        ({"authorities": ["?"]}, "authorities"),
    ],
)
async def test_what_a_supervisor_may_not_give_is_refused(
    changes: dict[str, object], field: str, consoles: "Consoles", towns: "Towns"
) -> None:
    """By its field, what was typed kept, and nobody added."""
    ids = {"arles": str(towns.arles.authority), "nimes": str(towns.nimes.authority)}
    page = consoles.signed_in(Role.SUPERVISOR, [towns.arles.authority])
    form = {"login": "awa", "name": "Awa", "role": "agent", "authorities": ["arles"]} | changes
    form["authorities"] = [ids.get(one, one) for one in form["authorities"]]  # type: ignore[attr-defined]
    answer = await page.browser.post("/acces", data=page.form(**form))

    assert 422 == answer.status_code
    assert [field] == re.findall(r'<a href="#champ-(\w+)"', answer.text)
    assert _known(consoles, "awa") is None


async def test_a_login_that_is_taken_is_told(consoles: "Consoles") -> None:
    """Also when whoever has it is out of sight."""
    consoles.add(Role.DPO, login="awa")
    page = consoles.signed_in(Role.OPS)
    form = page.form(login="awa", name="Awa", role="agent", authorities="*")
    answer = await page.browser.post("/acces", data=form)

    assert 422 == answer.status_code
    assert "déjà pris" in answer.text


async def test_an_access_is_closed_after_a_yes(consoles: "Consoles") -> None:
    """The page asks first; then every session ends, and no link is made any more."""
    page, other = consoles.signed_in(Role.OPS), consoles.signed_in(Role.AGENT)
    asked = await page.browser.get(f"/acces/{other.person.id}/fermer")
    before = await other.browser.get("/compte")
    done = await page.browser.post(f"/acces/{other.person.id}/fermer", data=page.form())
    after = await other.browser.get("/compte")
    link = await page.browser.post(f"/acces/{other.person.id}/lien", data=page.form())

    assert "Fermer l’accès" in asked.text
    assert [200, 303, 303, 409] == [answer.status_code for answer in (before, done, after, link)]
    assert "est fermé" in (await page.browser.get("/acces")).text


async def test_nobody_closes_their_own_access(consoles: "Consoles") -> None:
    """The last who could open it again would be gone."""
    page = consoles.signed_in(Role.OPS)
    answer = await page.browser.post(f"/acces/{page.person.id}/fermer", data=page.form())

    assert 409 == answer.status_code
    assert 200 == (await page.browser.get("/compte")).status_code


async def test_an_access_is_opened_again_with_a_reason(
    record: "Record", consoles: "Consoles"
) -> None:
    """The page asks why; then they sign in as before, and who reopened it and why is written."""
    page, other = consoles.signed_in(Role.OPS), consoles.signed_in(Role.AGENT)
    url = f"/acces/{other.person.id}/rouvrir"
    early = await page.browser.post(url, data=page.form(comment="Retour."))
    await page.browser.post(f"/acces/{other.person.id}/fermer", data=page.form())
    asked = await page.browser.post(url, data=page.form())
    empty = await page.browser.post(url, data=page.form(comment=" "))
    still = await page.browser.get("/acces")
    done = await page.browser.post(url, data=page.form(comment="Retour de congé."))
    again = await page.browser.post(url, data=page.form(comment="Encore."))
    entered = consoles.sign_in(other.person)

    assert [409, 200, 422, 303, 409] == [
        one.status_code for one in (early, asked, empty, done, again)
    ]
    assert "Rouvrir l’accès de Zoé Essai" in asked.text
    assert f'action="{url}"' in still.text
    assert 303 == (await other.browser.get("/compte")).status_code
    assert 200 == (await entered.browser.get("/compte")).status_code
    assert f'action="{url}"' not in (await page.browser.get("/acces")).text
    assert [(f"person:{page.person.id}", "reopen", str(other.person.id), "Retour de congé.")] == [
        tuple(row) for row in record.rows("SELECT actor, act, target, comment FROM operations")
    ]


@pytest.mark.parametrize(("role", "status"), [(Role.AGENT, 200), (Role.OPS, 404)])
async def test_a_supervisor_reopens_whom_they_may_close(
    role: Role, status: int, consoles: "Consoles", towns: "Towns"
) -> None:
    """Of their towns, and no higher than themselves; others do not exist for them."""
    page = consoles.signed_in(Role.SUPERVISOR, [towns.arles.authority])
    whose = consoles.add(role, [towns.arles.authority])
    with consoles.at_the_door() as connection:
        register.disable(connection, whose, now=consoles.clock(), by="test")
    answers = [
        await page.browser.get(f"/acces/{whose.id}/fermer"),
        await page.browser.post(f"/acces/{whose.id}/rouvrir", data=page.form()),
    ]

    assert [status] * 2 == [answer.status_code for answer in answers]


async def test_a_name_that_is_markup_is_text(consoles: "Consoles") -> None:
    """In the list, on the page of a link, in the question before a closing."""
    with consoles.at_the_door() as connection:
        name = "<b>Zoé</b>"
        newcomer = register.Newcomer("zoe", name, Role.AGENT, None)
        zoe = register.add(connection, newcomer, by="test")
    page = consoles.signed_in(Role.OPS)
    texts = [
        (await page.browser.get("/acces")).text,
        (await page.browser.get(f"/acces/{zoe.id}/fermer")).text,
        (await page.browser.post(f"/acces/{zoe.id}/lien", data=page.form())).text,
    ]

    assert [False] * 3 == ["<b>" in text for text in texts]


def _run(database: "Database", *words: str) -> Result:
    env = {
        "BERCEAU_DATABASE_URL": database.service_url,
        "BERCEAU_REDIS_URL": "redis://127.0.0.1:1",
        "BERCEAU_KEY_RING_FILE": "none",
        "BERCEAU_CONSOLE_URL": "https://veille.exemple.fr/",
    }
    return CliRunner().invoke(app, ["person", *words], env=env)


async def test_the_first_account_is_made_by_command(
    migrated: "Database", consoles: "Consoles", towns: "Towns"
) -> None:
    """Added, listed, sent another link, closed; the link lets in at the console."""
    added = _run(migrated, "add", "Zoe", "--name", "Zoé Lô", "--role", "ops")
    scoped = _run(
        migrated, "add", "awa", "--name", "Awa", "--role", "agent", "--authority", "arles"
    )
    token = re.fullmatch(r"https://veille.exemple.fr/entrer/lien/([\w-]{43})\n", added.stdout)
    assert token, added.output
    page = consoles.nobody()
    entered = await page.browser.post("/entrer/lien", data=page.form(token=token[1]))
    listed = json.loads(_run(migrated, "list", "--json").stdout)
    closed = _run(migrated, "disable", "zoe")
    after = await page.browser.get("/compte")

    assert towns
    assert (0, 0, 303, 303) == (
        scoped.exit_code,
        closed.exit_code,
        entered.status_code,
        after.status_code,
    )
    assert [("awa", ["arles"]), ("zoe", None)] == [
        (one["login"], one["authorities"]) for one in listed
    ]


def test_what_a_command_cannot_do_is_told(migrated: "Database", consoles: "Consoles") -> None:
    """Which word, and why."""
    consoles.add(Role.AGENT, login="zoe")
    told = [
        _run(migrated, *words)
        for words in (
            ("add", "zoe", "--name", "Zoé", "--role", "ops"),
            ("add", "é", "--name", "Zoé", "--role", "ops"),
            ("add", "awa", "--name", "Awa", "--role", "agent", "--authority", "nulle-part"),
            ("link", "inconnu"),
            ("disable", "inconnu"),
            ("disable", "zoe"),
            ("link", "zoe"),
        )
    ]

    assert [2, 2, 1, 1, 1, 0, 2] == [one.exit_code for one in told]
    assert "déjà pris" in told[0].stderr
    assert "nulle-part" in told[2].stderr
