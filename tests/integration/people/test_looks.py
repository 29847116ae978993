"""The record of accesses read back: by the DPO for their authorities, by each for themselves."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert, text

from shared.people import looked
from shared.people.accesses import Act
from shared.roles import Role
from shared.store.people import AccessRow

if TYPE_CHECKING:
    from tests.console_record import Consoles, Page
    from tests.integration.conftest import Record
    from tests.integration.people.conftest import Towns

pytestmark = pytest.mark.stack
_NOON = datetime(2026, 3, 31, 12, tzinfo=UTC)


def _look(record: "Record", person: UUID, why: str, **columns: Any) -> None:
    row = {"id": uuid4(), "at": _NOON, "person_id": person, "act": Act.SEARCHED, "why": why}
    with record.engine.begin() as connection:
        connection.execute(insert(AccessRow), {**row, **columns})


async def _whys(page: "Page", path: str) -> Sequence[str]:
    """The reasons that a page tells, in order."""
    answer = await page.browser.get(path)
    assert 200 == answer.status_code, answer.text
    return re.findall(r'<td class="text long">(.+?)</td>', answer.text)


async def test_the_dpo_reads_what_was_looked_at_in_their_towns(
    record: "Record", consoles: "Consoles", towns: "Towns"
) -> None:
    """By whom, when, why, and which application; another town's looks do not exist."""
    agent = consoles.add(Role.AGENT, [towns.arles.authority, towns.nimes.authority])
    of_arles = {"authority_id": towns.arles.authority, "application_id": towns.of_arles}
    _look(record, agent.id, "Appel de la famille", **of_arles, sought=b"secret")
    _look(record, agent.id, "Autre ville", authority_id=towns.nimes.authority)
    page = consoles.signed_in(Role.DPO, [towns.arles.authority])
    answer = await page.browser.get("/registre")

    assert ["Appel de la famille"] == await _whys(page, "/registre")
    assert ["Autre ville", "Appel de la famille"] == sorted(
        await _whys(consoles.signed_in(Role.DPO), "/registre"), reverse=True
    )
    for told in ("Zoé Essai", "31/03/2026 12:00:00", record.reference_of(towns.of_arles)):
        assert told in answer.text
    assert "recherche par nom" in answer.text
    assert "secret" not in answer.text


@pytest.mark.parametrize("role", list(Role))
async def test_each_reads_their_own_looks(
    role: Role, record: "Record", consoles: "Consoles", towns: "Towns"
) -> None:
    """And nobody else's, the DPO's too, whatever the address says."""
    page = consoles.signed_in(role, [towns.arles.authority])
    other = consoles.add(Role.AGENT, [towns.arles.authority])
    for person, why in ((page.person, "La mienne"), (other, "Une autre")):
        _look(record, person.id, why, authority_id=towns.arles.authority)

    assert ["La mienne"] == await _whys(page, "/compte/acces")
    assert ["La mienne"] == await _whys(page, f"/compte/acces?personne={other.id}")


async def test_looks_are_sought_by_person_kind_and_day(
    record: "Record", consoles: "Consoles"
) -> None:
    """Each filter alone and together, the last look first; days are whole, both included."""
    one, other = consoles.add(Role.AGENT), consoles.add(Role.OPS)
    day = timedelta(days=1)
    _look(record, one.id, "a", at=_NOON - day)
    _look(record, one.id, "b", at=_NOON, act=Act.OPENED)
    _look(record, other.id, "c", at=_NOON + day)
    _look(record, other.id, "d", at=_NOON + 2 * day)
    page = consoles.signed_in(Role.DPO)
    sought = {
        "": "dcba",
        f"personne={one.id}": "ba",
        "acte=opened": "b",
        "du=2026-03-31": "dcb",
        "au=2026-03-31": "ba",
        "du=2026-03-31&au=2026-04-01": "cb",
        f"personne={other.id}&acte=searched&du=2026-04-02": "d",
        f"personne={uuid4()}": "",
        "au=9999-12-31": "dcba",
        "du=0001-01-01": "dcba",
    }

    assert sought == {query: "".join(await _whys(page, f"/registre?{query}")) for query in sought}


async def test_pages_follow_without_a_gap(record: "Record", consoles: "Consoles") -> None:
    """Also through looks of the same moment; the filter goes along."""
    agent, other = consoles.add(Role.AGENT), consoles.add(Role.AGENT)
    whys = [f"raison {number}" for number in range(2 * looked.PAGE + 1)]
    for number, why in enumerate(whys):
        _look(record, agent.id, why, at=_NOON + timedelta(seconds=number // 40))
    _look(record, other.id, "Une autre")
    page = consoles.signed_in(Role.DPO)
    seen: list[str] = []
    where: str | None = f"/registre?personne={agent.id}"
    lengths = []
    while where:
        found = await _whys(page, where)
        lengths.append(len(found))
        seen += found
        answer = await page.browser.get(where)
        following = re.search(r'rel="next" href="([^"]+)"', answer.text)
        where = following[1].replace("&amp;", "&") if following else None

    assert [looked.PAGE, looked.PAGE, 1] == lengths
    assert sorted(whys) == sorted(seen)


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ("personne=Zo%C3%A9", ["personne"]),
        ("acte=vol", ["acte"]),
        ("du=hier&au=demain", ["du", "au"]),
        ("du=2026-04-02&au=2026-04-01", ["au"]),
    ],
)
async def test_what_is_no_filter_is_told_by_its_field(
    query: str, fields: list[str], consoles: "Consoles"
) -> None:
    """On the page, with nothing listed."""
    answer = await consoles.signed_in(Role.DPO).browser.get(f"/registre?{query}")

    assert 422 == answer.status_code
    assert fields == re.findall(r'<a href="#champ-(\w+)"', answer.text)


@pytest.mark.parametrize("mark", ["x", "2026-03-31", "2026-03-31T00:00:00Z_x", "0001-01-01_1"])
async def test_a_page_that_is_none_is_not_there(mark: str, consoles: "Consoles") -> None:
    """An address that somebody mended by hand."""
    answer = await consoles.signed_in(Role.DPO).browser.get(f"/registre?apres={mark}")

    assert 404 == answer.status_code


async def test_who_looked_is_chosen_by_name(
    record: "Record", consoles: "Consoles", towns: "Towns"
) -> None:
    """Only those who looked in the towns in reach; ids stand in the address, never names."""
    ours, theirs = consoles.add(Role.AGENT), consoles.add(Role.AGENT)
    _look(record, ours.id, "a", authority_id=towns.arles.authority)
    _look(record, theirs.id, "b", authority_id=towns.nimes.authority)
    page = consoles.signed_in(Role.DPO, [towns.arles.authority])
    answer = await page.browser.get("/registre")
    select = answer.text.partition('name="personne"')[2].partition("</select>")[0]

    assert ["", str(ours.id)] == re.findall(r'<option value="([^"]*)"', select)
    assert "Zoé Essai" in select


async def test_a_reason_is_text(record: "Record", consoles: "Consoles") -> None:
    """Whatever was typed."""
    _look(record, consoles.add(Role.AGENT).id, "<b>famille</b>")

    assert ["&lt;b&gt;famille&lt;/b&gt;"] == await _whys(consoles.signed_in(Role.DPO), "/registre")


def test_so_many_people_are_offered(record: "Record") -> None:
    """Of the last looks; the list ends."""
    with record.owner.begin() as connection:
        connection.execute(
            text("""
                INSERT INTO people (id, login, name, role, created_by)
                SELECT gen_random_uuid(), 'p-' || n, 'Essai', 'agent', 'test'
                FROM generate_series(1, :many) AS n
            """),
            {"many": looked.MOST_PEOPLE + 1},
        )
        connection.execute(
            text("""
                INSERT INTO accesses (id, person_id, act, why)
                SELECT gen_random_uuid(), id, 'searched', '' FROM people
            """)
        )

        assert looked.MOST_PEOPLE == len(looked.people(connection))


def test_so_many_looks_are_gone_through_for_them(record: "Record", consoles: "Consoles") -> None:
    """Who looked before these is not offered."""
    late, early = consoles.add(Role.AGENT), consoles.add(Role.AGENT)
    _look(record, early.id, "a")
    with record.owner.begin() as connection:
        connection.execute(
            text("""
                INSERT INTO accesses (id, person_id, act, why)
                SELECT gen_random_uuid(), :person, 'searched', ''
                FROM generate_series(1, :many)
            """),
            {"person": late.id, "many": looked._MOST_RECENT},
        )

        assert [late.id] == looked.people(connection)


def test_a_page_is_read_by_its_index(record: "Record", consoles: "Consoles") -> None:
    """By plan, among many looks; those of one person too."""
    person = consoles.add(Role.AGENT)
    with record.owner.begin() as connection:
        connection.execute(
            text("""
                INSERT INTO accesses (id, at, person_id, act, why)
                SELECT gen_random_uuid(), now() - n * interval '1 hour', :person, 'searched', ''
                FROM generate_series(1, 5000) AS n
            """),
            {"person": person.id},
        )
        connection.exec_driver_sql("ANALYZE accesses")
        plans = [
            "\n".join(
                connection.execute(
                    text(f"EXPLAIN {looked._SEEN.text}"), looked._values(sought, None)
                ).scalars()
            )
            for sought in (looked.Sought(), looked.Sought(person=person.id))
        ]

    assert ["Seq Scan on accesses" in plan for plan in plans] == [False, False]
