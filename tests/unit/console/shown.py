"""An overview for tests of pages: a snapshot, with what stands beside it at that moment."""

from datetime import timedelta

from shared.protocol.sampling import ALL, TARGETS
from shared.states import Lane, Step
from shared.watching.figures import Snapshot
from shared.watching.overview import (
    Health,
    LaneFlow,
    Overview,
    Point,
    Provider,
    QueueNow,
    Series,
    Team,
)

MINUTE = timedelta(minutes=1)


def overview_of(snapshot: Snapshot) -> Overview:
    """The same moment as the first page shows it: one provider, a curve of three minutes."""
    at = snapshot.taken_at
    points = tuple(
        Point(at - (3 - n) * MINUTE, due, 1, None, due) for n, due in enumerate((4, 8, 2))
    )
    return Overview(
        snapshot=snapshot,
        queues=tuple(QueueNow(s, lane, 0, 0, 0, None, 30) for s in Step for lane in Lane),
        flows=tuple(LaneFlow(lane, 10, MINUTE, MINUTE, 0.5, TARGETS[lane]) for lane in Lane),
        teams=tuple(Team(worker, lives=True) for worker in snapshot.workers),
        providers=(Provider("arles-2026", "arles", "eaje", "api-particulier", 18, 810, 1_080),),
        health=Health(
            redis=True,
            scheduler=True,
            sampled_at=at,
            database_bytes=13_000_000,
            connections=16,
            connections_most=100,
        ),
        series={ALL: Series(ALL, points, points[-1:])},
    )
