"""One running process: in a group of its own, on the leash, its output in a log."""

import contextlib
import os
import signal
import subprocess
import time
from pathlib import Path

from services.command.stack.errors import StackError
from services.command.stack.leash import Leash
from services.command.stack.logs import last_lines
from services.command.stack.program import Program

_PAUSE = 0.02
_AFTER_KILL = 5.0


class Child:
    """A process of `program`, started at once; a Ctrl-C in the terminal does not reach it.

    Raises:
        StackError: it cannot be started at all.
    """

    def __init__(self, program: Program, *, log: Path, leash: Leash) -> None:
        self._program = program
        self._log = log
        self._leash = leash
        self._process = _spawned(program, log=log)
        self._leaving = False
        leash.add(self.pid, stop=program.stop)

    @property
    def pid(self) -> int:
        return self._process.pid

    def exit_code(self) -> int | None:
        """Return None while it runs, else its exit code, negative when a signal ended it."""
        return self._process.poll()

    def wait_ready(self) -> None:
        """Wait until the program says that it is ready.

        Raises:
            StackError: it ended, or its patience ran out; the message quotes the end of its log.
        """
        deadline = time.monotonic() + self._program.patience
        while not _is_ready(self._program):
            if (code := self.exit_code()) is not None:
                raise self._failure(f"s'est arrêté au démarrage (code {code})")
            if time.monotonic() > deadline:
                raise self._failure(f"n'était pas prêt après {self._program.patience:.0f} s")
            time.sleep(_PAUSE)

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the whole group; nothing when it has ended."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, number)

    def ask_to_stop(self) -> None:
        """Send the signal that ends it cleanly, once; do not wait."""
        if not self._leaving and self.exit_code() is None:
            self.send(self._program.stop)
            self.send(signal.SIGCONT)
        self._leaving = True

    def stop(self) -> int:
        """End the process, by its own signal and then by SIGKILL; return its exit code."""
        self.ask_to_stop()
        try:
            return self._process.wait(self._program.grace)
        except subprocess.TimeoutExpired:
            self.send(signal.SIGKILL)
            return self._process.wait(_AFTER_KILL)
        finally:
            self.bury()

    def bury(self) -> None:
        """End what the process left in its group, and take it off the leash."""
        self.send(signal.SIGKILL)
        self._leash.remove(self.pid)

    def _failure(self, what: str) -> StackError:
        quoted = "\n".join(f"    {line}" for line in last_lines(self._log))
        return StackError(f"« {self._program.name} » {what}. Journal : {self._log}\n{quoted}")


def _is_ready(program: Program) -> bool:
    try:
        return program.ready()
    except OSError:
        return False


def _spawned(program: Program, *, log: Path) -> subprocess.Popen[bytes]:
    try:
        return _opened(program, log=log)
    except OSError as error:
        raise StackError(f"« {program.name} » ne peut pas être lancé : {error}") from error


def _opened(program: Program, *, log: Path) -> subprocess.Popen[bytes]:
    account = program.account
    with log.open("ab") as output:
        return subprocess.Popen(  # noqa: S603 - the programs of the stack, from fixed arguments
            program.argv,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=program.env,
            cwd=program.cwd,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
            process_group=0,
            pass_fds=program.inherited,
        )
