"""Neighbours: who is gone from this machine is told from who is there."""

import os
import subprocess
import sys

from shared.protocol.neighbours import is_gone, machine, neighbours


def test_a_process_that_ended_is_gone() -> None:
    """While it runs it is there; so are this process and the first of all."""
    running = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    there = is_gone(running.pid)
    running.communicate(b"")

    assert (False, True) == (there, is_gone(running.pid))
    assert [False, False] == [is_gone(os.getpid()), is_gone(1)]


def test_a_machine_is_the_same_for_its_processes() -> None:
    """A child names it alike; where the system does not tell, there is none."""
    words = "from shared.protocol.neighbours import machine; print(machine())"
    told = subprocess.run(
        [sys.executable, "-c", words], capture_output=True, text=True, check=True
    ).stdout.strip()

    assert str(machine()) == told == str(neighbours().machine)
    assert (machine() is None) == (not os.path.exists("/proc/self/ns/pid"))  # noqa: PTH110
