"""The clockwork: what a scheduler does at each tick. Several may run at once, none leads."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from random import SystemRandom

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from shared.crash_points import Point
from shared.crashing import reach
from shared.events import Doorbell
from shared.maintenance import NO_WINDOWS, Calendar
from shared.metering.instruments import FED, RUNG, SWEPT, TICKS, TICKS_MISSED
from shared.protocol import claiming, lives, ringing, sweeping
from shared.protocol.campaigning import ending, feeding
from shared.protocol.honest_bell import HonestBell
from shared.protocol.neighbours import ALONE, Neighbours
from shared.protocol.operating import carrying
from shared.protocol.pauses import Paused, paused
from shared.protocol.tempo import Tempo
from shared.queue.bell import Bell, queue_of
from shared.queue.pace import Pace
from shared.queue.stops import Stops
from shared.states import Lane, Step

_log = structlog.get_logger()
_ACTOR = "service:scheduler"
_WITHOUT_END = timedelta(hours=1)  # cached again at each tick


class Clockwork:
    """Rings what is due within the window, feeds campaigns, does bulk actions, sweeps now and then.

    Args:
        engine: the record.
        bell: rings.
        pace: is told of the pauses.
        stops: are told of what a failure stopped.
        tempo: how often it does what.
        calendar: the announced maintenance, in which nothing is rung that would call.
        neighbours: the processes of this machine, of whom the gone are buried.
    """

    def __init__(
        self,
        engine: Engine,
        bell: Bell,
        pace: Pace,
        stops: Stops,
        *,
        tempo: Tempo,
        calendar: Calendar = NO_WINDOWS,
        neighbours: Neighbours = ALONE,
    ) -> None:
        self._engine = engine
        self._bell = bell
        self._honest = HonestBell(bell, partial(claiming.unring, engine))
        self._pace = pace
        self._stops = stops
        self._tempo = tempo
        self._calendar = calendar
        self._neighbours = neighbours
        self._chance = SystemRandom()
        self._sweep_at = 0.0
        self._overdue_at = 0.0
        self._endings_at = 0.0

    def tick(self) -> None:
        """One look at everything; a database out of reach costs this tick only."""
        try:
            with TICKS.time():
                self._look()
        except SQLAlchemyError as broken:
            TICKS_MISSED.inc()
            _log.warning("scheduler.tick_missed", error=type(broken).__name__)

    def _look(self) -> None:
        if time.monotonic() >= self._sweep_at:
            self._sweep_at = time.monotonic() + self._tempo.sweep.total_seconds()
            self.sweep()
        try:
            self.feed()
            self.carry()
        finally:  # what people wait for is rung, whatever breaks what is done in bulk
            self.ring()

    def ring(self) -> int:
        """Top up the window of every queue; returns how many doorbells were rung."""
        now_paused = paused(self._engine, self._calendar)
        self._cache(now_paused)
        born = self._bell.born(ringing.now(self._engine))
        if now_paused.ringing or born is None:
            return 0
        return sum(
            self._ring_queue(step, lane, born, now_paused)
            for step in Step
            for lane in Lane
            if queue_of(step, lane) not in now_paused.queues
        )

    def feed(self) -> int:
        """Feed the campaigns, and now and then end those that are done; returns how many it fed."""
        fed = feeding.feed(self._engine)
        if fed.fed or fed.left_out:
            FED.inc(fed.fed)
            _log.info("scheduler.fed", fed=fed.fed, left_out=fed.left_out)
        if time.monotonic() >= self._endings_at:
            self._endings_at = time.monotonic() + self._tempo.endings.total_seconds()
            ending.finish(self._engine)
        return fed.fed

    def carry(self) -> int:
        """Do the next chunk of each bulk action that runs; returns how many it did."""
        carried = carrying.carry(self._engine)
        if carried.done or carried.skipped:
            _log.info("scheduler.carried", done=carried.done, skipped=carried.skipped)
        return carried.done

    def sweep(self) -> dict[str, int]:
        """Bury, free, quarantine, wake, hand over, forget; returns how many of each."""
        done = {
            "buried": lives.bury(self._engine, self._neighbours),
            "freed": sweeping.free_dead(self._engine, longest_claim=self._tempo.longest_claim),
            "quarantined": sweeping.quarantine(self._engine, actor=_ACTOR),
            "woken": sweeping.wake(self._engine, actor=_ACTOR),
            "handed_over": sweeping.hand_over(self._engine, actor=_ACTOR) + self._held_up(),
            "forgotten": lives.forget(self._engine),
            "evidence_forgotten": sweeping.forget_evidence(self._engine),
            "keys_forgotten": sweeping.forget_keys(self._engine, kept=self._tempo.remembered_key),
            "members_forgotten": carrying.forget_members(self._engine),
        }
        for what, count in done.items():
            SWEPT.labels(what).inc(count)
        if any(done.values()):
            _log.info("scheduler.swept", **done)
        return done

    def _held_up(self) -> int:
        """Hand over what was held back too long; it reads a whole backlog, hence seldom."""
        if time.monotonic() < self._overdue_at:
            return 0
        self._overdue_at = time.monotonic() + self._tempo.overdue.total_seconds()
        return sweeping.hand_over_held_up(self._engine, actor=_ACTOR)

    def _cache(self, paused: Paused) -> None:
        """Tell Redis of the pauses before its marker, without which it gives no permit."""
        for name, at in paused.trials.items():
            self._stops.stop(name, at)
        for habilitation, until in paused.habilitations.items():
            self._pace.pause(habilitation, until or datetime.now(UTC) + _WITHOUT_END)

    def _ring_queue(self, step: Step, lane: Lane, born: datetime, paused: Paused) -> int:
        room = self._bell.room(step, lane)
        if room == 0:
            return 0
        bells = ringing.take_due(
            self._engine,
            step,
            lane,
            room=room,
            born=born,
            ring_again=self._tempo.ring_again,
            paused=paused,
            chance=self._chance,
        )
        rung = sum(map(self._rung, bells))
        RUNG.labels(step, lane).inc(rung)
        return rung

    def _rung(self, bell: Doorbell) -> bool:
        rung = self._honest.ring(bell)
        reach(Point.RUNG)
        return rung


def run(
    clockwork: Clockwork,
    *,
    every_s: float,
    stopped: Callable[[float], bool],
    beat: Callable[[], None] = lambda: None,
) -> None:
    """Tick until stopped.

    Args:
        clockwork: what ticks.
        every_s: seconds between two ticks.
        stopped: waits so many seconds, and tells whether to stop.
        beat: called before each tick: a clockwork that hangs is silent.
    """
    while not stopped(every_s):
        beat()
        clockwork.tick()
