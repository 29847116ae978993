"""Pauses, campaigns, messages sent again: each by ops, each with its reason."""

import re
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert, text

from shared.campaigns import CampaignKind, CampaignState
from shared.protocol.switching import breaker_switch, set_pause
from shared.roles import Role
from shared.states import Status
from shared.store.campaigns import CampaignRow

if TYPE_CHECKING:
    from tests.console_record import Consoles
    from tests.integration.console.conftest import TwoTowns

pytestmark = pytest.mark.stack
_SWITCHES = "SELECT name FROM switches ORDER BY name"
_NOTED = "SELECT act, comment FROM operations WHERE application_id IS NULL ORDER BY at"
_DIES = text("""
    WITH event AS (
        INSERT INTO events (id, portal_id, application_id, sequence, at, state, transaction)
        VALUES (:id, :portal, :application, 1, now(), 'DECIDED', 1) RETURNING id
    )
    INSERT INTO deliveries
        (event_id, portal_id, application_id, sequence, status, attempts, outcome, finished_at)
    SELECT id, :portal, :application, 1, 'DEAD', 10, 'unreachable', now() FROM event
""")
_WEBHOOK = text("UPDATE portals SET webhook_url = 'https://portail.exemple.fr/berceau'")


def _dead(town: "TwoTowns", application: UUID) -> UUID:
    """A message to the portal of Arles that was tried to the end."""
    values = {"id": uuid4(), "portal": town.arles.portal, "application": application}
    with town.record.engine.begin() as connection:
        connection.execute(_WEBHOOK)
        connection.execute(_DIES, values)
    return values["id"]


def _campaign(town: "TwoTowns") -> UUID:
    id_ = uuid4()
    row = {"id": id_, "code": "essai", "authority_id": town.arles.authority, "total": 0}
    row |= {"scheme_id": town.arles.scheme, "kind": CampaignKind.REPRICING}
    row |= {"state": CampaignState.RUNNING, "started_by": "command:essai"}
    with town.record.engine.begin() as connection:
        connection.execute(insert(CampaignRow), row)
    return id_


async def test_a_queue_is_paused_and_resumed_with_reasons(
    two_towns: "TwoTowns", consoles: "Consoles"
) -> None:
    """It stands on the page with who and why, until it is resumed; both are written down."""
    page = consoles.signed_in(Role.OPS)
    what = {"what": "queue:verify.bulk"}

    await page.browser.post("/pauses", data=page.form(**what, comment="panne de la CAF"))
    paused, shown = two_towns.record.rows(_SWITCHES), await page.browser.get("/pauses")
    asked = await page.browser.post("/pauses/reprendre", data=page.form(**what))
    await page.browser.post("/pauses/reprendre", data=page.form(**what, comment="panne finie"))

    assert [("queue:verify.bulk",)] == paused
    assert "panne de la CAF" in shown.text
    assert page.person.name in shown.text
    assert 'name="comment"' in asked.text
    assert [] == two_towns.record.rows(_SWITCHES)
    assert [("pause", "panne de la CAF"), ("resume", "panne finie")] == (
        two_towns.record.rows(_NOTED)
    )


async def test_a_pause_wants_what_why_and_an_end_to_come(
    two_towns: "TwoTowns", consoles: "Consoles"
) -> None:
    """All that is wrong is said at once, and nothing is paused."""
    page = consoles.signed_in(Role.OPS)
    wrong = {"what": "queue:ailleurs", "until": "2020-01-01T08:00", "comment": ""}

    answer = await page.browser.post("/pauses", data=page.form(**wrong))

    assert 422 == answer.status_code
    assert ["comment", "until", "what"] == re.findall(r'href="#champ-(\w+)"', answer.text)
    assert [] == two_towns.record.rows(_SWITCHES)


async def test_ops_of_one_authority_pause_what_is_theirs(
    two_towns: "TwoTowns", consoles: "Consoles"
) -> None:
    """Neither a queue, which all share, nor another authority."""
    page = consoles.signed_in(Role.OPS, [two_towns.arles.authority])

    answers = [
        (await page.browser.post("/pauses", data=page.form(what=what, comment="x"))).status_code
        for what in ("authority:arles", "authority:nimes", "queue:verify.bulk", "ringing")
    ]
    resumed = await page.browser.post(
        "/pauses/reprendre", data=page.form(what="ringing", comment="x")
    )

    assert ([303, 422, 422, 422], 404) == (answers, resumed.status_code)
    assert [(f"authority:{two_towns.arles.authority}",)] == two_towns.record.rows(_SWITCHES)


async def test_what_a_failure_stopped_is_told_and_may_be_resumed(
    two_towns: "TwoTowns", consoles: "Consoles"
) -> None:
    """A breaker is resumed by the name of its endpoint."""
    with two_towns.record.engine.begin() as connection:
        set_pause(connection, breaker_switch("eaje"), until=None, reason="502", by="verifier")
    page = consoles.signed_in(Role.OPS)

    shown = await page.browser.get("/pauses")
    await page.browser.post(
        "/pauses/reprendre", data=page.form(what="endpoint:eaje", comment="réparé")
    )

    assert 'value="endpoint:eaje"' in shown.text
    assert [] == two_towns.record.rows(_SWITCHES)


async def test_a_campaign_is_paused_resumed_and_cancelled(
    two_towns: "TwoTowns", consoles: "Consoles"
) -> None:
    """Each with its reason; too late is said so, and not written down."""
    path, page = f"/campagnes/{_campaign(two_towns)}", consoles.signed_in(Role.OPS)

    for how in ("suspendre", "reprendre", "annuler", "annuler"):
        await page.browser.post(f"{path}/{how}", data=page.form(comment=f"pour {how}"))
    shown = await page.browser.get(path)

    assert "Annulée" in shown.text
    assert "Trop tard" in shown.text
    assert [
        ("campaign_pause", "pour suspendre"),
        ("campaign_resume", "pour reprendre"),
        ("campaign_cancel", "pour annuler"),
    ] == two_towns.record.rows(_NOTED)


async def test_dead_messages_are_sent_again_by_choice_and_by_portal(
    two_towns: "TwoTowns", consoles: "Consoles"
) -> None:
    """The ticked one first, then all that are left of its portal."""
    first, second, third = two_towns.record.plant(3, status=Status.DECIDED, due_at=None)
    chosen, *_ = [_dead(two_towns, one) for one in (first, second, third)]
    page = consoles.signed_in(Role.OPS)
    some = {"portee": "choix", "livraison": str(chosen), "comment": "réparé"}
    every = {"portee": "tout", "portail": "arles-famille", "comment": "réparé"}
    dead = "SELECT count(*) FROM deliveries WHERE status = 'DEAD'"

    listed = await page.browser.get("/livraisons")
    await page.browser.post("/livraisons/rejouer", data=page.form(**some))
    after_one = two_towns.record.one(dead)
    await page.browser.post("/livraisons/rejouer", data=page.form(**every))

    assert 3 == listed.text.count('name="livraison"')
    assert (2, 0) == (after_one, two_towns.record.one(dead))
    assert [("replay", "réparé")] * 2 == two_towns.record.rows(_NOTED)


async def test_dead_messages_of_another_authority_are_not_there(
    two_towns: "TwoTowns", consoles: "Consoles"
) -> None:
    """Neither listed nor sent again, whoever knows their number."""
    [one] = two_towns.record.plant(1, status=Status.DECIDED, due_at=None)
    event = _dead(two_towns, one)
    page = consoles.signed_in(Role.OPS, [two_towns.nimes.authority])
    fields = {"portee": "choix", "livraison": str(event), "comment": "réparé"}

    listed = await page.browser.get("/livraisons")
    await page.browser.post("/livraisons/rejouer", data=page.form(**fields))

    assert "Les portails ont reçu tout" in listed.text
    assert 1 == two_towns.record.one("SELECT count(*) FROM deliveries WHERE status = 'DEAD'")


@pytest.mark.parametrize(
    ("path", "fields", "way"),
    [
        ("/livraisons/rejouer", {"portee": "choix"}, "/livraisons"),
        ("/pauses/reprendre", {"what": "autre", "comment": "Essai."}, "/pauses"),
        ("/agir", {"portee": "choix", "acte": "retry"}, "/dossiers"),
        ("/filtres/oublier", {"nom": "aucun"}, "/dossiers"),
    ],
)
async def test_a_refusal_leads_back_to_where_it_sends(
    two_towns: "TwoTowns", consoles: "Consoles", path: str, fields: dict[str, str], way: str
) -> None:
    """“Revenir à la liste” comes with the link to that list."""
    assert two_towns
    page = consoles.signed_in(Role.OPS)
    answer = await page.browser.post(path, data=page.form(**fields))

    assert answer.status_code in {404, 422}
    assert [way] == re.findall(r'<p><a href="([^"]+)">[^<]+</a></p>', answer.text)
