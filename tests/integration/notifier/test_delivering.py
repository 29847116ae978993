"""Deliveries reach whoever misbehaves: all of them, in order for each application, and signed."""

import asyncio
import json
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING

import pytest

from services.command.records import webhooks
from services.notifier.work import LONGEST_CLAIM, MOST_OF_A_PORTAL
from shared.protocol import lives
from shared.protocol.delivering import holding, mending, settling
from shared.protocol.delivering.settling import TRIES
from shared.states import Reason, Status
from shared.webhooks.outcomes import Delivered, Failed, Failure, Gone
from tests.integration.notifier.conftest import HAND
from tests.integration.notifier.receiver import OK, Answer, Received, receiving

if TYPE_CHECKING:
    from tests.integration.notifier.conftest import Post

pytestmark = pytest.mark.stack
Start = Callable[[], "subprocess.Popen[bytes]"]


def _first_of_each(received: Sequence[Received]) -> list[tuple[str, int]]:
    """The places in the order in which they were first heard."""
    return list(dict.fromkeys(one.place for one in received))


def _in_order(places: Sequence[tuple[str, int]]) -> bool:
    """Whether each application's changes come one after another."""
    by_application: dict[str, list[int]] = {}
    for reference, sequence in places:
        by_application.setdefault(reference, []).append(sequence)
    return all(sorted(ones) == ones for ones in by_application.values())


def _out_of(post: "Post", applications: int) -> list[tuple[str, int]]:
    ids = post.record.plant(applications)
    post.change(ids)
    post.change(ids)
    return [(post.record.reference_of(id_), n) for id_ in ids for n in (1, 2)]


async def test_each_change_is_told_once_in_order_and_signed(post: "Post") -> None:
    """With the headers of the standard and a CloudEvents body, which says no more than it must."""
    expected = _out_of(post, 20)
    async with post.running(post.notifier()):
        await post.until(post.settled)
    received = post.receiver.received

    assert sorted(expected) == sorted(post.receiver.places)
    assert _in_order(post.receiver.places)
    assert len(expected) == len({one.id for one in received})
    for one in received:
        one.verify(post.secret)
        assert one.id == one.said["id"]
        assert one.headers["content-type"].startswith("application/cloudevents+json")
    decided = next(one.said for one in received if one.place[1] == 2)
    assert "fr.berceau.application.decided" == decided["type"]
    assert {"reference", "sequence", "state", "reason", "decision_version"} == set(decided["data"])
    assert 1 == decided["data"]["decision_version"]


async def test_one_that_fails_now_and_then_loses_nothing(post: "Post") -> None:
    """Each is refused twice in its own way, and comes again, in order, with the same id."""
    refusals: Counter[str] = Counter()
    ways: list[Answer] = [(500, {}, b"broken"), (302, {"location": "http://127.0.0.1:1/"}, b"")]

    def answer(request: Received) -> Answer:
        refusals[request.id] += 1
        return ways[refusals[request.id] - 1] if refusals[request.id] <= len(ways) else OK

    post.receiver.answer = answer
    expected = _out_of(post, 5)
    async with post.running(post.notifier()):
        while not post.settled():
            post.make_due()
            await asyncio.sleep(0.1)

    assert sorted(expected) == sorted(set(post.receiver.places))
    assert _in_order(_first_of_each(post.receiver.received))
    assert {3} == set(refusals.values())
    assert [("DELIVERED", 3, "delivered")] * 10 == post.deliveries()


async def test_one_that_hangs_costs_its_deadline_and_no_event(post: "Post") -> None:
    """Each first request is never answered; the next goes only after it was heard again."""
    heard: Counter[str] = Counter()

    def answer(request: Received) -> Answer:
        heard[request.id] += 1
        if heard[request.id] == 1:
            post.receiver.hang(10)
        return OK

    post.receiver.answer = answer
    expected = _out_of(post, 3)
    async with post.running(post.notifier(deadline_s=0.5)):
        while not post.settled():
            post.make_due()
            await asyncio.sleep(0.1)

    assert sorted(expected) == sorted(set(post.receiver.places))
    assert _in_order(_first_of_each(post.receiver.received))
    assert {2} == set(heard.values())


def _hanging(post: "Post") -> Callable[[Received], Answer]:
    def answer(_: Received) -> Answer:
        post.receiver.hang(10)
        return OK

    return answer


def _tell_another(post: "Post", url: str) -> None:
    """A trial to the portal of another authority."""
    post.record.found_another("tarascon")
    with post.record.engine.begin() as connection:
        ring = post.record.ring
        webhooks.set_url(connection, HAND, ring, "tarascon-famille", url, loopback=True)
        portal = webhooks.find(connection, "tarascon-famille").portal_id
        mending.begin_trial(connection, portal)


async def test_one_that_hangs_leaves_room_for_other_portals(post: "Post") -> None:
    """Its own bound is reached, and another portal is told meanwhile."""
    _out_of(post, 30)
    post.receiver.answer = _hanging(post)
    async with post.running(post.notifier()):
        await post.until(lambda: len(post.receiver.received) == MOST_OF_A_PORTAL)
        await asyncio.sleep(1.0)
        assert MOST_OF_A_PORTAL == len(post.receiver.received)
        with receiving() as other:
            _tell_another(post, other.url)
            await post.until(lambda: len(other.received) == 1)


async def test_one_that_answers_without_end_is_heard_for_4_kib(post: "Post") -> None:
    """Only its status counts."""
    post.receiver.answer = lambda _: (200, {}, b"x" * 10_000_000)
    _out_of(post, 1)
    async with post.running(post.notifier()):
        await post.until(post.settled)

    assert [("DELIVERED", 1, "delivered")] * 2 == post.deliveries()


async def test_a_redirect_is_not_followed(post: "Post") -> None:
    """Inwards or not: the receiver's own other address is never asked."""
    elsewhere = post.receiver.url + "/inside"
    post.receiver.answer = lambda _: (307, {"location": elsewhere}, b"")
    post.change(post.record.plant(1))
    async with post.running(post.notifier()):
        await post.until(lambda: post.deliveries()[0][1] == 1)

    assert 1 == len(post.receiver.received)
    assert [("WAITING", 1, "redirected")] == post.deliveries()


async def test_410_stops_the_endpoint_and_kills_nothing(post: "Post") -> None:
    """What waits goes, in order, when the endpoint is set again."""
    expected = _out_of(post, 1)
    post.receiver.answer = lambda _: (410, {}, b"")
    async with post.running(post.notifier()):
        await post.until(lambda: bool(post.record.one("SELECT webhook_stopped_at FROM portals")))
        await asyncio.sleep(1.0)
        assert 1 == len(post.receiver.received)
        post.receiver.answer = lambda _: OK
        with post.record.owner.begin() as connection:
            connection.exec_driver_sql("UPDATE portals SET webhook_stopped_at = NULL")
        await post.until(post.settled)

    assert [expected[0], *expected] == post.receiver.places


async def test_the_last_try_is_followed_by_death_and_then_by_the_next(post: "Post") -> None:
    """Dead after ten tries, shown with its reason; replayed, it arrives under its own id."""
    ids = post.record.plant(1)
    post.change(ids)
    post.change(ids)
    post.receiver.answer = lambda one: OK if one.place[1] == 2 else (503, {}, b"")
    async with post.running(post.notifier()):
        while not post.settled():
            post.make_due()
            await asyncio.sleep(0.05)
        assert [("DEAD", TRIES, "answered"), ("DELIVERED", 1, "delivered")] == post.deliveries()
        assert [1] * TRIES + [2] == [n for _, n in post.receiver.places]
        with post.record.engine.connect() as connection:
            [dead] = mending.listed(connection, mending.DeliveryStatus.DEAD, None)
        assert (TRIES, "answered", 503) == (dead.attempts, dead.outcome, dead.http_status)

        post.receiver.answer = lambda _: OK
        with post.record.engine.begin() as connection:
            assert [dead.event] == mending.replay(connection, ids=[dead.event])
        await post.until(post.settled)

    assert str(dead.event) == post.receiver.received[-1].id
    assert [("DELIVERED", 1, "delivered")] * 2 == post.deliveries()


async def test_two_notifiers_tell_each_change_once(post: "Post") -> None:
    """Neither waits for the other, nor overtakes it within an application."""
    expected = _out_of(post, 40)
    async with post.running(post.notifier(), post.notifier()):
        await post.until(post.settled)

    assert sorted(expected) == sorted(post.receiver.places)
    assert _in_order(post.receiver.places)


def test_the_next_is_not_claimed_while_the_one_before_is_held(post: "Post") -> None:
    """Nor while it waits; another application's is."""
    _out_of(post, 1)
    worker, portal = post.record.worker(), post.record.founded.portal
    [first] = holding.claim(post.record.engine, worker, portal, most=10)
    again = holding.claim(post.record.engine, worker, portal, most=10)

    assert (1, []) == (first.event.sequence, again)


def test_a_worker_that_was_thought_dead_claims_nothing(post: "Post") -> None:
    """Whatever it asks for."""
    _out_of(post, 1)
    dead = post.record.worker(life=timedelta(0))

    assert [] == holding.claim(post.record.engine, dead, post.record.founded.portal, most=10)


def test_a_zombie_settles_nothing(post: "Post") -> None:
    """What was freed and claimed by another is the other's, whatever comes back late."""
    _out_of(post, 1)
    engine, portal = post.record.engine, post.record.founded.portal
    [old] = holding.claim(engine, post.record.worker(life=timedelta(seconds=1)), portal, most=1)
    time.sleep(1.1)
    assert 1 == holding.free_dead(engine, longest_claim=timedelta(minutes=1))
    [new] = holding.claim(engine, post.record.worker(), portal, most=1)
    outcomes = (Delivered(200), Failed(Failure.TOO_SLOW), Gone())
    late = [settling.settle(engine, old, one, chance=Random(1)) for one in outcomes]

    assert [False] * 3 == [one.ours for one in late]
    assert ("WAITING", 0, None) == post.deliveries()[0]
    assert None is post.record.one("SELECT webhook_stopped_at FROM portals")
    assert settling.settle(engine, new, Delivered(200), chance=Random(1)).ours


class Unlucky(Random):
    """Breaks the first time that lots are drawn for a wait."""

    broken = False

    def uniform(self, a: float, b: float) -> float:
        if not self.broken:
            self.broken = True
            raise ZeroDivisionError
        return super().uniform(a, b)


async def test_a_save_that_breaks_frees_what_it_held(post: "Post") -> None:
    """With the life of who broke: it is sent again in seconds, not once any try is over."""
    _out_of(post, 1)
    answers: Iterator[Answer] = iter([(500, {}, b"")])
    post.receiver.answer = lambda _: next(answers, OK)
    unlucky = post.notifier()
    unlucky._chance = Unlucky(1)
    began = time.monotonic()
    async with post.running(unlucky):
        await post.until(post.settled)

    assert LONGEST_CLAIM.total_seconds() / 3 > time.monotonic() - began
    assert {"DELIVERED"} == {status for status, *_ in post.deliveries()}


def test_a_dead_notifier_is_forgotten_once_it_holds_nothing(post: "Post") -> None:
    """However long nobody frees what it held: its life stays as long as a claim names it."""
    engine, worker = post.record.engine, post.record.worker()
    post.change(post.record.plant(1))
    holding.claim(engine, worker, post.record.founded.portal, most=1)
    with post.record.owner.begin() as connection:
        connection.exec_driver_sql("UPDATE workers SET alive_until = now() - interval '2 hours'")

    lives.forget(engine)
    assert [(worker,)] == post.record.rows("SELECT id FROM workers")
    assert 1 == holding.free_dead(engine, longest_claim=LONGEST_CLAIM)
    assert 1 == lives.forget(engine)


def test_a_claim_older_than_any_try_is_free(post: "Post") -> None:
    """Even of a worker that lives; one in time is not."""
    _out_of(post, 1)
    engine, portal = post.record.engine, post.record.founded.portal
    holding.claim(engine, post.record.worker(), portal, most=1)

    assert 0 == holding.free_dead(engine, longest_claim=timedelta(minutes=1))
    assert 1 == holding.free_dead(engine, longest_claim=timedelta(0))


def test_the_waits_last_three_days_and_a_bit(post: "Post") -> None:
    """As planned, a fifth shorter or longer by lot; those behind wait with the first."""
    _out_of(post, 1)
    engine, portal = post.record.engine, post.record.founded.portal
    waits = [settling.wait_before(n, Random(1)) for n in range(1, TRIES)]
    [held] = holding.claim(engine, post.record.worker(), portal, most=1)
    settling.settle(engine, held, Failed(Failure.TOO_SLOW), chance=Random(1))
    due = [row.due_at for row in post.record.rows("SELECT due_at FROM deliveries")]

    assert timedelta(days=3) < sum(settling.WAITS, timedelta()) < timedelta(days=3.5)
    assert all(
        abs(real / plan - 1) <= 0.2 for real, plan in zip(waits, settling.WAITS, strict=True)
    )
    assert due[0] == due[1]


def test_killed_between_sending_and_saving_it_is_sent_again(post: "Post", process: Start) -> None:
    """kill -9 once the receiver has it: another sends it under the same id; nothing overtakes."""
    expected = _out_of(post, 1)
    first = process()

    def answer(_: Received) -> Answer:
        if first.poll() is None:
            first.send_signal(signal.SIGKILL)
            first.wait()
        return OK

    post.receiver.answer = answer
    first.wait(20)
    process()
    deadline = time.monotonic() + 20
    while not post.settled():
        assert time.monotonic() < deadline, post.deliveries()
        time.sleep(0.1)

    assert [expected[0], *expected] == post.receiver.places
    assert post.receiver.received[0].id == post.receiver.received[1].id


def test_a_stop_finishes_what_is_in_flight(post: "Post", process: Start) -> None:
    """SIGTERM: the request under way is waited for and saved, and nothing else begins."""
    _out_of(post, 1)
    notifier = process()

    def answer(_: Received) -> Answer:
        notifier.terminate()
        time.sleep(1.0)
        return OK

    post.receiver.answer = answer
    _, log = notifier.communicate(timeout=20)

    assert 0 == notifier.returncode
    assert [("DELIVERED", 1, "delivered"), ("WAITING", 0, None)] == post.deliveries()
    assert "notifier.stopped" in [json.loads(line)["event"] for line in log.splitlines()]


def test_nothing_personal_is_sent_or_logged(post: "Post", process: Start) -> None:
    """Neither address, secret, signature nor answer in the log; no health data in the body."""
    post.receiver.answer = lambda _: (500, {"x-leak": "mot-de-la-reponse"}, b"mot-de-la-reponse")
    post.to_review(post.record.plant(1), Reason.DISABILITY_EXCEEDS_CHILDREN)
    notifier = process()
    deadline = time.monotonic() + 20
    while post.deliveries()[0][1] == 0:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    notifier.terminate()
    _, log = notifier.communicate(timeout=20)
    [sent] = post.receiver.received

    told = log.decode()
    assert "notifier.tried" in told
    for secret in (post.secret, post.receiver.url, "mot-de-la-reponse", "webhook-signature"):
        assert secret not in told
    assert sent.headers["webhook-signature"] not in told
    assert Reason.DISABILITY_EXCEEDS_CHILDREN not in sent.body.decode()
    assert Status.TO_REVIEW == sent.said["data"]["state"]
