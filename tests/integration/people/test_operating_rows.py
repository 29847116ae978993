"""Rows of operating, as PostgreSQL itself shows them: whatever a query forgets to ask."""

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from shared.protocol.sampling import sample
from shared.roles import Role, Scope

if TYPE_CHECKING:
    from tests.integration.conftest import Record
    from tests.integration.people.conftest import Seen, Towns

pytestmark = pytest.mark.stack
_TOKENS = text("INSERT INTO name_tokens (application_id, version, tokens) VALUES (:id, 1, '{7}')")
_KEPT = text("""
    INSERT INTO saved_filters (id, owner, name, sought, saved_by)
    VALUES (gen_random_uuid(), :owner, 'essai', '', 'test')
""")
_BY_NAME = "SELECT found FROM berceau_found_by_name(CAST('{7}' AS bigint[]), 10) AS found"


def test_a_name_finds_what_is_in_reach(record: "Record", towns: "Towns", seen: "Seen") -> None:
    """The index of names is read by a function alone, which keeps to the scope; unscoped, none."""
    with record.engine.begin() as connection:
        connection.execute(_TOKENS, [{"id": towns.of_arles}, {"id": towns.of_nimes}])
    ours = Scope(Role.AGENT, frozenset({towns.arles.authority}), uuid4())

    found = [
        {row.found for row in seen.rows(scope, _BY_NAME)}
        for scope in (ours, Scope(Role.OPS, None, uuid4()), Scope(Role.AGENT))
    ]

    assert [{towns.of_arles}, {towns.of_arles, towns.of_nimes}, set()] == found


def test_filters_are_one_s_own_or_the_team_s(record: "Record", seen: "Seen") -> None:
    """Nobody reads another person's, and who may not act keeps none for the team."""
    me, other = uuid4(), uuid4()
    with record.engine.begin() as connection:
        connection.execute(_KEPT, [{"owner": f"person:{me}"}, {"owner": f"person:{other}"}])
        connection.execute(_KEPT, {"owner": "team"})
    dropped = "DELETE FROM saved_filters WHERE owner = 'team'"

    owners = [
        row.owner
        for row in seen.rows(
            Scope(Role.OPS, None, me), "SELECT owner FROM saved_filters ORDER BY owner"
        )
    ]

    assert [f"person:{me}", "team"] == owners
    assert 0 == seen.changed(Scope(Role.DPO, None, me), dropped)
    assert 1 == seen.changed(Scope(Role.OPS, None, me), dropped)


def test_what_is_at_rest_is_told_of_one_s_authorities(
    record: "Record", towns: "Towns", seen: "Seen"
) -> None:
    """Counts as well as rows; and nobody who looks changes them."""
    sample(record.engine)
    ours = Scope(Role.AGENT, frozenset({towns.arles.authority}), uuid4())
    told = "SELECT DISTINCT authority_id AS town FROM at_rest"

    assert [{towns.arles.authority}, {towns.arles.authority, towns.nimes.authority}, set()] == [
        {row.town for row in seen.rows(scope, told)}
        for scope in (ours, Scope(Role.OPS, None, uuid4()), Scope(Role.AGENT))
    ]
    with pytest.raises(ProgrammingError, match="permission denied"):
        seen.changed(Scope(Role.OPS, None, uuid4()), "DELETE FROM at_rest")
