"""The authorisation matrix, tried: each route as each role, as nobody, for another authority."""

import re
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi.routing import APIRoute
from sqlalchemy import insert

from services.console.matrix import Reach, Row, Verb, Verdict, judge
from services.console.room import every_room
from shared.campaigns import CampaignKind, CampaignState
from shared.protocol.operating import bulk, orders
from shared.protocol.operating.orders import Order
from shared.roles import Role
from shared.store.campaigns import CampaignRow
from tests.console_house import browser

if TYPE_CHECKING:
    from services.command.founding import Founded
    from tests.console_record import Consoles, Page
    from tests.integration.conftest import Record
    from tests.integration.people.conftest import Towns

pytestmark = pytest.mark.stack

_ROWS = {(str(row.verb), row.path): row for room in every_room() for row in room.rows}
_OF_FORMS = {"Content-Type": "application/x-www-form-urlencoded"}
Things = Mapping[str, tuple[str, str]]


@pytest.fixture
def things(record: "Record", towns: "Towns", consoles: "Consoles") -> Things:
    """For each parameter of a path: a thing in reach, and one of another authority.

    A room whose path names something else adds it here.
    """
    ours, theirs = (
        consoles.add(Role.AGENT, [town]) for town in (towns.arles.authority, towns.nimes.authority)
    )
    return {
        "reference": (record.reference_of(towns.of_arles), record.reference_of(towns.of_nimes)),
        "person": (str(ours.id), str(theirs.id)),
        "action": (_action(record, towns.of_arles), _action(record, towns.of_nimes)),
        "campaign": (_campaign(record, towns.arles), _campaign(record, towns.nimes)),
        "token": ("x" * 43, "x" * 43),
    }


def _action(record: "Record", application: UUID) -> str:
    order = Order(verb=orders.Verb.RETRY, actor="command:essai", comment="Essai.")
    with record.engine.begin() as connection:
        return str(bulk.start_on(connection, [application], order))


def _campaign(record: "Record", town: "Founded") -> str:
    row = {
        "id": uuid4(),
        "code": f"essai-{uuid4().hex[:8]}",
        "authority_id": town.authority,
        "scheme_id": town.scheme,
        "kind": CampaignKind.REPRICING,
        "state": CampaignState.RUNNING,
        "effective_on": date(2027, 1, 1),
        "drafts": False,
        "total": 0,
        "started_by": "command:essai",
    }
    with record.engine.begin() as connection:
        connection.execute(insert(CampaignRow), row)
    return str(row["id"])


def _url(path: str, things: Things, *, ours: bool) -> str:
    return re.sub(r"\{(\w+)\}", lambda found: things[found[1]][0 if ours else 1], path)


def _page(consoles: "Consoles", role: Role, towns: "Towns") -> "Page":
    return consoles.signed_in(role, [towns.arles.authority])


def _verdict(answer: httpx.Response) -> Verdict:
    leads = answer.headers.get("location", "")
    if leads == "/entrer" or leads.startswith("/entrer?vers="):
        return Verdict.SIGN_IN_FIRST
    return Verdict.REFUSED if answer.status_code == 403 else Verdict.ADMITTED


def _walked(consoles: "Consoles") -> list[Row]:
    """Every route that the application answers, with its row."""
    found = []
    for route in consoles.app.routes:
        assert isinstance(route, APIRoute)
        found += [_ROWS[verb, route.path] for verb in (route.methods or set()) - {"HEAD"}]
    return found


@pytest.mark.parametrize("role", list(Role))
async def test_each_role_may_what_the_matrix_says(
    role: Role, consoles: "Consoles", towns: "Towns", things: Things
) -> None:
    """And nothing else, route by route; an act is tried in a session of its own."""
    for row in _walked(consoles):
        open_to_anyone = row.roles is None
        page = consoles.nobody() if open_to_anyone else _page(consoles, role, towns)
        url = _url(row.path, things, ours=True)
        form = page.form() if row.verb is Verb.POST else None
        answer = await page.browser.request(row.verb, url, data=form)
        said = (row.verb, row.path, _verdict(answer))

        assert (row.verb, row.path, judge(row, role)) == said
        assert answer.status_code < 500


async def test_nobody_may_what_anyone_may(consoles: "Consoles", things: Things) -> None:
    """Whoever is not known is sent to sign in, wherever the matrix wants a person."""
    for row in _walked(consoles):
        if row.roles is not None:
            url = _url(row.path, things, ours=True)
            answer = await browser(consoles.app).request(row.verb, url, headers=_OF_FORMS)

            assert (row.path, Verdict.SIGN_IN_FIRST) == (row.path, _verdict(answer))


async def test_another_authority_s_things_do_not_exist(
    consoles: "Consoles", towns: "Towns", things: Things
) -> None:
    """For those whom the matrix admits too: 404, as for what there is nowhere."""
    for row in _walked(consoles):
        if row.reach is not Reach.OWN or "{" not in row.path:
            continue
        for role in Role:
            if judge(row, role) is not Verdict.ADMITTED:
                continue
            page = _page(consoles, role, towns)
            form = page.form() if row.verb is Verb.POST else None
            url = _url(row.path, things, ours=False)
            answer = await page.browser.request(row.verb, url, data=form)

            assert (row.path, role, 404) == (row.path, role, answer.status_code)
