"""The table: every point, how it is come to, and in which service it is passed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum

from shared.crash_points import Point
from shared.crashing import Way
from tests.integration.crashes.town import Town

Lead = tuple[str, Point, Way]
WAYS = (Way.KILL, Way.EXCEPTION, Way.HANG)


class Scene(Enum):
    """What families, agents and the town do in a case; `settle` waits for machines."""

    DOORS = "doors"
    WORK = "work"
    CAMPAIGN = "campaign"
    REVIEW = "review"
    BULK = "bulk"

    def play(self, town: Town, settle: Callable[[], None]) -> None:
        match self:
            case Scene.DOORS:
                _doors(town, settle)
            case Scene.WORK:
                _work(town, settle)
            case Scene.CAMPAIGN:
                _work(town, settle)
                town.start_a_campaign()
                settle()
            case Scene.REVIEW:
                _work(town, settle)
                town.close_one()
                settle()
            case Scene.BULK:
                _work(town, settle)
                town.close_many()
                settle()


def _work(town: Town, settle: Callable[[], None]) -> None:
    town.post_one_by_one()
    town.post_a_batch()
    settle()


def _doors(town: Town, settle: Callable[[], None]) -> None:
    town.post_one_by_one()
    town.post_a_batch()
    town.admit()
    town.come_through_franceconnect()
    town.try_the_webhook()
    settle()
    town.withdraw()
    settle()


class Nudge(Enum):
    """What else must happen for a point to be passed."""

    NONE = "none"
    STOP = "stop"  # the service is told to stop, once it holds something
    RESTART = "restart"  # one of its processes is killed, and born again
    PAUSED = "paused"  # calls are paused while families hand in
    STOPPED_ENDPOINT = "stopped endpoint"  # an endpoint is tried again
    QUOTA = "quota"  # the State says once that it is enough


@dataclass(frozen=True)
class Row:
    """One point in one service."""

    service: str
    point: Point
    scene: Scene = Scene.WORK
    leads: tuple[Lead, ...] = ()
    nudge: Nudge = Nudge.NONE


@dataclass(frozen=True)
class Case:
    """One row, and what becomes of the process."""

    row: Row
    way: Way

    def __str__(self) -> str:
        return f"{self.row.service}-{self.row.point}-{self.way}"


P = Point
_BROKEN: dict[str, Lead] = {s: (s, P.WORKED, Way.EXCEPTION) for s in ("verifier", "tariff")}
_REFUSED: dict[str, Lead] = {s: (s, P.SAVING, Way.REFUSAL) for s in ("verifier", "tariff")}
_LATE: dict[str, Lead] = {s: (s, P.CLAIMING, Way.NAP) for s in ("verifier", "tariff")}
_UNRUNG: Lead = ("intake", P.RECEIVED, Way.EXCEPTION)
_DOORS = (
    *(P.RECEIVING, P.RECEIVED, P.RECEIVED_RUNG, P.GROUPING, P.GROUPED, P.GROUPED_RUNG),
    *(P.ADMITTING, P.ADMITTED, P.ADMITTED_RUNG, P.WITHDRAWING, P.WITHDRAWN),
    *(P.TRYING_WEBHOOK, P.TRIED_WEBHOOK, P.BEARER_PERMITTED, P.BEARER_TOLD, P.HOLDING, P.HELD),
)
_WORKERS = (
    *(P.BEATING, P.BEATEN, P.CLAIMING, P.CLAIMED, P.WORKED, P.GATHERED, P.SAVING, P.SAVED),
    P.ANSWERED,
)


def rows() -> Iterator[Row]:
    """Every point, at least once."""
    yield from (Row("intake", point, Scene.DOORS) for point in _DOORS)
    for service in ("verifier", "tariff"):
        yield from (Row(service, point) for point in _WORKERS)
        yield from (Row(service, p, nudge=Nudge.RESTART) for p in (P.BEARING, P.BORN))
        yield from (Row(service, p, nudge=Nudge.STOP) for p in (P.DYING, P.DEAD))
        yield from (Row(service, p, leads=(_LATE[service],)) for p in (P.LETTING_GO, P.LET_GO))
        yield from (Row(service, p, leads=(_REFUSED[service],)) for p in (P.REFUSED, P.SAVED_ONE))
        yield from (Row(service, p, leads=(_BROKEN[service],)) for p in (P.DEFERRING, P.DEFERRED))
    yield from (Row("verifier", p) for p in (P.ASKING, P.TOLD, P.SAVED_RUNG))
    yield from (Row("verifier", p, nudge=Nudge.STOP) for p in (P.GIVING_BACK, P.GIVEN_BACK))
    yield from (Row("verifier", p, nudge=Nudge.PAUSED) for p in (P.UNRINGING, P.UNRUNG))
    yield from (Row("verifier", p, nudge=Nudge.QUOTA) for p in (P.PAUSING, P.PAUSED))
    back = (P.RESUMING, P.RESUMED, P.WAKING, P.WOKEN)
    yield from (Row("verifier", p, nudge=Nudge.STOPPED_ENDPOINT) for p in back)
    yield from _of_the_scheduler()
    yield from _of_the_notifier()
    yield from (Row("command", p, Scene.REVIEW) for p in (P.ACTING, P.ACTED))


def _of_the_scheduler() -> Iterator[Row]:
    yield from (Row("scheduler", p, leads=(_UNRUNG,)) for p in (P.MARKING, P.MARKED, P.RUNG))
    often = (P.FREEING, P.FREED, P.SWEEPING, P.SWEPT, P.FORGETTING, P.FORGOTTEN)
    yield from (Row("scheduler", p) for p in often)
    yield from (Row("scheduler", p, nudge=Nudge.RESTART) for p in (P.BEARING, P.BORN))
    yield from (Row("scheduler", p) for p in (P.BEATING, P.BEATEN))
    yield from (Row("scheduler", p, nudge=Nudge.STOP) for p in (P.DYING, P.DEAD))
    fed = (P.FEEDING, P.FED, P.ENDING, P.ENDED)
    yield from (Row("scheduler", p, Scene.CAMPAIGN) for p in fed)
    yield from (Row("scheduler", p, Scene.BULK) for p in (P.CARRYING, P.CARRIED))


def _of_the_notifier() -> Iterator[Row]:
    sent = (P.TAKING, P.TAKEN, P.SENDING, P.SENT, P.SETTLING, P.SETTLED, P.UNHOLDING, P.UNHELD)
    yield from (Row("notifier", p) for p in sent)
    yield from (Row("notifier", p) for p in (P.BEATING, P.BEATEN))
    yield from (Row("notifier", p, nudge=Nudge.RESTART) for p in (P.BEARING, P.BORN))
    ended = (P.HANDING_BACK, P.HANDED_BACK, P.DYING, P.DEAD)
    yield from (Row("notifier", p, nudge=Nudge.STOP) for p in ended)


ROWS = tuple(rows())
CASES = tuple(Case(row, way) for row in ROWS for way in WAYS)
APART = (P.SEALING, P.SEALED, P.EXPORT_WRITTEN_DOWN)
"""Points with cases of their own: nothing of a town's tables hangs on them."""
