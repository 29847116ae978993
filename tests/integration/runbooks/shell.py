"""The terminal of who is on call: each command as the page prints it, in a bash of its own."""

import os
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

_WITHIN_S = 240
_END_S = 90  # a worker ends what it holds


@dataclass(frozen=True)
class Said:
    """What a command printed, on both its streams, and how it ended."""

    text: str
    code: int


class Shell:
    """Runs commands with the variables of the service."""

    def __init__(self, env: Mapping[str, str], folder: Path) -> None:
        self._env, self._folder = env, folder
        folder.mkdir()

    def file(self, name: str, content: str) -> Path:
        """A file that we alone can read."""
        path = self._folder / name
        path.touch(mode=0o600)
        path.write_text(content, "utf-8")
        return path

    def run(self, command: str, *, answers: str = "", **more: str) -> Said:
        """Run a command to its end, with these variables besides, and what is typed at it."""
        done = subprocess.run(
            ["/bin/bash", "-c", command],
            env={**self._env, **more},
            cwd=self._folder,
            input=answers,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=_WITHIN_S,
            check=False,
        )
        return Said(done.stdout, done.returncode)

    @contextmanager
    def running(
        self, command: str, *, screen: bool = False, **more: str
    ) -> Iterator[Callable[[], str]]:
        """Run a command for as long as the block, then order it to stop; gives what it printed.

        `screen` is for one that draws on a terminal.
        """
        argv = ["script", "-qfec", command, "/dev/null"] if screen else ["bash", "-c", command]
        output = self._folder / f"{uuid4().hex}.log"
        with output.open("w") as written:
            process = subprocess.Popen(
                argv,
                env={**self._env, **more},
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=written,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            yield lambda: output.read_text("utf-8")
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(_END_S)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
