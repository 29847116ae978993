"""Exposition: the figures of one moment as metrics, for the one kind of process that shows them.

A scheduler shows them, so that the record is asked once whatever runs; and only when it is scraped,
at most a tenth of the time (a `glass` that rests for `REST`). Labels are closed sets: words of
ours, never the code of an authority, a portal or a habilitation.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from shared.campaigns import CampaignState
from shared.metering.instruments import NO_REASON
from shared.protocol.switching import (
    AUTHORITY,
    BREAKER,
    ENDPOINT,
    HABILITATION,
    PROVIDER,
    QUEUE,
    RINGING_SWITCH,
    SCHEME,
    TOKEN,
)
from shared.states import Lane, Reason, Status
from shared.watching.alerts import LATE_AFTER
from shared.watching.figures import NOTIFIER, SCHEDULER, SERVICE_OF, Snapshot

KINDS = (
    *(RINGING_SWITCH, QUEUE, AUTHORITY, SCHEME, ENDPOINT, PROVIDER, HABILITATION),
    *(TOKEN, BREAKER),
)
SERVICES = (*SERVICE_OF.values(), NOTIFIER, SCHEDULER)
LATER = "later"  # a word of a later release
REST = 9.0  # a reading of one second is followed by nine of rest
_Row = tuple[tuple[str, ...], float]


class Exposition(Collector):
    """The figures as metrics.

    Args:
        look: gives the figures, at most some seconds old.
        promised: how long the oldest of each lane may have been due.
    """

    def __init__(self, look: Callable[[], Snapshot], *, promised: Mapping[Lane, timedelta]) -> None:
        self._look = look
        self._promised = promised

    def describe(self) -> Iterable[Metric]:
        """Nothing is read when it is registered."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """Every figure, or that the record is out of reach."""
        try:
            now = self._look()
        except SQLAlchemyError:
            yield _one("berceau_record_up", "1: the record answers.", 0)
            return
        yield _one("berceau_record_up", "1: the record answers.", 1)
        yield _one("berceau_redis_up", "1: Redis answers.", now.redis_answers)
        yield from _queues(now)
        yield self._promises()
        yield from _standings(now)
        yield from _around(now)
        yield from _deliveries(now)
        yield from _findings(now)

    def _promises(self) -> Metric:
        said = "How long the oldest of a lane may have been due."
        rows = (((lane,), age.total_seconds()) for lane, age in self._promised.items())
        return _gauge("berceau_promised_age_seconds", said, ("lane",), rows)


def promised(hours: int) -> Mapping[Lane, timedelta]:
    """Behind a screen, what the console calls late; in bulk, what intake promises."""
    return {Lane.NOW: LATE_AFTER, Lane.BULK: timedelta(hours=hours)}


def _queues(now: Snapshot) -> Iterator[Metric]:
    labels, queues = ("step", "lane"), [((one.step, one.lane), one) for one in now.queues]
    due = ((name, one.due) for name, one in queues)
    yield _gauge("berceau_due", "Applications that are due and free.", labels, due)
    said = "For how long the oldest of a queue has been due; 0 when nothing is."
    ages = ((name, _age(one.oldest_due_at, now)) for name, one in queues)
    yield _gauge("berceau_oldest_due_age_seconds", said, labels, ages)
    held = ((name, one.held) for name, one in queues)
    yield _gauge("berceau_held", "Applications in the hands of workers.", labels, held)
    waiting = ((name, one.waiting) for name, one in queues if one.waiting is not None)
    yield _gauge("berceau_doorbells_waiting", "Doorbells that wait in Redis.", labels, waiting)


def _standings(now: Snapshot) -> Iterator[Metric]:
    counts: Counter[tuple[str, ...]] = Counter()
    for one in now.standings:
        reason = NO_REASON if one.reason is None else _known(one.reason, Reason)
        counts[_known(one.status, Status), reason] += one.count
    said = "Applications by where they stand and why."
    yield _gauge("berceau_applications", said, ("status", "reason"), counts.items())
    wakes = max((_age(one.wakes_at, now) for one in now.parked), default=0.0)
    yield _one("berceau_overslept_seconds", "By how much the oldest wake-up was missed.", wakes)
    stuck = sum(one.held for one in now.holdings if not now.lives(one.worker))
    yield _one("berceau_held_by_the_dead", "Applications in the hands of dead workers.", stuck)


def _around(now: Snapshot) -> Iterator[Metric]:
    alive = (((service,), now.alive(service)) for service in SERVICES)
    yield _gauge("berceau_workers_alive", "Workers that live.", ("service",), alive)
    stopped = Counter(_kind(one.name) for one in now.switches)
    kinds = (((_word(kind),), stopped[kind]) for kind in KINDS)
    yield _gauge("berceau_stopped", "What is stopped or paused, by kind.", ("kind",), kinds)
    fed, left = Counter[str](), Counter[str]()
    for one in now.campaigns:
        state = _known(one.state, CampaignState)
        fed[state] += one.total - one.waiting
        left[state] += one.waiting
    rows = [((state, "fed"), fed[state]) for state in fed]
    rows += [((state, "waiting"), left[state]) for state in left]
    said = "Members of the campaigns that are not over."
    yield _gauge("berceau_campaign_members", said, ("state", "progress"), rows)
    yield _one(
        "berceau_pace_used_ratio",
        "The share of its pace that the busiest habilitation took in the last minute.",
        max((pace.share for pace in now.paces), default=0.0),
    )
    if now.token_ends_at is not None:
        said = "When the first token of the record ends, in Unix seconds."
        ends = now.token_ends_at.timestamp()
        yield _one("berceau_token_end_timestamp_seconds", said, ends)


def _deliveries(now: Snapshot) -> Iterator[Metric]:
    waiting, dead = (
        sum(one.waiting for one in now.webhooks),
        sum(one.dead for one in now.webhooks),
    )
    said = "Deliveries to portals that wait or are dead."
    yield _gauge(
        "berceau_deliveries", said, ("status",), [(("waiting",), waiting), (("dead",), dead)]
    )
    oldest = max((_age(one.oldest_due_at, now) for one in now.webhooks), default=0.0)
    yield _one("berceau_delivery_oldest_due_age_seconds", "For how long the oldest is due.", oldest)
    stopped = sum(one.stopped_at is not None for one in now.webhooks)
    yield _one("berceau_webhooks_stopped", "Webhooks that said to be gone.", stopped)


def _findings(now: Snapshot) -> Iterator[Metric]:
    labels = ("invariant",)
    broken = (((one.invariant,), one.broken) for one in now.findings)
    said = "Applications of which an invariant does not hold."
    yield _gauge("berceau_invariant_broken", said, labels, broken)
    said = "When an invariant was looked at, in Unix seconds."
    at = (((one.invariant,), one.at.timestamp()) for one in now.findings)
    yield _gauge("berceau_invariant_checked_timestamp_seconds", said, labels, at)


def _gauge(name: str, said: str, labels: tuple[str, ...], rows: Iterable[_Row]) -> Metric:
    family = GaugeMetricFamily(name, said, labels=labels)
    for values, figure in rows:
        family.add_metric(values, figure)
    return family


def _one(name: str, said: str, figure: float) -> Metric:
    return GaugeMetricFamily(name, said, value=figure)


def _age(since: datetime | None, now: Snapshot) -> float:
    return 0.0 if since is None else max(0.0, (now.taken_at - since).total_seconds())


def _kind(switch: str) -> str:
    return next((kind for kind in KINDS if switch.startswith(kind)), LATER)


def _word(kind: str) -> str:
    return kind.rstrip(":")


def _known(word: str, words: type[Status] | type[Reason] | type[CampaignState]) -> str:
    """A word that this version knows, or `later`: old code may run on newer tables."""
    return word if word in set(words) else LATER
