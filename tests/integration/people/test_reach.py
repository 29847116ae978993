"""Row-level security, tried with the console's own login: neither superuser nor owner."""

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from shared.roles import AT_THE_DOOR, Role, Scope
from shared.store.engine import open_engine

if TYPE_CHECKING:
    from tests.conftest import Database
    from tests.integration.conftest import Record
    from tests.integration.people.conftest import Seen, Towns

pytestmark = pytest.mark.stack

_BY_APPLICATION = ("application_keys", "verifications", "decisions", "reviews", "journal")
_BY_AUTHORITY = ("structures", "habilitations", "schemes", "portals", "applications")


def _agent(towns: "Towns", role: Role = Role.AGENT) -> Scope:
    return Scope(role, frozenset({towns.arles.authority}), uuid4())


@pytest.fixture(params=["seen", "seen_by_services"])
def either(request: pytest.FixtureRequest) -> Any:
    """Whichever login the console has."""
    return request.getfixturevalue(request.param)


_VERIFICATION = """
    INSERT INTO verifications (id, application_id, outcome, source, fetched_at)
    VALUES (gen_random_uuid(), :id, 'Certified', 'essai', now())
"""
_REVIEW = """
    INSERT INTO reviews (id, application_id, act, at, actor)
    VALUES (gen_random_uuid(), :id, 'shown', now(), 'test')
"""
_JOURNAL = """
    INSERT INTO journal (application_id, sequence, at, actor, now, previous, hash)
    VALUES (:id, 1, now(), 'test', 'RECEIVED', '', 'h')
"""
_DECISION = """
    INSERT INTO decisions (id, application_id, version, valid_from, proposed, tariff_id,
                           tariff_version, tariff_digest, engine_version, sealed, sealed_digest)
    VALUES (gen_random_uuid(), :id, 1, '2026-09-01', false, 't', 'v', 'd', '1', 's', 's')
"""


def _fill(record: "Record", towns: "Towns") -> None:
    """A row of each application's own tables, in both towns."""
    with record.engine.begin() as connection:
        for id_ in (towns.of_arles, towns.of_nimes):
            for statement in (_VERIFICATION, _REVIEW, _JOURNAL, _DECISION):
                connection.execute(text(statement), {"id": id_})


def test_the_console_is_neither_superuser_nor_owner(seen: "Seen") -> None:
    """Its login may not make roles, go round policies, nor own a table."""
    [login] = seen.rows(
        AT_THE_DOOR,
        "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb,"
        " EXISTS (SELECT FROM pg_class WHERE relowner = pg_roles.oid),"
        " pg_has_role(session_user, 'berceau_services', 'MEMBER')"
        " FROM pg_roles WHERE rolname = session_user",
    )

    assert (False,) * 6 == tuple(login)


@pytest.mark.parametrize("table", _BY_AUTHORITY)
def test_rows_of_another_authority_are_invisible(
    table: str, either: "Seen", towns: "Towns"
) -> None:
    """Two towns stand in the table; who reaches one sees one."""
    found = either.rows(_agent(towns), f"SELECT DISTINCT authority_id FROM {table}")  # noqa: S608

    assert [(towns.arles.authority,)] == found


@pytest.mark.parametrize("table", _BY_APPLICATION)
def test_what_hangs_on_an_application_goes_with_it(
    table: str, either: "Seen", record: "Record", towns: "Towns"
) -> None:
    """Keys, answers, decisions, reviews and journal of another authority are invisible."""
    _fill(record, towns)
    found = either.rows(_agent(towns), f"SELECT application_id FROM {table}")  # noqa: S608

    assert [(towns.of_arles,)] == found


def test_who_reaches_every_authority_sees_them_all(either: "Seen", towns: "Towns") -> None:
    """Those to come included: None is every one."""
    everywhere = Scope(Role.OPS, None, uuid4())

    assert {(towns.of_arles,), (towns.of_nimes,)} == set(
        either.rows(everywhere, "SELECT id FROM applications")
    )


@pytest.mark.parametrize("table", ["applications", "authorities", "journal", "people"])
def test_without_a_scope_nothing_is_seen(table: str, seen: "Seen", towns: "Towns") -> None:
    """A transaction that says nothing of itself fails closed, also after one that did."""
    seen.rows(Scope(Role.OPS, None, uuid4()), "SELECT FROM applications")
    with seen.engine.begin() as connection:
        found = connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()  # noqa: S608

    assert towns.of_arles
    assert 0 == found


def test_rows_of_another_authority_are_unwritable(either: "Seen", towns: "Towns") -> None:
    """An update passes over them; an insert is refused."""
    agent = _agent(towns)
    update = "UPDATE applications SET due_at = NULL WHERE id = :id"
    changed = [either.changed(agent, update, id=id_) for id_ in (towns.of_arles, towns.of_nimes)]

    assert [1, 0] == changed
    with pytest.raises(ProgrammingError, match="row-level security"):
        either.changed(agent, _REVIEW, id=towns.of_nimes)


def test_a_row_cannot_be_given_to_another_authority(either: "Seen", towns: "Towns") -> None:
    """Nor taken out of reach."""
    with pytest.raises(ProgrammingError, match="row-level security"):
        either.changed(
            _agent(towns),
            "UPDATE applications SET authority_id = :nimes WHERE id = :id",
            nimes=towns.nimes.authority,
            id=towns.of_arles,
        )


def test_a_dpo_changes_nothing(either: "Seen", towns: "Towns") -> None:
    """Who looks at who looked has no act of an agent."""
    dpo = _agent(towns, Role.DPO)

    assert 0 == either.changed(dpo, "UPDATE applications SET due_at = NULL")


@pytest.mark.parametrize("statement", ["UPDATE {} SET {} = {}", "DELETE FROM {}"])
@pytest.mark.parametrize(
    ("table", "column"),
    [("journal", "actor"), ("decisions", "tariff_id"), ("accesses", "why")],
)
def test_what_is_only_added_to_stays(
    statement: str, table: str, column: str, seen: "Seen", towns: "Towns"
) -> None:
    """The console has no right to change or delete it, whatever the scope."""
    with pytest.raises(ProgrammingError, match="permission denied"):
        seen.changed(_agent(towns), statement.format(table, column, column))


@pytest.mark.parametrize("table", ["portal_keys", "idempotency", "held_evidence"])
def test_what_no_screen_shows_is_closed(table: str, seen: "Seen") -> None:
    """The console cannot read it at all."""
    with pytest.raises(ProgrammingError, match="permission denied"):
        seen.rows(Scope(Role.OPS, None, uuid4()), f"SELECT FROM {table}")


def test_the_services_are_not_hindered(record: "Record", towns: "Towns") -> None:
    """They see and change the rows of every authority, without saying anything."""
    with record.engine.begin() as connection:
        changed = connection.execute(text("UPDATE applications SET due_at = NULL")).rowcount

    assert 2 == changed
    assert {towns.of_arles, towns.of_nimes} == {
        id_ for (id_,) in record.rows("SELECT id FROM applications")
    }


def test_the_console_cannot_be_the_services(migrated: "Database", towns: "Towns") -> None:
    """Its own login is no member of their role."""
    engine = open_engine(migrated.console_url, name="test", connections=1)
    try:
        with engine.begin() as connection, pytest.raises(ProgrammingError, match="permission"):
            connection.execute(text("SET LOCAL ROLE berceau_services"))
    finally:
        engine.dispose()
    assert towns.of_arles
