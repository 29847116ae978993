"""The supervisor restarts what dies, gives up what always dies, and stops in order."""

import os
import select
import signal
import sys
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from services.command.stack.backoff import Patience
from services.command.stack.child import Child
from services.command.stack.errors import StackError
from services.command.stack.events import Happening
from services.command.stack.home import Home
from services.command.stack.leash import Leash
from services.command.stack.program import Program
from services.command.stack.supervisor import Supervisor

pytestmark = pytest.mark.stack

HASTY = Patience(first=0.1, longest=0.4, limit=3)


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    with Supervisor(Home(tmp_path / "home"), patience=HASTY) as supervisor:
        yield supervisor


def shell(name: str, script: str, **more: object) -> Program:
    return Program(name=name, argv=["/bin/sh", "-c", script], **more)  # type: ignore[arg-type]


def sleeper(name: str = "sleeper", *, copies: int = 1) -> Program:
    return shell(name, "exec sleep 600", copies=copies)


def eventually(claim: Callable[[], bool], *, within: float = 5.0) -> None:
    deadline = time.monotonic() + within
    while not claim():
        assert time.monotonic() < deadline, "never came true"
        time.sleep(0.02)


def happenings(supervisor: Supervisor) -> list[tuple[Happening, int | None, bool]]:
    return [(event.happening, event.exit_code, event.asked) for event in supervisor.events]


def test_what_is_killed_is_restarted(supervisor: Supervisor) -> None:
    """A killed process is replaced by another; the events say its signal, and that it was asked."""
    supervisor.start(sleeper())
    before = supervisor.pids("sleeper")
    supervisor.kill("sleeper")
    eventually(lambda: supervisor.pids("sleeper") not in ([], before))
    assert [
        (Happening.STARTED, None, False),
        (Happening.ENDED, -signal.SIGKILL, True),
        (Happening.RESTARTED, None, True),
    ] == happenings(supervisor)


def test_copies_are_rolled_one_after_the_other(supervisor: Supervisor) -> None:
    """Each is told to stop by its own signal and replaced, while the others run on."""
    supervisor.start(shell("polite", "trap 'exit 0' TERM; while :; do sleep 0.02; done", copies=2))
    first, second = supervisor.pids("polite")
    time.sleep(0.2)
    supervisor.roll("polite")

    ends = [(event.pid, event.exit_code, event.asked) for event in supervisor.events[2:]]
    assert [(first, 0, True), (second, 0, True)] == ends[::2]
    assert not {first, second} & set(supervisor.pids("polite"))


def test_what_ends_badly_is_not_rolled_further(supervisor: Supervisor) -> None:
    """A stop that ends with another code than 0 is said, and the next copy is left alone."""
    supervisor.start(sleeper(copies=2))
    _, second = supervisor.pids("sleeper")

    with pytest.raises(StackError, match=r"« sleeper » s'est mal arrêté \(code -15\)"):
        supervisor.roll("sleeper")
    assert second in supervisor.pids("sleeper")


def test_what_does_not_end_is_not_waited_for_for_ever(supervisor: Supervisor) -> None:
    """After its grace it is said to be late."""
    supervisor.start(shell("deaf", "trap '' TERM; while :; do sleep 0.02; done", grace=0.5))
    time.sleep(0.2)

    with pytest.raises(StackError, match="« deaf » ne s'est pas arrêté dans son délai"):
        supervisor.roll("deaf")


def test_what_always_dies_is_given_up(supervisor: Supervisor) -> None:
    """After three restarts, at growing pauses, it is given up, and `wait` says so."""
    supervisor.start(shell("unlucky", "exit 3"))
    eventually(lambda: Happening.GAVE_UP in [event.happening for event in supervisor.events])
    with pytest.raises(StackError, match="« unlucky » : arrêts répétés, abandon"):
        supervisor.wait()
    assert [
        (Happening.STARTED, None, False),
        *[(Happening.ENDED, 3, False), (Happening.RESTARTED, None, False)] * 3,
        (Happening.ENDED, 3, False),
        (Happening.GAVE_UP, None, False),
    ] == happenings(supervisor)
    pauses = [
        (after.at - before.at).total_seconds()
        for before, after in pairwise(supervisor.events)
        if after.happening is Happening.RESTARTED
    ]
    assert [True] * 3 == [p >= due for p, due in zip(pauses, (0.1, 0.2, 0.4), strict=True)]


def test_what_cannot_be_started_again_is_given_up(supervisor: Supervisor, tmp_path: Path) -> None:
    """A program removed while it ran is given up after the same number of tries."""
    program = tmp_path / "program"
    program.write_text("#!/bin/sh\nexec sleep 600\n")
    program.chmod(0o755)
    supervisor.start(Program(name="gone", argv=[str(program)]))
    program.unlink()
    supervisor.kill("gone")
    eventually(lambda: Happening.GAVE_UP in [event.happening for event in supervisor.events])
    with pytest.raises(StackError, match="« gone »"):
        supervisor.check()


def test_copies_have_their_own_process_and_log(supervisor: Supervisor, tmp_path: Path) -> None:
    """Two copies are two processes; each writes its own log."""
    supervisor.start(shell("twin", "echo here; exec sleep 600", copies=2))
    logs = [tmp_path / "home/logs" / f"twin-{copy}.log" for copy in (1, 2)]
    eventually(lambda: ["here\n"] * 2 == [log.read_text() for log in logs])
    assert 2 == len(set(supervisor.pids("twin")))


def test_a_failed_start_quotes_the_log(supervisor: Supervisor) -> None:
    """A program that ends before it is ready fails the start with its last words."""
    with pytest.raises(
        StackError, match=r"« early » s'est arrêté au démarrage \(code 7\)(?s:.*)oops"
    ):
        supervisor.start(sleeper(), shell("early", "echo oops; exit 7", ready=lambda: False))
    assert [] == supervisor.pids("sleeper")


def test_a_start_has_a_deadline(supervisor: Supervisor) -> None:
    """A program that never becomes ready is stopped when its patience runs out."""
    never = shell("never", "exec sleep 600", ready=lambda: False, patience=0.2)
    with pytest.raises(StackError, match="n'était pas prêt"):
        supervisor.start(never)


def test_a_missing_program_is_said(supervisor: Supervisor) -> None:
    """A program that does not exist is named."""
    with pytest.raises(StackError, match="« absent » ne peut pas être lancé"):
        supervisor.start(Program(name="absent", argv=["/nonexistent"]))


def test_the_last_started_ends_first(tmp_path: Path) -> None:
    """Programs are asked to end in the reverse order of their starts."""
    ends = tmp_path / "ends"
    script = 'trap "echo {0} >> {1}; exit" TERM; touch {1}.{0}; while :; do sleep 0.02; done'
    with Supervisor(Home(tmp_path / "home")) as supervisor:
        for name in ("first", "second", "third"):
            mark = tmp_path / f"ends.{name}"
            supervisor.start(shell(name, script.format(name, ends), ready=mark.exists))
    assert ["third", "second", "first"] == ends.read_text().split()


def test_what_a_dead_process_started_ends_too(supervisor: Supervisor, tmp_path: Path) -> None:
    """When a process dies, those that it had started in its group die as well."""
    reading, line = os.pipe()
    mark = tmp_path / "mark"
    script = f"sleep 600 & touch {mark}; wait"
    supervisor.start(shell("parent", script, ready=mark.exists, inherited=(line,)))
    os.kill(supervisor.pids("parent")[0], signal.SIGKILL)
    eventually(lambda: Happening.RESTARTED in [event.happening for event in supervisor.events])
    supervisor.stop("parent")
    os.close(line)
    assert [reading] == select.select([reading], [], [], 2.0)[0]
    os.close(reading)


def test_a_stopped_program_is_not_restarted(supervisor: Supervisor) -> None:
    """A clean stop ends all copies, is no event, and is final."""
    supervisor.start(sleeper(copies=2), sleeper("other"))
    supervisor.stop("sleeper")
    time.sleep(0.3)
    assert ([], 1) == (supervisor.pids("sleeper"), len(supervisor.pids("other")))
    assert {Happening.STARTED} == {event.happening for event in supervisor.events}


def test_a_suspended_program_ends_cleanly(supervisor: Supervisor, tmp_path: Path) -> None:
    """A process that a test suspended still gets its SIGTERM, and time to obey."""
    mark, done = tmp_path / "mark", tmp_path / "done"
    script = f'trap "touch {done}; exit" TERM; touch {mark}; while :; do sleep 0.02; done'
    supervisor.start(shell("suspended", script, ready=mark.exists))
    supervisor.kill("suspended", signal.SIGSTOP)
    supervisor.stop("suspended")
    assert done.exists()


def test_the_warden_grants_time_to_end(tmp_path: Path) -> None:
    """What we leave behind gets its own signal first, and time to obey."""
    mark, done = tmp_path / "mark", tmp_path / "done"
    script = (
        f'trap "sleep 0.3; touch {done}; exit" TERM; touch {mark}; while :; do sleep 0.02; done'
    )
    leash = Leash()
    child = Child(shell("slow", script, ready=mark.exists), log=tmp_path / "log", leash=leash)
    child.wait_ready()
    leash._dismiss()  # as if we had ended
    eventually(lambda: child.exit_code() is not None)
    leash.close()
    assert done.exists()


def test_a_dead_warden_is_replaced(tmp_path: Path) -> None:
    """The warden that replaces a killed one knows what the first one was told."""
    leash = Leash()
    child = Child(sleeper(), log=tmp_path / "log", leash=leash)
    leash._warden.kill()
    leash._warden.wait()
    leash.renew()
    leash._dismiss()  # as if we had ended
    eventually(lambda: child.exit_code() == -signal.SIGTERM)
    leash.close()


def test_the_supervisor_looks_after_its_warden(supervisor: Supervisor) -> None:
    """A warden killed while the stack runs is replaced within moments."""
    before = supervisor._leash._warden
    before.kill()
    eventually(lambda: supervisor._leash._warden is not before)
    assert None is supervisor._leash._warden.poll()


def test_a_flooded_log_stays_within_bounds(supervisor: Supervisor, tmp_path: Path) -> None:
    """A process that writes without end does not fill the disk."""
    flood = f"{sys.executable} -c \"print('x' * 11_000_000)\"; exec sleep 600"
    supervisor.start(shell("flood", flood))
    kept = tmp_path / "home/logs/flood.log.1"
    eventually(kept.exists)
    eventually(lambda: (tmp_path / "home/logs/flood.log").stat().st_size < 10_000_000)


def test_handlers_of_signals_are_put_back(tmp_path: Path) -> None:
    """After the stack, SIGTERM means what it meant before."""
    before = signal.getsignal(signal.SIGTERM)
    with Supervisor(Home(tmp_path / "home")):
        assert before != signal.getsignal(signal.SIGTERM)
    assert before == signal.getsignal(signal.SIGTERM)
