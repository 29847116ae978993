"""A lock that the death of its holders releases, however they die (flock).

A child that inherits the descriptor holds the lock too: it is free when the last holder is gone.
"""

import fcntl
import os
import time
from pathlib import Path

from services.command.stack.errors import InUseError
from shared.protocol.neighbours import is_gone

_PAUSE = 0.05


class Lock:
    """An exclusive lock on `path`; `what` names its subject to whoever finds it taken."""

    def __init__(self, path: Path, *, what: str) -> None:
        self._path = path
        self._what = what
        self._descriptor: int | None = None

    @property
    def descriptor(self) -> int:
        """The descriptor that holds the lock, to be inherited by those who must hold it too."""
        if self._descriptor is None:
            raise ValueError(f"the lock on {self._path} is not held")
        return self._descriptor

    def take(self, *, wait: float = 5.0) -> None:
        """Take the lock.

        When the process that took it has died, those that inherited it are leaving: they are given
        `wait` seconds. When it lives, we do not wait.

        Raises:
            InUseError: somebody still holds it; the message names the process.
        """
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        if not _taken(descriptor, wait=wait):
            holder = _holder(descriptor) or "inconnu"
            os.close(descriptor)
            raise InUseError(f"{self._what} : le processus {holder} s'en sert déjà ({self._path}).")
        os.ftruncate(descriptor, 0)
        os.write(descriptor, str(os.getpid()).encode())
        self._descriptor = descriptor

    def release(self) -> None:
        """Close our hold of the lock; those who inherited it keep theirs."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def _taken(descriptor: int, *, wait: float) -> bool:
    deadline = time.monotonic() + wait
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline or _lives_elsewhere(_holder(descriptor)):
                return False
            time.sleep(_PAUSE)
        else:
            return True


def _holder(descriptor: int) -> int | None:
    """Return the process that took the lock, as it noted; None while it has not."""
    noted = os.pread(descriptor, 32, 0).decode("ascii", errors="replace")
    return int(noted) if noted.isdigit() else None


def _lives_elsewhere(pid: int | None) -> bool:
    return pid is not None and pid != os.getpid() and not is_gone(pid)
