"""With a million applications every question is answered by an index, and soon."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import TYPE_CHECKING, Any

import pytest
from redis import Redis
from sqlalchemy import Connection, event, text

from shared.protocol.operating import previewing
from shared.protocol.operating.orders import Verb
from shared.protocol.sampling import sample
from shared.queue.broker import open_redis
from shared.seeking.writing import read_text
from shared.watching import searching
from shared.watching.glass import LONGEST_S, REST, SHORTEST_S
from shared.watching.overlooking import Sources, read_overview
from tests.integration.operating import million

if TYPE_CHECKING:
    from tests.integration.conftest import Record

pytestmark = [pytest.mark.stack, pytest.mark.prove]
_SOON_S = 0.3
_OVERVIEW_S = 0.1
_A_SECOND_S = 0.05  # of PostgreSQL's time, for all who watch
_QUESTIONS = (
    "",
    "sort=newest",
    "sort=reference",
    "reference=M-777777",
    "authority=arles",
    "authority=uzes&sort=newest",
    "portal=dax-famille",
    "scheme=arles/creches",
    "scheme=creches&state=QUARANTINED",
    "structure=nimes/les-mesanges&state=TO_REVIEW",
    "structure=les-mesanges",
    "habilitation=alet&lane=bulk",
    "campaign=janvier",
    "campaign=janvier&state=QUARANTINED",
    "state=QUARANTINED",
    "state=QUARANTINED&authority=dax",
    "state=RECEIVED&state=VERIFIED&due=1",
    "state=WITHDRAWN",
    "state=TO_REVIEW&reason=inconsistent&authority=uzes&older=30d",
    "state=RECEIVED&still=2h",
    "state=DECIDED&reason=no_file",
    "reason=provider_unavailable",
    "reason=birth_awaited",
    "outcome=Unavailable&authority=dax",
    "outcome=InputRefused",
    "outcome=Certified&state=TO_REVIEW",
    "tried=8",
    "held=1",
    "due=1",
    "lane=bulk&older=100d",
    "younger=1h",
    "older=700d",
)


@contextmanager
def _heard(connection: Connection) -> Iterator[list[tuple[str, Any]]]:
    """Every statement on applications, with its values."""
    heard: list[tuple[str, Any]] = []

    def hear(_c: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        if "applications a" in statement:
            heard.append((statement, values))

    event.listen(connection, "before_cursor_execute", hear)
    yield heard
    event.remove(connection, "before_cursor_execute", hear)


def _scanned(connection: Connection, statement: str, values: Any) -> list[str]:
    """The tables that its plan reads from one end to the other."""
    cursor = connection.connection.cursor()
    cursor.execute(f"EXPLAIN (FORMAT JSON) {statement}", values)
    [(plan,)] = cursor.fetchall()
    found = plan if isinstance(plan, list) else json.loads(plan)
    return [
        one["Relation Name"] for one in _nodes(found[0]["Plan"]) if "Seq Scan" in one["Node Type"]
    ]


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", []):
        yield from _nodes(below)


def _best(do: Callable[[], object]) -> float:
    took = []
    for _ in range(3):
        began = perf_counter()
        do()
        took.append(perf_counter() - began)
    return min(took)


def test_each_question_is_answered_by_an_index_and_soon(record: "Record", redis_url: str) -> None:
    """Pages, the one after, counts before an action; then the overview, and what it costs."""
    million.plant(record)
    slow: dict[str, float] = {}
    scanned: dict[str, str] = {}
    with record.engine.connect() as connection:
        for question in _QUESTIONS:
            sought = read_text(question)
            with _heard(connection) as heard:
                first = searching.page(connection, sought)
                searching.page(connection, sought, after=first.after)
            for statement, values in heard:
                if "applications" in _scanned(connection, statement, values):
                    scanned[question] = statement
            took = {
                "page": _best(lambda: searching.page(connection, sought)),  # noqa: B023
                "next": _best(lambda: searching.page(connection, sought, after=first.after)),  # noqa: B023
                "count": _best(lambda: previewing.preview(connection, sought, Verb.RETRY)),  # noqa: B023
            }
            slow |= {f"{question} {name}": s for name, s in took.items() if s > _SOON_S}

    assert {} == scanned
    assert {} == slow
    with open_redis(redis_url, timeout_s=5) as client:
        _overview_is_cheap(record, client)


def _overview_is_cheap(record: "Record", client: Redis) -> None:
    """A sample a minute and an overview as often as the glass lets: so little of each second."""
    sources = Sources(record.engine, client, "test", 32)
    began = perf_counter()
    sample(record.engine)
    sampled = perf_counter() - began
    read = _best(lambda: read_overview(sources))
    rest = min(max(REST * read, SHORTEST_S), LONGEST_S)

    print(f"{1000 * read:.0f} ms a reading, {1000 * sampled:.0f} ms a sample")  # noqa: T201
    assert read < _OVERVIEW_S
    assert sampled / 60 + read / (read + rest) < _A_SECOND_S
    with record.engine.connect() as connection:
        assert (
            million.HOW_MANY
            == connection.execute(text("SELECT count(*) FROM applications")).scalar_one()
        )
