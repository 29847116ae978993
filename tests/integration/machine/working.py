"""Working: workers, the scheduler, Redis and the clock, each at its worst moment.

A step makes several moves, so that a short run goes far; each move takes what is there to take.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from shared.protocol.switching import RINGING_SWITCH, habilitation_switch, pause, resume
from shared.protocol.tempo import QUARANTINE_AT
from shared.states import STEP_OF, Lane, Status
from tests.integration.machine import healing
from tests.integration.machine.gates import Stage
from tests.integration.machine.processes import SLOW, Worker
from tests.integration.machine.standing import PICK, Standing, pick, replace

_MOVES = st.sampled_from(("tick", "hear", "hear", "hear again", "go on", "go on", "save all"))
_PASSES = st.sampled_from(
    [
        timedelta(seconds=10),
        timedelta(minutes=6),
        timedelta(minutes=11),
        timedelta(minutes=25),
        timedelta(hours=3),
        timedelta(hours=7),
        timedelta(days=8),
    ]
)
_DUE = """
    SELECT *, now() AS seen_at FROM applications
    WHERE status IN ('RECEIVED', 'VERIFIED') AND claim IS NULL AND due_at <= now()
      AND starts < :limit
"""
_HELD_BY_THE_DEAD = """
    SELECT count(*) FROM applications a
    WHERE claim IS NOT NULL
      AND NOT EXISTS (SELECT FROM workers w WHERE w.id = a.claimed_by AND w.alive_until > now())
"""


class Working(Standing):
    """The rules of what runs."""

    @rule(moves=st.lists(st.tuples(_MOVES, PICK), min_size=2, max_size=8))
    def the_workers_move(self, moves: list[tuple[str, int]]) -> None:
        """They hear any message, in any order, ask and save, each when it comes to it."""
        for move, which in moves:
            match move:
                case "tick":
                    self.tick()
                case "hear" | "hear again":
                    self._hears(self._worker(which), which // 3, kept=move == "hear again")
                case "go on":
                    self._goes_on(which)
                case _:
                    self._saves_all(which)

    def tick(self) -> None:
        """After it the dead hold nothing, and all that is due is rung, as far as there is room."""
        self.town.tick()
        assert 0 == self.town.record.one(_HELD_BY_THE_DEAD)
        if not self.town.record.one("SELECT count(*) FROM switches WHERE until > now()"):
            due = self.town.record.rows(_DUE, limit=QUARANTINE_AT)
            assert [] == [row for row in due if self._forgotten(row)]

    def _forgotten(self, row: Any) -> bool:
        """Whether a doorbell is missing: none since Redis was born, or one of long ago."""
        step, born = STEP_OF[Status(row.status)], self.town.bag.marker
        assert born is not None
        since = max(born, row.seen_at - SLOW.ring_again - timedelta(minutes=1))
        rung = row.rung_at is not None and row.rung_at >= since
        return not rung and self.town.bag.room(step, Lane(row.lane)) > 0

    @rule(which=PICK, refused=st.booleans(), outages=st.sampled_from((0, 1, 6)))
    def a_save_meets_trouble(self, which: int, *, refused: bool, outages: int) -> None:
        """A group of which the record refuses a row, or that finds no record for a while."""
        waiting = self.before(self.town.workers, Stage.SAVE)
        if waiting:
            worker, spoilt = pick(waiting, which)
            worker.outages = outages
            if refused:
                worker.spoilt.add(spoilt.reference)
            self._saves(worker)

    @rule()
    def everything_goes_on(self) -> None:
        """A calm minute: what can be done is done."""
        if not any(worker.frozen for worker in self.town.workers):
            healing.work(self.town, self.families)

    @rule(which=PICK, how=st.sampled_from(("dies", "dies", "stands still")))
    def a_worker_fails(self, which: int, how: str) -> None:
        """It dies, or stands still in the middle of whatever it did, and does not even beat."""
        holding = [worker for worker in self.town.workers if len(worker.gates.waiting) > 0]
        worker = pick(holding or self.town.workers, which)
        if how == "dies":
            replace(self.town.workers, worker, lambda: Worker(self.town.ground))
        else:
            worker.frozen = True

    @rule(which=PICK, first=st.sampled_from(("beats", "saves", "hears")))
    def a_worker_comes_back(self, which: int, first: str) -> None:
        """It goes on as if nothing was, until its next beat tells it that it is dead."""
        frozen = [one for one in self.town.workers if one.frozen]
        if not frozen:
            return
        worker = pick(frozen, which)
        if first == "hears":
            self._hears(worker, which // 3)
        self._back(worker, saving=first == "saves")

    @rule(which=PICK, asked=st.booleans(), back=st.sampled_from(("", "saves", "hears")))
    def an_heir_takes_over(self, which: int, back: str, *, asked: bool) -> None:
        """A worker stands still for longer than its life, and another takes what it held.

        It may have its answers already, and come back to save them while the other holds; or to
        hear the doorbell that was meant for another.
        """
        waiting = self.before(self.town.workers, Stage.ASK, Stage.SAVE)
        if not waiting:
            return
        worker, _ = pick(waiting, which)
        if asked:
            self._asks(worker)
        worker.frozen = True
        self.town.advance(SLOW.life + timedelta(minutes=1))
        self.tick()
        if back == "hears":
            self._hears(worker, 0, kept=True)
            self.the_laws_hold()
        while self.town.bag.messages:
            self._hears(self._worker(which), 0)
        if back:
            self._back(worker, saving=True)

    @rule(by=_PASSES)
    def time_passes(self, by: timedelta) -> None:
        self.town.advance(by)

    @rule(which=PICK, how=st.sampled_from(("flushed", "loses", "doubles")))
    def redis_fails(self, which: int, how: str) -> None:
        """It is emptied, or one message is lost, or comes twice."""
        if how == "flushed":
            self.town.bag.flush()
            self.town.pace.paused.clear()
        elif self.town.bag.messages:
            message = self._message(which, kept=how == "doubles")
            self.town.bag.messages += [message] if how == "doubles" else []

    @rule(ringing=st.booleans(), on=st.booleans())
    def ops_pause_or_resume(self, *, ringing: bool, on: bool) -> None:
        habilitation = self.town.record.founded.habilitation
        name = RINGING_SWITCH if ringing else habilitation_switch(habilitation)
        if on:
            resume(self.town.engine, name)
            self.town.pace.paused.clear()
        else:
            until = datetime.now(UTC) + timedelta(hours=1)
            pause(self.town.engine, name, until=until, reason="essai", by="test")

    def _worker(self, which: int) -> Worker:
        awake = [worker for worker in self.town.workers if not worker.frozen]
        return pick(awake or self.town.workers, which)

    def _hears(self, worker: Worker, which: int, *, kept: bool = False) -> None:
        if self.town.bag.messages:
            worker.hear(self._message(which, kept=kept))

    def _message(self, which: int, *, kept: bool) -> dict[str, Any]:
        messages = self.town.bag.messages
        place = which % len(messages)
        return messages[place] if kept else messages.pop(place)

    def _goes_on(self, which: int) -> None:
        """One application asks, or saves; what is poison ends its process."""
        waiting = self.before(self.town.workers, Stage.ASK, Stage.SAVE)
        if not waiting:
            return
        worker, one = pick(waiting, which)
        if one.stage is Stage.ASK and self._poison(one.reference):
            replace(self.town.workers, worker, lambda: Worker(self.town.ground))
        else:
            one.open()
            self.town.loop.settle()

    def _saves_all(self, which: int) -> None:
        waiting = self.before(self.town.workers, Stage.SAVE)
        if waiting:
            self._saves(pick(waiting, which)[0])

    def _saves(self, worker: Worker) -> None:
        for _, one in self.before([worker], Stage.SAVE):
            one.open()
        self.town.loop.settle()

    def _asks(self, worker: Worker) -> None:
        for _, one in self.before([worker], Stage.ASK):
            if not self._poison(one.reference):
                one.open()
        self.town.loop.settle()

    def _back(self, worker: Worker, *, saving: bool) -> None:
        worker.frozen = False
        if saving:
            self._saves(worker)
        self.the_laws_hold()
        worker.beat()

    def _poison(self, reference: str) -> bool:
        return any(one.poison for one in self.families if one.reference == reference)
