"""With a million applications every page of the console answers soon, and watching costs little."""

import asyncio
import json
import re
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event, text

from services.console.matrix import Row, Verb, Verdict, judge
from services.console.room import every_room
from services.console.rooms.overview import Glasses, Overviews
from shared.blind_names import IndexKeys
from shared.protocol.operating import bulk
from shared.protocol.operating.orders import Order
from shared.protocol.operating.orders import Verb as Act
from shared.protocol.sampling import sample
from shared.roles import Role, Scope
from shared.store.scoping import seen_by
from shared.watching.overlooking import Sources, read_overview
from shared.watching.overview import Overview
from tests.console_house import house
from tests.integration.operating import million

if TYPE_CHECKING:
    import httpx
    from sqlalchemy import Engine

    from tests.console_record import Consoles, Page
    from tests.integration.conftest import Record

pytestmark = [pytest.mark.stack, pytest.mark.prove]

_SOON_S = 0.3
_A_SECOND_S = 0.05  # of PostgreSQL's time, whoever watches
_WATCHERS = 20
_WATCHED_S = 30.0
_BEAT_S = 5.0
_MOST_VISITED = 50_000  # rows, of a million
_FROM_THE_GLASS = {"/", "/courbes"}  # one reading for all, whose cost is measured apart
_STREAMS = re.compile(r"/evenements\Z")
_FILTERS = (
    "state=TO_REVIEW",
    "state=TO_REVIEW&reason=inconsistent&sort=newest",
    "state=QUARANTINED",
    "authority=uzes",
    "scheme=arles%2Fcreches&state=PARKED",
    "portal=dax-famille&older=30d",
    "outcome=Unavailable",
    "tried=8",
    "due=1",
    "reference=M-7777",
    "campaign=janvier",
)
Heard = dict[str, Any]


@contextmanager
def _heard(engine: "Engine") -> Iterator[Heard]:
    """Every statement, with the values of its last time; and the seconds that all took."""
    heard: Heard = {}

    def hear(_c: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        heard[statement] = values

    event.listen(engine, "before_cursor_execute", hear)
    yield heard
    event.remove(engine, "before_cursor_execute", hear)


@contextmanager
def _timed(engine: "Engine") -> Iterator[list[float]]:
    """Seconds between the beginning and the end of each statement."""
    took: list[float] = []
    began: dict[int, float] = {}

    def begin(_c: Any, cursor: Any, *_rest: Any) -> None:
        began[id(cursor)] = time.perf_counter()

    def end(_c: Any, cursor: Any, *_rest: Any) -> None:
        took.append(time.perf_counter() - began.pop(id(cursor)))

    event.listen(engine, "before_cursor_execute", begin)
    event.listen(engine, "after_cursor_execute", end)
    yield took
    event.remove(engine, "before_cursor_execute", begin)
    event.remove(engine, "after_cursor_execute", end)


async def test_each_page_answers_soon_to_whoever_may_open_it(
    record: "Record", consoles: "Consoles"
) -> None:
    """By an index, for somebody of all towns and somebody of one; then what watching costs."""
    consoles.changes["index_keys"] = IndexKeys.new()
    await asyncio.to_thread(million.plant, record)
    await asyncio.to_thread(sample, record.engine)
    things = _things(record)
    slow: dict[str, int] = {}
    through: dict[str, list[str]] = {}
    for role in Role:
        for authorities in (None, [record.founded.authority]):
            page = consoles.signed_in(role, authorities)
            for name, ask in _questions(page, role, things):
                with _heard(consoles.engine) as heard:
                    took = await _best(ask)
                label = f"{role} of {'one town' if authorities else 'all'}: {name}"
                print(f"{1000 * took:5.0f} ms {label}")  # noqa: T201 - its figures are the proof
                if took > _SOON_S:
                    slow[label] = round(1000 * took)
                if name not in _FROM_THE_GLASS and (
                    found := _read_through(consoles.engine, page.person.scope, heard)
                ):
                    through[label] = found

    cost, read = await asyncio.to_thread(_watching, record, consoles)
    print(f"{1000 * read:.0f} ms a reading of the overview")  # noqa: T201 - idem
    print(f"{1000 * cost:.1f} ms a second of PostgreSQL, {_WATCHERS} watchers")  # noqa: T201
    assert {} == slow
    print(json.dumps(through, indent=1))  # noqa: T201
    assert {} == through
    assert cost < _A_SECOND_S


def _things(record: "Record") -> Mapping[str, str]:
    order = Order(verb=Act.RETRY, actor="command:essai", comment="Essai.")
    with record.engine.begin() as connection:
        ids = "SELECT id FROM applications WHERE authority_id = :town AND status = 'TO_REVIEW'"
        query = text(f"{ids} LIMIT 2000")
        some = connection.execute(query, {"town": record.founded.authority}).scalars().all()
        action = bulk.start_on(connection, list(some), order)
    return {
        "reference": record.one(
            "SELECT reference FROM applications WHERE authority_id = :town LIMIT 1",
            town=record.founded.authority,
        ),
        "action": str(action),
        "campaign": str(record.one("SELECT id FROM campaigns LIMIT 1")),
        "token": "x" * 43,
    }


Ask = Callable[[], Awaitable["httpx.Response"]]


def _questions(page: "Page", role: Role, things: Mapping[str, str]) -> Iterator[tuple[str, Ask]]:
    """Each page of the matrix that this role may open, the list by filters, what is previewed."""
    everything = {**things, "person": str(page.person.id)}
    for row in (row for room in every_room() for row in room.rows):
        if _is_page(row) and judge(row, role) is Verdict.ADMITTED:
            url = row.path.format_map(everything)
            yield row.path, partial(page.browser.get, url)
    for query in _FILTERS:
        yield query, partial(page.browser.get, f"/dossiers?{query}")
    yield from _forms(page, role)


def _forms(page: "Page", role: Role) -> Iterator[tuple[str, Ask]]:
    if role is not Role.DPO:
        asked = {"nom": "Marchetti", "naissance": "2025-03-04", "pourquoi": "Appel."}
        yield "by name", partial(page.browser.post, "/recherche", data=page.form(**asked))
    if role in {Role.OPS, Role.SUPERVISOR}:
        for query in ("state=TO_REVIEW", "state=RECEIVED&tried=3"):
            form = page.form(verbe="retry", portee="tout", filtre=query)
            yield f"preview {query}", partial(page.browser.post, "/agir", data=form)


def _is_page(row: Row) -> bool:
    return (
        row.verb is Verb.GET
        and not _STREAMS.search(row.path)
        and row.path not in {"/entrer/ailleurs", "/entrer/retour"}
    )


async def _best(ask: Ask) -> float:
    took = []
    for _ in range(3):
        began = time.perf_counter()
        answer = await ask()
        took.append(time.perf_counter() - began)
        assert answer.status_code < 500, answer.text
    return min(took)


def _read_through(engine: "Engine", scope: Scope, heard: Heard) -> list[str]:
    """The statements that go through too many rows to find theirs, as this scope."""
    found = []
    with seen_by(engine, scope).begin() as connection:
        for statement, values in heard.items():
            if not statement.lstrip().upper().startswith(("SELECT", "WITH")):
                continue
            cursor = connection.connection.cursor()
            cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {statement}", values)
            [(plan,)] = cursor.fetchall()
            top = (plan if isinstance(plan, list) else json.loads(plan))[0]["Plan"]
            if any(_visited(node) > _MOST_VISITED for node in _nodes(top)):
                found.append(" ".join(statement.split())[:150])
    return sorted(found)


def _visited(node: Mapping[str, Any]) -> float:
    """Rows that a scan looks at: those it gives, and those it throws away."""
    if "Relation Name" not in node:
        return 0
    thrown = ("Rows Removed by Filter", "Rows Removed by Index Recheck")
    rows = node["Actual Rows"] + sum(node.get(name, 0) for name in thrown)
    return float(rows * node["Actual Loops"])


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", []):
        yield from _nodes(below)


def _overview(engine: "Engine", scope: Scope) -> Overview:
    return read_overview(Sources(seen_by(engine, scope), house().redis, "test", 32))


def _watching(record: "Record", consoles: "Consoles") -> tuple[float, float]:
    """PostgreSQL's seconds a second while so many people of every reach watch; one reading's."""
    towns = record.rows("SELECT id FROM authorities ORDER BY code")
    reaches = [None, *(frozenset({town.id}) for town in towns), frozenset(t.id for t in towns[:3])]
    people = [consoles.add(list(Role)[n % 4], reaches[n % len(reaches)]) for n in range(_WATCHERS)]
    glasses = Glasses(Overviews(partial(_overview, consoles.engine)))
    with _timed(consoles.engine) as once:
        glasses.look(people[0].scope)
    for person in people:
        glasses.look(person.scope)
    with _timed(consoles.engine) as took:
        until = time.monotonic() + _WATCHED_S
        while time.monotonic() < until:
            for person in people:
                glasses.look(person.scope)
            time.sleep(_BEAT_S / 5)
    return sum(took) / _WATCHED_S, sum(once)
