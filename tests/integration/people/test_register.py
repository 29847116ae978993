"""The register: who is added, listed and disabled, and by whom; looks are written down."""

from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import ProgrammingError

from shared.errors import PeopleError
from shared.people import accesses, register
from shared.people.accesses import Act, Looked
from shared.people.register import Newcomer
from shared.roles import Role, Scope
from shared.store.people import AccessRow, PersonRow
from shared.store.scoping import seen_by

if TYPE_CHECKING:
    from tests.console_record import Consoles
    from tests.integration.conftest import Record
    from tests.integration.people.conftest import Towns

pytestmark = pytest.mark.stack


def test_a_newcomer_is_so_long() -> None:
    """Login and name, each told by its field beyond its bound."""
    longest = Newcomer("a" * register.LONGEST_LOGIN, "é" * register.LONGEST_NAME, Role.AGENT, None)
    refused = []
    for login, name in ((longest.login + "a", "Zoé"), ("zoe", longest.name + "é"), ("zoe", " ")):
        with pytest.raises(PeopleError) as told:
            Newcomer(login, name, Role.AGENT, None)
        refused.append(told.value.field)

    assert ["login", "name", "name"] == refused


@pytest.mark.parametrize("login", ["", "Zoé", "zoe essai", "-zoe", "ZOE"])
def test_a_login_is_plain(login: str) -> None:
    """Lower case and without accents, so that nobody types it twice."""
    with pytest.raises(PeopleError, match="Identifiant"):
        Newcomer(login, "Zoé", Role.AGENT, None)


def test_a_login_is_taken_once(consoles: "Consoles") -> None:
    """The second is told so, and the transaction goes on."""
    consoles.add(Role.AGENT, login="zoe")
    with consoles.at_the_door() as connection:
        with pytest.raises(PeopleError, match="déjà pris"):
            register.add(connection, Newcomer("zoe", "Zoé", Role.AGENT, None), by="test")

        assert register.by_login(connection, "zoe") is not None


def test_so_many_people_are_listed(record: "Record") -> None:
    """By login; the rest is not read."""
    row = {"name": "Zoé", "role": "agent", "created_by": "test"}
    rows = [row | {"login": f"p{number:04}"} for number in range(register.MOST_LISTED + 1)]
    with record.engine.begin() as connection:
        connection.execute(insert(PersonRow), rows)
        listed = register.everyone(connection)

    assert [one["login"] for one in rows[:-1]] == [person.login for person in listed]


def test_a_supervisor_sees_and_makes_agents_of_theirs(consoles: "Consoles", towns: "Towns") -> None:
    """Within their authorities; no ops, nobody of another town, nobody of every town."""
    arles, nimes = towns.arles.authority, towns.nimes.authority
    ours = consoles.add(Role.AGENT, [arles])
    for role, reach in ((Role.OPS, [arles]), (Role.AGENT, [nimes]), (Role.AGENT, None)):
        consoles.add(role, reach)
    engine = seen_by(consoles.engine, Scope(Role.SUPERVISOR, frozenset({arles}), uuid4()))

    with engine.begin() as connection:
        assert [ours.id] == [person.id for person in register.everyone(connection)]
        made = Newcomer("neuf", "Neuf", Role.AGENT, frozenset({arles}))
        register.add(connection, made, by="test")
    too_much: list[tuple[Role, frozenset[UUID] | None]] = [
        (Role.OPS, frozenset({arles})),
        (Role.AGENT, frozenset({arles, nimes})),
        (Role.AGENT, None),
    ]
    for role, within in too_much:
        with (
            engine.begin() as connection,
            pytest.raises(ProgrammingError, match="row-level security"),
        ):
            register.add(connection, Newcomer("trop", "Trop", role, within), by="test")


def test_a_look_is_written_under_one_s_own_name(consoles: "Consoles", towns: "Towns") -> None:
    """Who looks cannot say that somebody else did; the DPO of the authority reads it."""
    arles, nimes = towns.arles.authority, towns.nimes.authority
    agent, other = consoles.add(Role.AGENT, [arles]), consoles.add(Role.AGENT, [arles])
    look = Looked(Act.SEARCHED, "Appel de la famille.", authority=arles, sought=b"index")
    with seen_by(consoles.engine, agent.scope).begin() as connection:
        accesses.record(connection, agent.id, look)
    with (
        seen_by(consoles.engine, agent.scope).begin() as connection,
        pytest.raises(ProgrammingError, match="row-level security"),
    ):
        accesses.record(connection, other.id, look)

    seen = {}
    for who, scope in {
        "agent": agent.scope,
        "other": other.scope,
        "dpo": Scope(Role.DPO, frozenset({arles}), uuid4()),
        "dpo elsewhere": Scope(Role.DPO, frozenset({nimes}), uuid4()),
        "ops": Scope(Role.OPS, None, uuid4()),
    }.items():
        with seen_by(consoles.engine, scope).begin() as connection:
            seen[who] = list(connection.execute(select(AccessRow.person_id)).scalars())

    assert {
        "agent": [agent.id],
        "other": [],
        "dpo": [agent.id],
        "dpo elsewhere": [],
        "ops": [],
    } == seen


def test_a_reason_is_so_long(consoles: "Consoles") -> None:
    """What is beyond is not kept."""
    agent = consoles.add(Role.AGENT)
    with seen_by(consoles.engine, agent.scope).begin() as connection:
        accesses.record(connection, agent.id, Looked(Act.OPENED, "x" * 1000))
        kept = connection.execute(text("SELECT why FROM accesses")).scalar_one()

    assert "x" * accesses.LONGEST_WHY == kept
