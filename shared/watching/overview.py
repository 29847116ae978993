"""The overview: what the first page shows, and `berceau ops top`, as values that a screen renders.

It is the snapshot of one moment (`shared.watching.figures`) with what the scheduler sampled of the
last hour and day, and with how the providers stand. Ids, codes and counts only; times are UTC.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from shared.states import Lane, Step
from shared.watching.figures import Holding, Snapshot, Worker


@dataclass(frozen=True, slots=True)
class QueueNow:
    """One step in one lane.

    Attributes:
        step: the step.
        lane: the lane.
        due: applications due and free, `figures.MOST_COUNTED` at most.
        rung: doorbells that wait in Redis; None when Redis does not answer.
        held: in flight, in workers' hands.
        oldest: for how long the oldest has been due; None when nothing is.
        a_minute: applications that left it in the last whole minute; None when nobody sampled.
        paused: why nothing of it is begun, when a person paused it.
    """

    step: Step
    lane: Lane
    due: int
    rung: int | None
    held: int
    oldest: timedelta | None
    a_minute: int | None = None
    paused: str | None = None

    @property
    def name(self) -> str:
        return f"{self.step}.{self.lane}"


@dataclass(frozen=True, slots=True)
class LaneFlow:
    """How long received → decided took in one lane, of the decisions of the last hour.

    `decided` counts those of the last hour (`figures.MOST_COUNTED` at most); the percentiles and
    the share within `target` are of the last of them, and None without any.
    """

    lane: Lane
    decided: int
    half: timedelta | None
    most: timedelta | None  # 95 %
    within: float | None
    target: timedelta


@dataclass(frozen=True, slots=True)
class Team:
    """One worker process: whether it lives, and what it holds."""

    worker: Worker
    lives: bool
    holds: tuple[Holding, ...] = ()

    @property
    def held(self) -> int:
        return sum(one.held for one in self.holds)


@dataclass(frozen=True, slots=True)
class Provider:
    """How a habilitation's calls to one endpoint stand.

    Attributes:
        habilitation: its code; `authority` is whose.
        authority: the code of the collectivité.
        endpoint: `eaje`, `qf`, `tax` or an added one.
        provider: whose endpoint it is.
        pace: permits a second that the habilitation has.
        used: permits that the habilitation took in the last minute, for all its endpoints together,
            less those given back; None when Redis does not answer.
        allowed: permits that its pace gives in a minute.
        paused: why a person, or the provider, paused it; None when it is not.
        stopped: whether failures stopped it (the breaker), or its token was refused.
        tried_at: when one call may try again what was stopped.
        maintenance: whether it is in announced maintenance right now.
        token_expires_at: the end of its token; None when it is not known.
    """

    habilitation: str
    authority: str
    endpoint: str
    provider: str
    pace: int
    used: int | None = None
    allowed: int | None = None
    paused: str | None = None
    stopped: str | None = None
    tried_at: datetime | None = None
    maintenance: bool = False
    token_expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Point:
    """The figures of one queue at one minute; of `ALL`, `through` counts decisions."""

    at: datetime
    due: int
    held: int
    oldest: timedelta | None
    through: int
    half: timedelta | None = None
    most: timedelta | None = None
    within: float | None = None


@dataclass(frozen=True, slots=True)
class Series:
    """A queue's last hour by minute, and its last day by ten minutes, the oldest first."""

    queue: str
    hour: tuple[Point, ...] = ()
    day: tuple[Point, ...] = ()


@dataclass(frozen=True, slots=True)
class Health:
    """Whether what everything stands on answers; PostgreSQL did, for these figures came from it."""

    redis: bool
    scheduler: bool
    sampled_at: datetime | None
    database_bytes: int | None = None
    connections: int | None = None
    connections_most: int | None = None


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything that the first page shows."""

    snapshot: Snapshot
    queues: tuple[QueueNow, ...]
    flows: tuple[LaneFlow, ...]
    teams: tuple[Team, ...]
    providers: tuple[Provider, ...]
    health: Health
    series: Mapping[str, Series] = field(default_factory=dict)
