"""Neighbours: the processes of this machine, whose end can be seen instead of waited for.

A machine is here what shares one table of processes: a host, and a namespace of process numbers.
Two containers on one host are two machines.
"""

import os
import socket
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

_HOST = Path("/etc/machine-id")
_BOOT = Path("/proc/sys/kernel/random/boot_id")  # unseen where systemd hides all but processes
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


ALONE = Neighbours(None, lambda _: False)
"""Nobody is known, and nobody is gone."""


def is_gone(pid: int) -> bool:
    """Whether no process has this number; one of another account is there all the same."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        pass
    return False


def machine() -> str | None:
    """The name of this table of processes, 64 hexadecimal digits that tell nothing else.

    None where the system tells of no host or of no namespace, as off Linux. Hosts that were given
    one name and one id by mistake would be taken for one: that costs time, and loses nothing.
    """
    host = _read(_HOST) or _read(_BOOT)
    if host is None or not _NAMESPACE.is_symlink():
        return None
    told = f"{socket.gethostname()}/{host}/{_NAMESPACE.readlink()}"
    return sha256(told.encode()).hexdigest()


def _read(file: Path) -> str | None:
    try:
        return file.read_text("ascii").strip() or None
    except OSError:
        return None


def neighbours() -> Neighbours:
    """Those of this process."""
    return Neighbours(machine(), is_gone)
