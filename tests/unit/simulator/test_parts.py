"""The small parts that count time: quota, memory, switches, ledger."""

from services.simulator.api.answers import Answer, found
from services.simulator.api.config import Config
from services.simulator.api.faults.board import Board, Throw
from services.simulator.api.faults.rules import Target
from services.simulator.api.ledger import Ledger
from services.simulator.api.limits import Bans, Limit, Tightest
from services.simulator.api.particulier.memory import Memory


class Clock:
    """A clock that is set by hand."""

    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def test_quota_is_a_fixed_window_per_token() -> None:
    """Each token has its own count, and every second starts anew."""
    clock = Clock(100.9)
    quota = Limit(2, clock=clock)

    first = [quota.take("a"), quota.take("a"), quota.take("a"), quota.take("b")]
    clock.now = 101.0
    second = quota.take("a")

    assert [True, True, False, True] == first
    assert second
    assert {"RateLimit-Limit": "2", "RateLimit-Remaining": "1", "RateLimit-Reset": "102"} == (
        quota.headers("a")
    )
    assert {"Retry-After": "1"} == quota.retry_after()


def test_no_quota_takes_everything() -> None:
    """Without a limit nothing is refused and no header is sent."""
    quota = Limit(None)

    assert all(quota.take("a") for _ in range(1_000))
    assert {} == quota.headers("a")


def test_memory_lasts_an_hour() -> None:
    """A sound answer is remembered for 3,600 s, with the seconds left."""
    clock = Clock(0.0)
    memory = Memory(clock)
    memory.keep("k", found({}))

    clock.now = 3_599.5
    young = memory.recall("k")
    clock.now = 3_600.0

    assert young is not None
    assert "1" == young.headers["X-Cache-Expires-in"]
    assert memory.recall("k") is None


def test_memory_keeps_only_what_is_sound() -> None:
    """A broken 200 and a refusal are never told twice from memory."""
    memory = Memory()

    memory.keep("cut", Answer(200, b'{"da'))
    memory.keep("refused", Answer(404, b"{}"))

    assert memory.recall("cut") is None
    assert memory.recall("refused") is None


def test_memory_has_a_bound() -> None:
    """Past its bound the oldest answer is forgotten."""
    memory = Memory(most=2)
    for key in "abc":
        memory.keep(key, found({}))

    assert [False, True, True] == [memory.recall(key) is not None for key in "abc"]


def test_maintenance_ends_by_itself() -> None:
    """Maintenance counts down to 0 and can be cut short."""
    clock = Clock(10.0)
    board = Board(Config(tokens={}), clock)
    board.throw(Throw(maintenance_seconds=30))

    clock.now = 39.5
    left = board.maintenance_left()
    clock.now = 41.0

    assert 1 == left
    assert 0 == board.maintenance_left()


def test_latency_and_its_jitter() -> None:
    """The delay of a call is fixed plus a jitter that the seed decides."""
    steady = Board(Config(tokens={}, latency_ms=20))
    jittery = Board(Config(tokens={}, latency_ms=20, jitter_ms=10))
    calls = [Target(frozenset(), number) for number in range(20)]

    assert 0.020 == steady.delay_s(calls[1])
    assert [jittery.delay_s(n) for n in calls] == [jittery.delay_s(n) for n in calls]
    assert len({jittery.delay_s(n) for n in calls}) > 1
    assert all(0.020 <= jittery.delay_s(n) < 0.030 for n in calls)


def test_who_ignores_429_is_banned_for_a_while() -> None:
    """The refusal after those that are forgiven bans the address, and time lifts the ban."""
    clock = Clock(60.0)
    bans = Bans(2, 600, clock)
    told = [Answer(429, b"")] * 2

    for each in [*told, Answer(200, b"")]:
        bans.note("a", each)
    forgiven = bans.holds("a")
    bans.note("a", told[0])
    banned, another = bans.holds("a"), bans.holds("b")
    clock.now += 600

    assert [False, True, False, False] == [forgiven, banned, another, bans.holds("a")]


def test_the_tightest_window_slides() -> None:
    """Calls on both sides of a second's end are counted together, and never those of a second."""
    clock = Clock(0.0)
    tightest = Tightest(1.0, clock)
    for moment in (0.0, 0.9, 1.1, 1.2, 1.95):
        clock.now = moment
        tightest.arrives()

    assert 3 == tightest.most


def test_ledger_counts_the_busiest_second() -> None:
    """The ledger tells the most calls of any second, and the most at once."""
    clock = Clock(5.0)
    ledger = Ledger(clock, clock)
    with ledger.call(), ledger.call():
        ledger.answered(200, "eaje")
    clock.now = 6.2
    with ledger.call() as number:
        ledger.answered(0, "eaje")

    assert 3 == number
    assert {
        "total": 3,
        "by_status": {"0": 1, "200": 1},
        "by_endpoint": {"eaje": {"0": 1, "200": 1}},
        "concurrent_max": 2,
        "per_second_max": 2,
        "tightest": {"particulier": {"1s": 2, "60s": 3}},
    } == ledger.counts()
