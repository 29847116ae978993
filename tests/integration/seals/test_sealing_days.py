"""Each settled day is sealed once, in order, over what stood at its end."""

import threading
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import structlog
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from services.scheduler import beside
from services.scheduler.sealer import LOOKS_EVERY_S, Sealer
from shared.protocol.merkle import Tree
from shared.protocol.sealing_days import MOST_AT_ONCE, last_settled_day, seal_due, tree_of
from shared.protocol.seals import Seal, SealKey, head_leaf

if TYPE_CHECKING:
    from tests.integration.seals.conftest import Ledger


class Meeting(SealKey):
    """A key that signs the first day only when two are about to store it."""

    def __init__(self) -> None:
        super().__init__(SealKey.new()._key)
        self._both = threading.Barrier(2, timeout=20)
        self._met = threading.local()

    def sign(self, seal: Seal) -> bytes:
        if not hasattr(self._met, "once"):
            self._met.once = self._both.wait()
        return super().sign(seal)


def test_days_are_sealed_in_order_and_chained(ledger: "Ledger") -> None:
    """From the day of the first line on, days without a line included; a second time, nothing."""
    ledger.tell(3, 1)
    ledger.tell(1)

    seals = ledger.seal()

    assert [ledger.day(n) for n in (3, 2, 1, 0)] == [seal.day for seal in seals]
    assert [1, 1, 2, 2] == [seal.heads for seal in seals]
    assert [None, *(seal.root for seal in seals[:-1])] == [seal.previous for seal in seals]
    assert [] == ledger.seal()


def test_a_root_is_over_the_heads_of_that_evening(ledger: "Ledger") -> None:
    """Applications in id order, each by its last line before midnight, UTC."""
    told = sorted((ledger.tell(2, 1), ledger.tell(2, 2), ledger.tell(2)), key=lambda one: one.id)
    tree = Tree()
    for one in told:
        that_evening = [line for line in one.lines if line.line.at.date() == ledger.day(2)]
        tree.add(head_leaf(one.id, that_evening[-1].head))

    assert tree.root() == ledger.seal()[0].root


def test_midnight_belongs_to_the_day_that_begins(ledger: "Ledger") -> None:
    """A line of the last microsecond is sealed with its day, one of midnight with the next."""
    midnight = datetime.combine(ledger.end, time(), UTC)
    ledger.go_on(ledger.tell(), midnight - timedelta(microseconds=1))
    ledger.go_on(ledger.tell(), midnight)

    assert [1, 2] == [seal.heads for seal in ledger.seal()]


def test_pages_make_no_difference(ledger: "Ledger") -> None:
    """Read two at a time or all at once, with applications between that have no line yet."""
    for days in ((1,), (), (0,), (1, 0), ()):
        ledger.tell(*days)
    paged, whole = (tree_of(ledger.engine, ledger.end, page=page) for page in (2, 2_000))

    assert (3, whole.root()) == (paged.leaves, paged.root())


def test_nothing_is_sealed_before_it_is_settled(ledger: "Ledger") -> None:
    """A day that has not been over for long may still be written to; asked for or not, it waits."""
    now = ledger.one("SELECT now()")
    ledger.go_on(ledger.tell(), now)
    ahead = ledger.end + timedelta(days=9)

    assert last_settled_day(ledger.engine) <= (now - timedelta(minutes=15)).date() - timedelta(1)
    assert [] == list(seal_due(ledger.engine, ledger.key, until=ahead))


def test_an_empty_journal_has_no_seal(ledger: "Ledger") -> None:
    """There is no first day."""
    assert [] == ledger.seal()


def test_two_schedulers_seal_a_day_once(ledger: "Ledger") -> None:
    """Both have computed the same day when they store it: one succeeds, neither fails."""
    ledger.tell(2)
    key, sealed = Meeting(), list[Seal]()
    both = [threading.Thread(target=lambda: sealed.extend(ledger.seal(key=key))) for _ in "ab"]
    for one in both:
        one.start()
    for one in both:
        one.join(30)

    assert [ledger.day(n) for n in (2, 1, 0)] == sorted(seal.day for seal in sealed)
    assert ledger.audit(key).whole


@pytest.mark.parametrize("statement", ["UPDATE seals SET heads = 0", "DELETE FROM seals"])
def test_services_cannot_touch_a_seal(ledger: "Ledger", statement: str) -> None:
    """Their role may add seals; the rest is refused by PostgreSQL."""
    ledger.tell(0)
    ledger.seal()

    with ledger.engine.connect() as connection, pytest.raises(ProgrammingError, match="denied"):
        connection.execute(text(statement))


def _once(sealer: Sealer) -> None:
    """Wait for nothing, look once, be stopped."""
    told = iter((False, True))
    beside.run("sealer", sealer.look, every_s=LOOKS_EVERY_S, stopped=lambda _: next(told))


def test_the_scheduler_seals_and_bears_witness(ledger: "Ledger", tmp_path: Path) -> None:
    """At each look, what is due; the root is logged, away from the database."""
    ledger.tell(0)
    ledger.key.write(tmp_path / "sceau.pem")

    with structlog.testing.capture_logs() as logs:
        _once(Sealer(ledger.engine, tmp_path / "sceau.pem"))

    root = ledger.one("SELECT root FROM seals")
    expected = {"event": "scheduler.sealed", "day": ledger.end.isoformat(), "heads": 1}
    assert [{**expected, "root": root.hex(), "log_level": "info"}] == logs


def test_a_scheduler_without_its_key_goes_on(ledger: "Ledger", tmp_path: Path) -> None:
    """The key's file is missing: it is said, nothing is sealed, and the key may come later."""
    ledger.tell(0)
    sealer = Sealer(ledger.engine, tmp_path / "sceau.pem")

    with structlog.testing.capture_logs() as logs:
        _once(sealer)
    ledger.key.write(tmp_path / "sceau.pem")

    assert ["scheduler.seal_missed"] == [log["event"] for log in logs]
    assert 1 == sealer.look()


@dataclass
class BreaksOnce:
    """Reads a key; the first time is a bug."""

    broken: bool = False

    def __call__(self, file: Path) -> SealKey:
        if not self.broken:
            self.broken = True
            raise ZeroDivisionError
        return SealKey.read(file)


def test_a_bug_ends_one_look_and_not_the_sealing(ledger: "Ledger", tmp_path: Path) -> None:
    """The thread would end unseen, and no day would be sealed until the next start."""
    ledger.tell(0)
    ledger.key.write(tmp_path / "sceau.pem")
    sealer = Sealer(ledger.engine, tmp_path / "sceau.pem", read_key=BreaksOnce())

    with structlog.testing.capture_logs() as logs:
        _once(sealer)

    assert [("scheduler.look_broken", "sealer")] == [(log["event"], log["look"]) for log in logs]
    assert 1 == sealer.look()


def test_so_many_days_are_sealed_at_a_time(ledger: "Ledger") -> None:
    """A scheduler that was away for years catches up run by run."""
    ledger.tell(MOST_AT_ONCE)

    assert [MOST_AT_ONCE, 1, 0] == [len(ledger.seal()) for _ in range(3)]
