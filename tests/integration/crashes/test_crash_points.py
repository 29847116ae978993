"""Whoever dies, breaks or stands still at an edge, the tables end as on a calm day."""

import json
import signal
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from shared.crash_points import Point
from shared.crashing import Way
from shared.protocol.sealing_days import last_settled_day
from tests.integration.crashes.cases import CASES, WAYS, Case, Scene
from tests.integration.crashes.town import Town, found_town

if TYPE_CHECKING:
    from tests.integration.crashes.conftest import Play, Table
    from tests.integration.crashes.stack import Stack

pytestmark = [pytest.mark.stack, pytest.mark.redis_server]

_WORST = {
    ("intake", Point.RECEIVED),
    ("verifier", Point.CLAIMED),
    ("verifier", Point.TOLD),
    ("verifier", Point.SAVED),
    ("notifier", Point.SENT),
}
_SAMPLE = [c for c in CASES if c.way is Way.KILL and (c.row.service, c.row.point) in _WORST]
_FOUR_DAYS_AGO = text("UPDATE journal SET at = at - interval '4 days' WHERE was IS NULL")
_SEALS = text("SELECT day, root, heads FROM seals ORDER BY day")
_UNSEAL = text("DELETE FROM seals")
_LINES = text("SELECT change FROM changes WHERE kind = 'export' AND code = :code ORDER BY sequence")


@pytest.mark.prove
@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_tables_end_as_on_a_calm_day(case: Case, ends_as_calmly: "Play") -> None:
    """Every point, in every service that passes it, by every way to crash."""
    ends_as_calmly(case)


@pytest.mark.parametrize("case", _SAMPLE, ids=str)
def test_a_kill_at_the_worst_points_changes_nothing(case: Case, ends_as_calmly: "Play") -> None:
    """The short form: five points at which what this process alone knows is lost."""
    ends_as_calmly(case)


@pytest.fixture(scope="module")
def past(crash_table: "Table") -> "Iterator[Stack]":
    """A record whose oldest lines are four days old, and nobody has sealed."""
    crash_table.calm(Scene.WORK)
    with crash_table.stack.owner.begin() as connection:
        connection.execute(_FOUR_DAYS_AGO)
    yield crash_table.stack
    crash_table.stack.end("sealer")


def _begin_anew(stack: "Stack") -> None:
    """One sealer, and nothing is sealed yet."""
    stack.end("sealer")
    with stack.owner.begin() as connection:
        connection.execute(_UNSEAL)
    stack.start("sealer")


def _sealed(stack: "Stack") -> list[Any]:
    """Every day that is past, once somebody has sealed it."""

    def days() -> list[Any]:
        with stack.engine.connect() as connection:
            return list(connection.execute(_SEALS).all())

    last = last_settled_day(stack.engine)
    stack.until(lambda: any(row.day == last for row in days()), "every past day is sealed")
    return days()


@pytest.mark.prove
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("point", [Point.SEALING, Point.SEALED])
def test_a_day_is_sealed_once_and_whole(past: "Stack", point: Point, way: Way) -> None:
    """Whoever comes after, or beside, has the same roots over the same heads."""
    past.clear_orders()
    _begin_anew(past)
    calm = _sealed(past)
    past.order("sealer", point, way)
    _begin_anew(past)
    if way is Way.HANG:
        past.start("sealer")  # the heir of the one that stands still
        past.go_on("sealer", point)

    assert calm == _sealed(past)
    assert past.taken("sealer", point) is not None


@pytest.fixture
def town(crash_table: "Table") -> Iterator[Town]:
    """A town whose families have their decisions."""
    stack = crash_table.stack
    stack.clear_orders()
    town = found_town(stack, crash_table.code(), crash_table.families())
    Scene.WORK.play(town, lambda: town.settle(within_s=60))
    yield town
    town.close()
    stack.clear_orders()


@pytest.mark.prove
@pytest.mark.parametrize("way", WAYS)
def test_an_export_is_written_down_whatever_becomes_of_it(town: Town, way: Way) -> None:
    """One line of the journal for each try, no file by halves, and the next try makes it."""
    stack, file = town.stack, town.stack.home / f"{town.code}.json"
    days = ("--from", "2026-01-01", "--to", "2028-12-31")
    words = ("export", "decisions", "--authority", town.code, "--format", "json", *days)
    stack.order("command", Point.EXPORT_WRITTEN_DOWN, way)
    first = stack.run_command(*words, "--output", str(file))
    if way is Way.HANG:
        assert not file.exists()
        first.send_signal(signal.SIGCONT)
        first.wait(60)
    else:
        assert (False, 1) == (file.exists(), len(_exports(town)))
        stack.run_command(*words, "--output", str(file))

    assert (1 if way is Way.HANG else 2) == len(_exports(town))
    assert json.loads(file.read_text("utf-8"))


def _exports(town: Town) -> list[str]:
    with town.stack.engine.connect() as connection:
        return list(connection.execute(_LINES, {"code": town.code}).scalars())


@pytest.mark.parametrize("service", ["notifier", "verifier"])
def test_who_can_beat_no_more_ends(crash_table: "Table", service: str) -> None:
    """A process whose heart broke does not go on as one whom everybody thinks dead."""
    stack = crash_table.stack
    stack.clear_orders()
    stack.order(service, Point.BEATEN, Way.EXCEPTION)
    pid = stack.until(lambda: stack.taken(service, Point.BEATEN), "a heart breaks")

    stack.until(lambda: pid not in stack.pids(service), f"the {service} ends")
    stack.clear_orders()
