"""Whoever dies, breaks or stands still at an edge, the tables end as on a calm day."""

from typing import TYPE_CHECKING

import pytest

from shared.crash_points import Point
from shared.crashing import Way
from tests.integration.crashes.cases import APART, CASES, ROWS, Case

if TYPE_CHECKING:
    from tests.integration.crashes.conftest import Play

pytestmark = [pytest.mark.stack, pytest.mark.redis_server]

_WORST = {
    ("intake", Point.RECEIVED),
    ("verifier", Point.CLAIMED),
    ("verifier", Point.TOLD),
    ("verifier", Point.SAVED),
    ("notifier", Point.SENT),
}
_SAMPLE = [c for c in CASES if c.way is Way.KILL and (c.row.service, c.row.point) in _WORST]


@pytest.mark.prove
@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_tables_end_as_on_a_calm_day(case: Case, ends_as_calmly: "Play") -> None:
    """Every point, in every service that passes it, by every way to crash."""
    ends_as_calmly(case)


@pytest.mark.parametrize("case", _SAMPLE, ids=str)
def test_a_kill_at_the_worst_points_changes_nothing(case: Case, ends_as_calmly: "Play") -> None:
    """The short form: five points at which what this process alone knows is lost."""
    ends_as_calmly(case)


def test_every_point_is_in_the_table() -> None:
    """A point that nobody tries proves nothing."""
    assert set(Point) == {row.point for row in ROWS} | set(APART)
