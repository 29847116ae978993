"""Bounds of the console's pages: where a list, a count or a choice stops."""

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import Engine, text

from services.console.__main__ import _CONNECTIONS, _house
from services.console.rooms import applications, campaigns, deliveries, pauses
from shared.roles import Role
from shared.settings import Settings
from shared.watching.pausing import MOST_PAUSED
from shared.watching.story import MOST_TOLD

if TYPE_CHECKING:
    from tests.conftest import Database
    from tests.console_record import Consoles
    from tests.integration.console.conftest import TwoTowns

pytestmark = pytest.mark.stack
_PORTALS = """
    INSERT INTO portals (id, code, name, authority_id, webhook_url)
    SELECT gen_random_uuid(), 'portail-' || n, 'Essai', :town, 'https://exemple.fr/' || n
    FROM generate_series(1, :many) n
"""
_AUTHORITIES = """
    INSERT INTO authorities (id, code, name, kind, siret)
    SELECT gen_random_uuid(), 'ville-' || n, 'Essai', 'commune', '21130000900019'
    FROM generate_series(1, :many) n
"""
_SWITCHES = """
    INSERT INTO switches (name, reason, set_by)
    SELECT 'endpoint:essai' || n, 'essai', 'command:essai' FROM generate_series(1, :many) n
"""
_CAMPAIGNS = """
    INSERT INTO campaigns (id, code, authority_id, kind, state, total, started_by)
    SELECT gen_random_uuid(), 'essai-' || n, :town, 'repricing', 'finished', 0, 'command:essai'
    FROM generate_series(1, :many) n
"""
_DEAD = """
    WITH told AS (
        INSERT INTO events (id, portal_id, application_id, sequence, at, state, transaction)
        SELECT gen_random_uuid(), p.id, :application, row_number() OVER (), now(), 'DECIDED', 1
        FROM portals p WHERE p.code LIKE 'portail-%' RETURNING id, portal_id, sequence
    )
    INSERT INTO deliveries (event_id, portal_id, application_id, sequence, status)
    SELECT id, portal_id, :application, sequence, 'DEAD' FROM told
"""
_TOLD = """
    INSERT INTO events (id, portal_id, application_id, sequence, at, state, transaction)
    SELECT gen_random_uuid(), :portal, :application, n, now(), 'RECEIVED', 1
    FROM generate_series(1, :many) n
"""
_CONNECTED = """
    SELECT (SELECT count(*) FROM pg_stat_activity
            WHERE datname = current_database() AND application_name = 'berceau-console')
    FROM pg_sleep(0.05)
"""
_COPIES = """
    INSERT INTO applications (id, reference, authority_id, portal_id, scheme_id, habilitation_id,
        same_application, sealed, status, lane, due_at)
    SELECT n.id, CAST(n.id AS text), authority_id, portal_id, scheme_id, habilitation_id,
        decode(replace(CAST(n.id AS text), '-', ''), 'hex'), sealed, status, lane, due_at
    FROM applications, (SELECT gen_random_uuid() AS id FROM generate_series(1, :many)) n
"""


async def _page(
    town: "TwoTowns", consoles: "Consoles", path: str, *statements: str, **values: object
) -> str:
    """A page, after statements that fill the record beyond its bound."""
    with town.record.owner.begin() as connection:
        for statement in statements:
            connection.execute(text(statement), {"town": town.arles.authority, **values})
    return (await consoles.signed_in(Role.OPS).browser.get(path)).text


async def test_so_many_are_counted(two_towns: "TwoTowns", consoles: "Consoles") -> None:
    """Beyond it the page says that there are more."""
    two_towns.record.plant(1)

    shown = await _page(two_towns, consoles, "/dossiers", _COPIES, many=applications.MOST_COUNTED)

    assert "10\u202f000 dossiers ou plus" in shown


async def test_so_many_codes_are_offered(two_towns: "TwoTowns", consoles: "Consoles") -> None:
    """A field of the search offers the first of them."""
    most = applications.MOST_CHOICES
    shown = await _page(two_towns, consoles, "/dossiers", _PORTALS, many=most + 1)

    field = re.search(r'<select id="champ-portal".*?</select>', shown, re.DOTALL)
    assert field is not None
    assert most + 1 == field[0].count("<option")  # with that of all


async def test_so_many_may_be_paused(two_towns: "TwoTowns", consoles: "Consoles") -> None:
    """The first of what is offered by its code."""
    most = pauses.MOST_OFFERED
    shown = await _page(two_towns, consoles, "/pauses", _AUTHORITIES, many=most + 1)

    assert most == shown.count('<option value="authority:')


async def test_so_many_pauses_are_shown(two_towns: "TwoTowns", consoles: "Consoles") -> None:
    """The last ones."""
    shown = await _page(two_towns, consoles, "/pauses", _SWITCHES, many=MOST_PAUSED + 1)

    assert MOST_PAUSED == shown.count('<input type="hidden" name="what"')


async def test_so_many_campaigns_are_shown(two_towns: "TwoTowns", consoles: "Consoles") -> None:
    """The last ones."""
    most = campaigns.MOST_LISTED
    shown = await _page(two_towns, consoles, "/campagnes", _CAMPAIGNS, many=most + 1)

    assert most == shown.count('<a href="/campagnes/')


async def test_so_many_portals_are_shown(two_towns: "TwoTowns", consoles: "Consoles") -> None:
    """Those with messages that nobody took, by code."""
    [application] = two_towns.record.plant(1)
    most = deliveries.MOST_PORTALS
    shown = await _page(
        two_towns,
        consoles,
        "/livraisons",
        _PORTALS,
        _DEAD,
        many=most + 1,
        application=application,
    )

    assert most == shown.count('<a href="/livraisons?portail=')


async def test_so_many_messages_are_told(two_towns: "TwoTowns", consoles: "Consoles") -> None:
    """On the page of an application, the first ones."""
    [application] = two_towns.record.plant(1)
    shown = await _page(
        two_towns,
        consoles,
        f"/dossiers/{two_towns.record.reference_of(application)}",
        _TOLD,
        many=MOST_TOLD + 1,
        application=application,
        portal=two_towns.arles.portal,
    )

    assert MOST_TOLD == shown.count("Message au portail")


def test_so_many_connections_and_no_more(migrated: "Database") -> None:
    """What is asked for beyond them waits its turn; PostgreSQL sees no more at any time."""
    settings = Settings.model_validate(
        {
            "database_url": migrated.service_url,
            "console_database_url": migrated.console_url,
            "redis_url": "redis://127.0.0.1:1/0",
            "key_ring_file": Path("none.json"),
        }
    )
    record = _house(settings, lambda: False).record
    crowd = 4 * _CONNECTIONS
    with ThreadPoolExecutor(crowd) as hands:
        seen = list(hands.map(_connected, [record] * crowd))
    record.dispose()

    assert (crowd, _CONNECTIONS) == (len(seen), max(seen))


def _connected(record: Engine) -> int:
    """How many connections the console has, seen by one more that wants one."""
    with record.connect() as connection:
        return int(connection.execute(text(_CONNECTED)).scalar_one())
