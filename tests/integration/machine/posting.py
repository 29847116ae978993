"""Posting: notifiers, and a receiver that fails, is gone, or takes what it has already."""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import rule

from shared.webhooks.outcomes import Delivered, Failed, Failure, Gone, Outcome
from tests.integration.machine.gates import Stage
from tests.integration.machine.processes import SLOW, Messenger
from tests.integration.machine.standing import PICK, Standing, pick, replace

_TAKEN = Delivered(200)
_ANSWERS: list[Outcome] = [_TAKEN, _TAKEN, _TAKEN, Failed(Failure.ANSWERED, 500), Gone()]
_MOVES = st.tuples(st.sampled_from(("look", "go on", "go on")), PICK, st.sampled_from(_ANSWERS))


class Posting(Standing):
    """The rules of what is told to portals."""

    @rule(moves=st.lists(_MOVES, min_size=2, max_size=8))
    def the_notifiers_move(self, moves: list[tuple[str, int, Outcome]]) -> None:
        """They look for what is due, send one, or write what came of one."""
        for move, which, answer in moves:
            waiting = self.before(self.town.messengers, Stage.SEND, Stage.SETTLE)
            messenger = pick(self.town.messengers, which)
            if move == "look" and not messenger.frozen:
                messenger.look()
            elif move == "go on" and waiting:
                pick(waiting, which)[1].open(answer)
                self.town.loop.settle()

    @rule(which=PICK, dies=st.booleans(), back=st.booleans())
    def a_notifier_fails(self, which: int, *, dies: bool, back: bool) -> None:
        """It dies, between its send and its save if it comes so, or is thought dead for a while.

        Back, it sends and saves what it held, until its beat.
        """
        messenger = pick(self.town.messengers, which)
        if dies:
            replace(self.town.messengers, messenger, lambda: Messenger(self.town.ground))
            return
        messenger.frozen = True
        self.town.advance(SLOW.life + timedelta(minutes=1))
        other = pick(self.town.messengers, which + 1)
        if not other.frozen:
            other.look()
        if back:
            self._resent(messenger)

    def _resent(self, messenger: Messenger) -> None:
        messenger.frozen = False
        for stage in (Stage.SEND, Stage.SETTLE):
            for _, one in self.before([messenger], stage):
                one.open(_TAKEN)
            self.town.loop.settle()
        messenger.beat()

    @rule(which=PICK)
    def a_notifier_comes_back_or_the_webhook(self, which: int) -> None:
        """What stood still goes on; what was stopped is set again."""
        frozen = [messenger for messenger in self.town.messengers if messenger.frozen]
        if frozen:
            self._resent(pick(frozen, which))
        else:
            self.town.restart_webhook()
