"""Figures of a calm moment, which tests of watching trouble with `dataclasses.replace`."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.states import Lane, Status, Step
from shared.watching.figures import Flow, Queue, Snapshot, Standing, Worker

_AT = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


@pytest.fixture
def calm() -> Snapshot:
    """A worker for each step and a scheduler live, nothing is due, ten are decided."""
    return Snapshot(
        taken_at=_AT,
        window=32,
        queues=tuple(Queue(step, lane, 0, None, 0, 0) for step in Step for lane in Lane),
        holdings=(),
        standings=(Standing(Status.DECIDED, None, 10),),
        parked=(),
        quarantined=(),
        switches=(),
        workers=tuple(
            Worker(service, "hote", 100, _AT - timedelta(hours=1), _AT + timedelta(seconds=6))
            for service in ("verifier", "tariff", "scheduler")
        ),
        flow=Flow(2, 10, 10, timedelta(seconds=1.25), timedelta(seconds=4)),
    )
