"""Neighbours: the processes of this machine, whose end can be seen instead of waited for.

A machine is here what shares one table of processes: a host, since it started, and a namespace of
process numbers. Two containers on one host are two machines.
"""

import os
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

_BOOT = Path("/proc/sys/kernel/random/boot_id")
_NAMESPACE = Path("/proc/self/ns/pid")


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Where we are, and who is gone from there.

    Attributes:
        machine: the same for all that see each other's processes; None where that cannot be told.
        is_gone: whether no process of this machine has this number.
    """

    machine: str | None
    is_gone: Callable[[int], bool]


def is_gone(pid: int) -> bool:
    """Whether no process has this number; one of another account is there all the same."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def machine() -> str | None:
    """The name of this table of processes; None where the system does not tell, as off Linux."""
    try:
        boot, namespace = _BOOT.read_text("ascii").strip(), _NAMESPACE.readlink()
    except OSError:
        return None
    return f"{socket.gethostname()}/{boot}/{namespace}"


def neighbours() -> Neighbours:
    """Those of this process."""
    return Neighbours(machine(), is_gone)
