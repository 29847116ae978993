"""With a FranceConnect token too, nothing is asked beyond the habilitation."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from services.intake.franceconnect.question import find_right
from services.intake.portals import Portal
from services.intake.problems import ProblemError

if TYPE_CHECKING:
    from tests.integration.conftest import Record

pytestmark = pytest.mark.stack


def _portal(record: "Record") -> Portal:
    founded = record.founded
    return Portal(founded.portal, "portal", founded.authority, 60, datetime.now(UTC))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE habilitations SET endpoints = '{qf}'",
        "UPDATE habilitations SET recipient = '35600000049837'",
        'UPDATE habilitations SET dossier = \'{"ends_at": "2026-01-01T00:00:00Z"}\'',
    ],
)
def test_a_right_that_does_not_cover_it_is_none(record: "Record", statement: str) -> None:
    """The portal is told which scheme, before any call; it may hand in without evidence."""
    portal = _portal(record)
    with record.engine.begin() as connection:
        assert "eaje" == find_right(connection, portal, "creches").profile
        connection.execute(text(statement))

        with pytest.raises(ProblemError) as refused:
            find_right(connection, portal, "creches")

    assert ["outside_habilitation"] == [one.code for one in refused.value.problem.faults]


def test_the_end_of_the_token_has_no_part_in_it(record: "Record") -> None:
    """Who comes through FranceConnect brings a token of their own."""
    portal = _portal(record)
    with record.engine.begin() as connection:
        connection.execute(text("UPDATE habilitations SET token_expires_at = now()"))

        assert "eaje" == find_right(connection, portal, "creches").profile
