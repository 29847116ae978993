"""The supervisor's end of the warden: what we tell it, and a new warden when it dies."""

import contextlib
import subprocess
import sys
from pathlib import Path
from signal import Signals
from typing import IO

from services.command.stack import warden

_LEAVING = warden.GRACE + 10.0


class Leash:
    """Ties process groups to our own life; the warden inherits the descriptors in `held`."""

    def __init__(self, *, held: tuple[int, ...] = ()) -> None:
        self._held = held
        self._groups: dict[int, Signals] = {}
        self._warden = self._hire()

    def add(self, group: int, *, stop: Signals) -> None:
        """Have `group` ended, by `stop` and then SIGKILL, if we end first."""
        self._groups[group] = stop
        self._tell(f"+ {group} {int(stop)}\n")

    def remove(self, group: int) -> None:
        """Forget `group`, which has ended."""
        if self._groups.pop(group, None) is not None:
            self._tell(f"- {group}\n")

    def renew(self) -> None:
        """Replace the warden if it died."""
        if self._warden.poll() is None:
            return
        hired = self._hire()
        self._dismiss()
        self._warden = hired
        for group, stop in self._groups.items():
            self._tell(f"+ {group} {int(stop)}\n")

    def close(self) -> None:
        """Let the warden go, and with it what was not removed; wait until it has gone."""
        self._dismiss()
        try:
            self._warden.wait(_LEAVING)
        except subprocess.TimeoutExpired:
            self._warden.kill()
            self._warden.wait()

    def _hire(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # noqa: S603 - our own file
            [sys.executable, "-I", "-S", str(Path(warden.__file__))],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            process_group=0,
            pass_fds=self._held,
            bufsize=0,
        )

    def _tell(self, line: str) -> None:
        with contextlib.suppress(BrokenPipeError):  # it died: `renew` tells the next one all
            self._input.write(line.encode())

    def _dismiss(self) -> None:
        self._input.close()

    @property
    def _input(self) -> IO[bytes]:
        stdin = self._warden.stdin
        if stdin is None:
            raise ValueError("the warden was hired without a pipe")
        return stdin
