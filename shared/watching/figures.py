"""The figures of one moment: what an operations team looks at, ids and counts only.

No personal data is here, and nothing sealed is read to fill it. Times are UTC.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from shared.states import Lane, Step

SERVICE_OF: dict[Step, str] = {Step.VERIFY: "verifier", Step.PRICE: "tariff"}
SCHEDULER = "scheduler"
NOTIFIER = "notifier"
MOST_COUNTED = 100_000  # a count of what is due or was decided stops here: "at least"


@dataclass(frozen=True, slots=True)
class Queue:
    """One step in one lane: what is due and free, what is held, what Redis has of it.

    `due` and `held` count applications; `waiting` counts doorbells (up to 64 applications each)
    and is None when Redis does not answer.
    """

    step: Step
    lane: Lane
    due: int
    oldest_due_at: datetime | None
    held: int
    waiting: int | None


@dataclass(frozen=True, slots=True)
class Worker:
    """A worker process as the record knows it; dead once `alive_until` has passed."""

    service: str
    host: str
    pid: int
    started_at: datetime
    alive_until: datetime


@dataclass(frozen=True, slots=True)
class Holding:
    """What one worker holds of one queue; `worker` is None when the record has forgotten it."""

    step: Step
    lane: Lane
    worker: Worker | None
    held: int
    oldest_claimed_at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """How many applications stand in one status for one reason (None: the plain path)."""

    status: str
    reason: str | None
    count: int


@dataclass(frozen=True, slots=True)
class WakeUp:
    """A parked application: when it wakes, and the date after which a person looks."""

    reference: str
    reason: str | None
    wakes_at: datetime
    last_date: datetime | None


@dataclass(frozen=True, slots=True)
class Quarantined:
    """An application set aside: begun `starts` times and never finished."""

    reference: str
    since: datetime
    starts: int


@dataclass(frozen=True, slots=True)
class Switch:
    """Something paused, by its name; `habilitation` is the code of the one that it stops.

    `by` is who did it: `command:<login>`, a person of the console, a service. That of a refused
    token is here until the token passes or is replaced, whatever its time.
    """

    name: str
    habilitation: str | None
    reason: str
    since: datetime
    until: datetime | None
    by: str = ""


@dataclass(frozen=True, slots=True)
class PaceUsed:
    """A habilitation's permits to call in the last minute, of all its endpoints together.

    Attributes:
        habilitation: its code.
        allowed: what its pace gives in a minute; what gathered while idle may come on top.
        used: those taken, less those given back; None when Redis does not answer.
    """

    habilitation: str
    allowed: int
    used: int | None

    @property
    def share(self) -> float:
        """How much of its pace was used: 1.0 is all of it; 0 when that is not known."""
        return (self.used or 0) / self.allowed if self.allowed else 0.0


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign that is not over: how many of its members are still to be fed."""

    code: str
    state: str
    total: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Webhook:
    """What a portal's webhook is waited for: deliveries that wait, and those that are dead.

    Only portals with something to say are here; `stopped_at` since it answered that it is gone.
    """

    portal: str
    stopped_at: datetime | None
    waiting: int
    oldest_due_at: datetime | None
    dead: int


class Invariant(StrEnum):
    """What must hold of every application."""

    NEXT_STEP = "next_step"  # what goes on by itself has a date, or is in somebody's hands
    JOURNAL = "journal"  # its lines have no hole, and end where the application stands
    LEDGER = "ledger"  # its portal was told last what is true
    PROPOSAL_DATE = "proposal_date"  # silence has not decided what waits for a person's yes


@dataclass(frozen=True, slots=True)
class Finding:
    """What a scheduler found of one invariant: as of when, over so many applications since.

    `broken` counts the applications of which it does not hold, and `named` are the first of them.
    """

    invariant: Invariant
    at: datetime
    seen: int
    broken: int
    named: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Flow:
    """Decisions of the last minute and hour, and how long received → decided took.

    The percentiles are of the last decisions of the hour, `sample` of them; None without any. An
    application decided again after a re-check counts from its first reception.
    """

    last_minute: int
    last_hour: int
    sample: int
    half_within: timedelta | None
    most_within: timedelta | None  # 95 %


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Every figure, of one moment of the record; Redis was asked just after."""

    taken_at: datetime
    window: int
    queues: tuple[Queue, ...]
    holdings: tuple[Holding, ...]
    standings: tuple[Standing, ...]
    parked: tuple[WakeUp, ...]
    quarantined: tuple[Quarantined, ...]
    switches: tuple[Switch, ...]
    workers: tuple[Worker, ...]
    flow: Flow
    campaigns: tuple[Campaign, ...] = ()
    webhooks: tuple[Webhook, ...] = ()
    findings: tuple[Finding, ...] = ()
    token_ends_at: datetime | None = None  # the first end that the record knows
    paces: tuple[PaceUsed, ...] = ()

    def alive(self, service: str) -> int:
        """How many workers of a service live."""
        return sum(w.service == service and self.lives(w) for w in self.workers)

    def lives(self, worker: Worker | None) -> bool:
        return worker is not None and worker.alive_until > self.taken_at

    def in_status(self, status: str) -> int:
        return sum(s.count for s in self.standings if s.status == status)

    @property
    def due(self) -> int:
        return sum(queue.due for queue in self.queues)

    @property
    def total(self) -> int:
        return sum(standing.count for standing in self.standings)

    @property
    def redis_answers(self) -> bool:
        return all(queue.waiting is not None for queue in self.queues)
