"""The list of applications: page after page, filters kept, families found by name."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from shared.application import Application
from shared.blind_names import IndexKeys
from shared.protocol.operating import names
from shared.roles import Role
from shared.states import Status
from tests.integration.console.conftest import references

if TYPE_CHECKING:
    from tests.console_record import Consoles, Page
    from tests.integration.console.conftest import TwoTowns

pytestmark = pytest.mark.stack
_CHILD = "2025-03-04"
_ACCESSES = "SELECT person_id, act, why, authority_id, application_id, sought FROM accesses"

_ANSWERED = text("""
    INSERT INTO verifications (id, application_id, outcome, source, fetched_at, http_status)
    VALUES (gen_random_uuid(), :id, 'Unavailable', 'api-particulier-v3/eaje', now(), 502)
""")


async def _walk(page: "Page", path: str) -> list[list[str]]:
    """The references of each page, from link to link."""
    pages = []
    while path:
        shown = (await page.browser.get(path)).text
        pages.append(references(shown))
        found = re.search(r'<a rel="next" href="([^"]+)"', shown)
        path = found[1].replace("&amp;", "&") if found else ""
    return pages


async def test_each_application_is_on_one_page(two_towns: "TwoTowns", consoles: "Consoles") -> None:
    """Pages begin where the last one ended: none is missing, none is twice, the oldest is first."""
    begin = datetime.now(UTC) - timedelta(days=3)
    for minute in range(12):
        two_towns.record.plant(10, received_at=begin + timedelta(minutes=minute))
    page = consoles.signed_in(Role.AGENT, [two_towns.arles.authority])

    pages = await _walk(page, "/dossiers?state=RECEIVED")

    ids = [row.reference for row in two_towns.record.rows(
        "SELECT reference FROM applications ORDER BY received_at, id"
    )]  # fmt: skip
    assert [50, 50, 20] == [len(one) for one in pages]
    assert ids == [reference for one in pages for reference in one]


async def test_an_agent_sees_and_does_nothing_of_another_authority(
    two_towns: "TwoTowns", consoles: "Consoles"
) -> None:
    """The list holds their own, and offers an agent no act."""
    [ours] = two_towns.record.plant(1)
    two_towns.plant_in_nimes(1)
    page = consoles.signed_in(Role.AGENT, [two_towns.arles.authority])

    answer = await page.browser.get("/dossiers")

    assert [two_towns.record.reference_of(ours)] == references(answer.text)
    assert 'action="/agir"' not in answer.text


async def test_what_cannot_be_sought_is_said_by_its_field(
    two_towns: "TwoTowns", consoles: "Consoles"
) -> None:
    """An age that is none, a code that names nothing: the form is shown again."""
    page = consoles.signed_in(Role.OPS)
    del two_towns

    ages, codes = [
        await page.browser.get(path)
        for path in ("/dossiers?older=hier", "/dossiers?portal=inconnu")
    ]

    assert (422, 422) == (ages.status_code, codes.status_code)
    assert 'href="#champ-older"' in ages.text
    assert 'href="#champ-portal"' in codes.text


async def test_a_filter_is_kept_for_oneself_or_for_the_team(
    two_towns: "TwoTowns", consoles: "Consoles"
) -> None:
    """Others see the team's, and not mine."""
    del two_towns
    mine, other = consoles.signed_in(Role.OPS), consoles.signed_in(Role.OPS)
    for name, owner in (("à moi", ""), ("à nous", "team")):
        fields = {"filtre": "state=PARKED&older=3d", "nom": name, "pour": owner}
        await mine.browser.post("/filtres", data=mine.form(**fields))

    kept = [
        re.findall(r'href="/dossiers\?state=PARKED&amp;older=3d">([^<]+)<', page.text)
        for page in (await mine.browser.get("/dossiers"), await other.browser.get("/dossiers"))
    ]
    forgotten = await mine.browser.post("/filtres/oublier", data=mine.form(nom="à moi"))

    assert [["à moi", "à nous"], ["à nous"]] == kept
    assert 303 == forgotten.status_code


async def test_a_family_is_found_by_name_and_each_look_is_recorded(
    two_towns: "TwoTowns", consoles: "Consoles", application: Application
) -> None:
    """What is found is in reach; why is kept with what was found, the name is not."""
    keys = IndexKeys.new()
    consoles.changes["index_keys"] = keys
    record, arles = two_towns.record, two_towns.arles
    id_ = record.enrol(application)
    [theirs] = two_towns.plant_in_nimes(1)
    people = list(names.people_of(application))
    with record.engine.begin() as connection:
        names.enter(connection, keys, {id_: people, theirs: people})
    page = consoles.signed_in(Role.AGENT, [arles.authority])
    asked = {"nom": "Marchetti", "naissance": _CHILD, "pourquoi": "appel de la famille"}

    answer = await page.browser.post("/recherche", data=page.form(**asked))

    assert [record.reference_of(id_)] == references(answer.text)
    [look] = record.rows(_ACCESSES)
    assert (page.person.id, "searched", "appel de la famille", arles.authority, id_) == look[:5]
    assert b"".join(
        number.to_bytes(8, "big", signed=True)
        for number in keys.asked("Marchetti", date.fromisoformat(_CHILD))
    ) == bytes(look.sought)
    assert 0 == record.one("SELECT count(*) FROM operations WHERE comment ILIKE '%marchetti%'")


async def test_a_search_that_finds_nobody_is_recorded_too(
    two_towns: "TwoTowns", consoles: "Consoles"
) -> None:
    """Once for each authority in reach; one without a reason is not made."""
    consoles.changes["index_keys"] = IndexKeys.new()
    page = consoles.signed_in(Role.AGENT, [two_towns.arles.authority])
    asked = {"nom": "Personne", "naissance": _CHILD}

    refused = await page.browser.post("/recherche", data=page.form(**asked, pourquoi=""))
    nobody = await page.browser.post("/recherche", data=page.form(**asked, pourquoi="appel"))

    assert (422, 200) == (refused.status_code, nobody.status_code)
    assert [two_towns.arles.authority] == [
        row.authority_id for row in two_towns.record.rows(_ACCESSES)
    ]


async def test_an_application_s_page_tells_its_calls_and_its_acts(
    two_towns: "TwoTowns", consoles: "Consoles"
) -> None:
    """Beside the journal stands what the State answered."""
    [id_] = two_towns.record.plant(1, status=Status.TO_REVIEW, due_at=None)
    with two_towns.record.engine.begin() as connection:
        connection.execute(_ANSWERED, {"id": id_})
    page = consoles.signed_in(Role.SUPERVISOR, [two_towns.arles.authority])

    shown = (await page.browser.get(f"/dossiers/{two_towns.record.reference_of(id_)}")).text

    assert "service indisponible" in shown
    assert "HTTP 502" in shown
    assert ["retry", "retry_at", "lane", "close"] == re.findall(r'<option value="(\w+)"', shown)


async def test_so_many_calls_are_told(two_towns: "TwoTowns", consoles: "Consoles") -> None:
    """The page of an application stays one that a browser shows."""
    [id_] = two_towns.record.plant(1)
    with two_towns.record.engine.begin() as connection:
        connection.execute(_ANSWERED, [{"id": id_}] * 205)
    page = consoles.signed_in(Role.OPS)

    shown = (await page.browser.get(f"/dossiers/{two_towns.record.reference_of(id_)}")).text

    assert 200 == shown.count("Appel à l’État")
