"""A lock that its holders release by dying."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from services.command.stack.errors import InUseError
from services.command.stack.lock import Lock


def test_one_holder_at_a_time(tmp_path: Path) -> None:
    """A lock held is refused to another, with the holder's number; released, it is granted."""
    first, second = (Lock(tmp_path / "lock", what="Essai") for _ in range(2))
    first.take()
    with pytest.raises(InUseError, match=f"Essai : le processus {os.getpid()} s'en sert déjà"):
        second.take(wait=0)
    first.release()
    second.take(wait=0)
    second.release()


def test_who_inherits_holds(tmp_path: Path) -> None:
    """The lock is held until the last process that inherited it has ended."""
    first, second = (Lock(tmp_path / "lock", what="Essai") for _ in range(2))
    first.take()
    heir = subprocess.Popen(
        [sys.executable, "-c", "input()"], stdin=subprocess.PIPE, pass_fds=[first.descriptor]
    )
    first.release()
    with pytest.raises(InUseError):
        second.take(wait=0)
    heir.communicate(b"\n")
    second.take(wait=0)
    second.release()


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    """A lock file that is a link is refused: its target is never written."""
    (tmp_path / "lock").symlink_to(tmp_path / "target")
    with pytest.raises(OSError, match="symbolic link"):
        Lock(tmp_path / "lock", what="Essai").take()
    assert not (tmp_path / "target").exists()
