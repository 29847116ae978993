"""A machine drives the services as nobody would wish them to be driven, and heals them."""

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from shared.application import Application
from tests.integration.machine.clock import AGES
from tests.integration.machine.people import People
from tests.integration.machine.posting import Posting
from tests.integration.machine.town import settle_in
from tests.integration.machine.working import Working

if TYPE_CHECKING:
    from tests.integration.conftest import Record

pytestmark = pytest.mark.stack
_MOMENTS = """
    SELECT table_name, column_name FROM information_schema.columns
    WHERE table_schema = 'public' AND data_type = 'timestamp with time zone'
      AND table_name = ANY(:tables)
"""


def test_every_moment_of_a_state_table_ages(record: "Record") -> None:
    """The machine's clock knows every column whose time must pass."""
    found = record.rows(_MOMENTS, tables=list(AGES))
    known = {(table, column) for table, columns in AGES.items() for column in columns}

    assert known == {(row.table_name, row.column_name) for row in found}


def _run(record: "Record", application: Application, *, examples: int, steps: int) -> None:
    place = settle_in(record, application)

    class Machine(People, Working, Posting):
        """Everybody at once, in this place."""

        def __init__(self) -> None:
            super().__init__(place)

    chosen = settings(
        max_examples=examples,
        stateful_step_count=steps,
        derandomize=True,
        deadline=None,
        database=None,
        phases=(Phase.generate,),  # a run is told as it was: to shrink one takes minutes
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Machine, settings=chosen)


def test_whatever_goes_wrong_nothing_is_lost_doubled_or_wrong(
    record: "Record", application: Application
) -> None:
    """Messages lost, doubled and out of order, deaths, zombies, outages, people in between."""
    _run(record, application, examples=15, steps=30)


@pytest.mark.prove
def test_for_long_nothing_is_lost_doubled_or_wrong(
    record: "Record", application: Application
) -> None:
    """The same, for long."""
    _run(record, application, examples=300, steps=60)
