"""Healing: no fault any more, time passes until nothing is left to do, then all is checked."""

from collections.abc import Callable, Sequence
from datetime import timedelta

from services.command.review.returning import Again, ask_again
from shared.protocol.delivering import mending
from shared.protocol.switching import resume_all
from shared.protocol.tempo import QUARANTINE_AT
from shared.review_acts import DecidedOn
from shared.states import Reason, Status
from shared.webhooks.outcomes import Delivered
from tests.integration.machine.families import LAST_DATE, WAITED_FOR, Family
from tests.integration.machine.gates import Stage
from tests.integration.machine.processes import SLOW, Worker
from tests.integration.machine.town import CARE, Town

_MOST_ROUNDS = 300
_NEXT = """
    SELECT min(due_at) - now() FROM (
        SELECT due_at FROM applications WHERE due_at IS NOT NULL
        UNION ALL
        SELECT due_at FROM deliveries WHERE status = 'WAITING'
    ) open
"""
_STANDS = "SELECT status, reason FROM applications WHERE id = :id"


def heal(town: Town, families: Sequence[Family], check: Callable[[], None]) -> None:
    """Run everything, advance to what is due next, and again until nothing is."""
    resume_all(town.engine, "")
    for process in (*town.workers, *town.messengers):
        process.frozen = False
        process.beat()
    for _ in range(_MOST_ROUNDS):
        work(town, families)
        post(town)
        check()
        if not _mend(town, families):
            wait = town.record.one(_NEXT)
            if wait is None:
                return
            town.advance(max(wait, timedelta(0)) + SLOW.ring_again)
    raise AssertionError(f"never at rest: {[_stands(town, one) for one in families]}")


def work(town: Town, families: Sequence[Family]) -> None:
    """Ring, hear every message, and go through every gate, until nothing moves any more."""
    poison = {one.reference for one in families if one.poison}
    town.tick()
    for _ in range(50):
        while town.bag.messages:
            town.workers[0].hear(town.bag.messages.pop(0))
        waiting = [(worker, one) for worker in town.workers for one in worker.gates.waiting]
        if not waiting:
            return
        worker, one = waiting[0]
        if one.stage is Stage.ASK and one.reference in poison:
            worker.die()
            town.workers[town.workers.index(worker)] = Worker(town.ground)
        else:
            one.open()
        town.loop.settle()


def post(town: Town) -> None:
    """Send whatever may be sent: every receiver answers 200."""
    for messenger in town.messengers:
        messenger.look()
        while messenger.gates.waiting:
            messenger.gates.waiting[0].open(Delivered(200))
            town.loop.settle()


def _mend(town: Town, families: Sequence[Family]) -> bool:
    """Do what people do about what stopped on the way; whether there was any.

    A person is asked only after the last date, and nothing is set aside that was not begun often.
    """
    mended = False
    for one in families:
        state, reason = _stands(town, one)
        if state is Status.QUARANTINED and not one.poison and one.ended is None:
            assert town.ground.begun[one.reference] >= QUARANTINE_AT
            assert town.release(one.id)
            mended = True
        elif state is Status.TO_REVIEW and reason in WAITED_FOR - one.for_want_of:
            assert town.clock.passed - one.accepted >= LAST_DATE
            ask_again(town.office, one.id, Again(DecidedOn.ERROR, CARE))
            mended = True
    return _mend_webhook(town) or mended


def _mend_webhook(town: Town) -> bool:
    """Set again an endpoint that was gone, and send what was given up."""
    stopped = "SELECT webhook_stopped_at IS NOT NULL FROM portals WHERE id = :portal"
    gone = bool(town.record.one(stopped, portal=town.portal))
    if gone:
        town.restart_webhook()
    with town.engine.begin() as connection:
        return bool(mending.replay(connection)) or gone


def check(town: Town, families: Sequence[Family]) -> None:
    """Everybody has come to what its script implies, once, and the portal took every event."""
    for one in families:
        state, cents = one.comes_to
        assert state is _stands(town, one)[0]
        assert _stands(town, one)[1] in one.for_want_of
        binding, fee = town.fee(one.id)
        if state is Status.DECIDED:
            assert cents == fee
            assert binding == 1 or one.by_hand
    sent = {row.id for row in town.record.rows("SELECT id FROM events")}
    assert sent == {one.event for one in town.ground.received}


def _stands(town: Town, family: Family) -> tuple[Status, Reason | None]:
    [row] = town.record.rows(_STANDS, id=family.id)
    return Status(row.status), row.reason and Reason(row.reason)
