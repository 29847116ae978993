"""Health: what outcomes say of tokens and endpoints, for every worker and for those who watch.

A refused token stops its habilitation until it is replaced or ops resume it; failures in a row,
whoever saw them, stop an endpoint. In both cases a few calls try again at their time, and the first
that passes lets the others follow. Nothing stopped is called, hence nothing counts an attempt.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Lock

import structlog
from sqlalchemy import Engine

from services.verifier.asking import somebody_asked
from services.verifier.habilitations import KnowsProfiles
from shared.crash_points import Point
from shared.evidence import Busy, Forbidden, Outcome, Unavailable
from shared.protocol.claiming import Held
from shared.protocol.switching import breaker_switch, pause, resume
from shared.protocol.waking import wake_for
from shared.queue.stops import Stops
from shared.store.committing import committing

TRY_TOKEN_AGAIN = timedelta(hours=6)
_BY = "service:verifier"
_log = structlog.get_logger()


@dataclass(slots=True)
class Trials:
    """What this process is trying, and the successes of each endpoint that nobody was told of."""

    _stops: set[str] = field(default_factory=set)
    _passed: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    _lock: Lock = field(default_factory=Lock)  # permits and outcomes come on several threads

    def trying(self, *stops: str) -> None:
        """The next calls try these."""
        with self._lock:
            self._stops.update(stops)

    def passed(self, stop: str) -> bool:
        """Count a success; whether it may be that of a trial."""
        with self._lock:
            self._passed[stop] += 1
            return stop in self._stops

    def tries(self, stop: str) -> bool:
        """Whether a call under way may be a trial of this."""
        with self._lock:
            return stop in self._stops

    def told(self, stop: str) -> int:
        """How many successes there were since the last failure; they count from none again."""
        with self._lock:
            return self._passed.pop(stop, 0)

    def ended(self, stop: str) -> None:
        """It is tried no longer."""
        with self._lock:
            self._stops.discard(stop)


class Health:
    """Learns from each outcome; the record first, then Redis, which caches it."""

    def __init__(
        self,
        engine: Engine,
        stops: Stops,
        *,
        profiles: KnowsProfiles,
        trials: Trials,
    ) -> None:
        self._engine = engine
        self._stops = stops
        self._profiles = profiles
        self._trials = trials

    def learn_at_once(self, held: Held, outcome: Outcome, *, token: str) -> bool:
        """Learn what nobody need be told of, without any I/O; False: it must be given to `learn`.

        A trial that begins meanwhile is another call's, whose own outcome will end it.
        """
        if isinstance(outcome, Forbidden | Unavailable) or not self._profiles.knows(held.scheme_id):
            return False
        if isinstance(outcome, Busy) or not somebody_asked(outcome):
            return True
        stops = (token, breaker_switch(self._profiles.of(held.scheme_id)))
        if any(map(self._trials.tries, stops)):
            return False
        for stop in stops:
            self._trials.passed(stop)
        return True

    def learn(self, held: Held, outcome: Outcome, *, token: str) -> None:
        """What one outcome says of its token (by the name of its switch) and of its endpoint.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: what must stop could not be written down.
        """
        endpoint = self._profiles.of(held.scheme_id)
        match outcome:
            case Forbidden(provenance=provenance):
                self._refused(token)
                if provenance is not None:  # somebody answered
                    self._answers(endpoint)
            case Unavailable(failure=failure):
                self._failed(endpoint, failure, first=held.attempts == 0)
            case Busy():  # alive, and says nothing of its health
                return
            case _ if not somebody_asked(outcome):
                return
            case _:
                self._go_on(token)
                self._answers(endpoint)

    def _refused(self, token: str) -> None:
        again = datetime.now(UTC) + TRY_TOKEN_AGAIN
        pause(self._engine, token, until=again, reason="Forbidden", by=_BY)
        self._stops.stop(token, again)
        self._trials.ended(token)
        _log.error("token.refused", switch=token, again=again.isoformat())

    def _failed(self, endpoint: str, failure: str, *, first: bool) -> None:
        """Count a failure; what failed before may fail for ever, and says nothing of the others."""
        stop = breaker_switch(endpoint)
        if not first and not self._trials.tries(stop):
            return
        until = self._stops.failed(stop, passed=self._trials.told(stop))
        if until is not None:
            again = datetime.fromtimestamp(until, UTC)
            pause(self._engine, stop, until=again, reason=failure, by=_BY)
            _log.error("endpoint.stopped", endpoint=endpoint, failure=failure)

    def _answers(self, endpoint: str) -> None:
        """An endpoint answers; when it had been stopped, who was parked for it need wait no more.

        One that fails for some families only is not asked again for them: it never was stopped.
        """
        if self._go_on(breaker_switch(endpoint)):
            with committing(self._engine, Point.WAKING, Point.WOKEN) as connection:
                woken = wake_for(connection, endpoint)
            _log.info("endpoint.back", endpoint=endpoint, woken=woken)

    def _go_on(self, stop: str) -> bool:
        """A call passed; whether it ended what was stopped, which it tried."""
        if not self._trials.passed(stop):
            return False
        self._trials.ended(stop)
        ended = self._stops.passed(stop)
        if ended:
            resume(self._engine, stop)
            _log.info("stop.ended", switch=stop)
        return ended
