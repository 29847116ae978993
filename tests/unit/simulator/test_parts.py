"""The small parts that count time: quota, memory, switches, ledger."""

from services.simulator.api.answers import Answer, found
from services.simulator.api.ledger import Ledger
from services.simulator.api.memory import Memory
from services.simulator.api.quota import Quota
from services.simulator.api.switches import Switches, Throw


class Clock:
    """A clock that is set by hand."""

    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def test_quota_is_a_fixed_window_per_token() -> None:
    """Each token has its own count, and every second starts anew."""
    clock = Clock(100.9)
    quota = Quota(2, clock)

    first = [quota.take("a"), quota.take("a"), quota.take("a"), quota.take("b")]
    clock.now = 101.0
    second = quota.take("a")

    assert [True, True, False, True] == first
    assert second
    assert {"RateLimit-Limit": "2", "RateLimit-Remaining": "1", "RateLimit-Reset": "102"} == (
        quota.headers("a")
    )
    assert "1" == quota.retry_after()


def test_no_quota_takes_everything() -> None:
    """Without a limit nothing is refused and no header is sent."""
    quota = Quota(None)

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
    switches = Switches(7, 0, 0, clock=clock)
    switches.throw(Throw(maintenance_seconds=30))

    clock.now = 39.5
    left = switches.maintenance_left()
    clock.now = 41.0

    assert 1 == left
    assert 0 == switches.maintenance_left()


def test_latency_and_its_jitter() -> None:
    """The delay of a call is fixed plus a jitter that the seed decides."""
    steady, jittery = Switches(7, 20, 0), Switches(7, 20, 10)

    assert 0.020 == steady.delay_s(1)
    assert [jittery.delay_s(n) for n in range(20)] == [jittery.delay_s(n) for n in range(20)]
    assert len({jittery.delay_s(n) for n in range(20)}) > 1
    assert all(0.020 <= jittery.delay_s(n) < 0.030 for n in range(20))


def test_ledger_counts_the_busiest_second() -> None:
    """The ledger tells the most calls of any second, and the most at once."""
    clock = Clock(5.0)
    ledger = Ledger(clock)
    with ledger.call(), ledger.call():
        ledger.answered(200)
    clock.now = 6.2
    with ledger.call() as number:
        ledger.answered(0)

    assert 3 == number
    assert {
        "total": 3,
        "by_status": {"0": 1, "200": 1},
        "concurrent_max": 2,
        "per_second_max": 2,
    } == ledger.counts()
