"""Following a page: its console blocks are run as printed, and print what the page shows."""

import os
import re
import select
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from typing import Protocol, Self

_CHUNK = 65_536
_FENCE = "```"
_SKIP = "<!-- not run:"
_EXIT = re.compile(r"\(exit (\d+)\)\Z")
_OPENS_HERE_DOCUMENT = re.compile(r"<<-?\s*['\"]?(\w+)['\"]?")


@dataclass(frozen=True)
class Told:
    """A command of a page: its line number, what it must print, and how it must end."""

    line: int
    command: str
    expected: tuple[str, ...]
    status: int = 0


@dataclass(frozen=True)
class Step:
    """A command that was run, and what became of it."""

    command: str
    expected: tuple[str, ...]
    printed: str
    status: int


class Follow(Protocol):
    def __call__(
        self, page: Path, *, env: Mapping[str, str], cwd: Path, within_s: float = 120
    ) -> list[Step]: ...


def read(page: Path) -> list[Told]:
    """The commands of a page, in order."""
    return [told for block in _blocks(page.read_text().splitlines()) for told in _commands(block)]


def _blocks(lines: Sequence[str]) -> Iterator[list[tuple[int, str]]]:
    """The console blocks that are to be run, each line with its number and without its indent."""
    inside, runs, block, indent = False, True, list[tuple[int, str]](), 0
    for number, line in enumerate(lines, 1):
        bare = line.strip()
        if inside and bare == _FENCE:
            inside = False
            yield block
        elif inside:
            block.append((number, line[indent:]))
        elif bare == f"{_FENCE}console" and runs:
            inside, block, indent = True, [], len(line) - len(line.lstrip())
        elif bare:
            runs = not bare.startswith(_SKIP)


def _commands(block: Sequence[tuple[int, str]]) -> Iterator[Told]:
    lines = list(block)
    while lines:
        number, first = lines.pop(0)
        assert first.startswith("$ "), f"line {number}: a command starts with “$ ”: {first!r}"
        command = first[2:]
        while _is_open(command):
            assert lines, f"line {number}: this command never ends"
            command += "\n" + lines.pop(0)[1].removeprefix("> ")
        yield _told(number, command, _output(lines))


def _output(lines: list[tuple[int, str]]) -> list[str]:
    said = []
    while lines and not lines[0][1].startswith("$ "):
        said.append(lines.pop(0)[1])
    return said


def _told(number: int, command: str, said: list[str]) -> Told:
    ending = _EXIT.match(said[-1]) if said else None
    if ending:
        return Told(number, command, tuple(said[:-1]), int(ending[1]))
    return Told(number, command, tuple(said))


def _is_open(command: str) -> bool:
    """Whether the shell would ask for another line."""
    opening = _OPENS_HERE_DOCUMENT.search(command)
    if opening:
        return opening[1] not in command.splitlines()[1:]
    parsed = subprocess.run(
        ["/bin/bash", "-n", "-c", command], capture_output=True, check=False, text=True
    )
    return parsed.returncode != 0 or command.endswith("\\")


def run(page: Path, *, env: Mapping[str, str], cwd: Path, within_s: float = 120) -> list[Step]:
    """Run a page in one bash session.

    Raises:
        AssertionError: at the first command that ends or prints otherwise than the page says.
    """
    with _Session(env, cwd) as session:
        return [_step(session, page, told, within_s) for told in read(page)]


def _step(session: "_Session", page: Path, told: Told, within_s: float) -> Step:
    printed, status = session.say(told.command, within_s)
    where = f"{page.name}:{told.line}: $ {told.command}"
    assert told.status == status, f"{where}\nended with {status} and printed:\n{printed}"
    shown = "\n".join(told.expected).rstrip()
    if shown:
        assert agrees(told.expected, printed), f"{where}\nshown:\n{shown}\nprinted:\n{printed}"
    return Step(told.command, told.expected, printed, status)


def agrees(expected: Sequence[str], printed: str) -> bool:
    """Whether a text is what was shown: `…` is anything on a line, alone it is any lines."""
    pattern = "".join(
        r"(?:[^\n]*\n)*?" if line.strip() == "…" else _line_pattern(line) for line in expected
    )
    text = "".join(f"{line.rstrip()}\n" for line in printed.rstrip().splitlines())
    shown = pattern + r"\n*\Z"
    return re.match(shown, text) is not None


def _line_pattern(line: str) -> str:
    return "[^\n]*".join(re.escape(part) for part in line.rstrip().split("…")) + "\n"


class _Session:
    """A bash that is told one command after another; each one's end is marked by a nonce."""

    def __init__(self, env: Mapping[str, str], cwd: Path) -> None:
        self._bash = subprocess.Popen(
            ["/bin/bash", "--norc", "--noprofile"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=dict(env),
            cwd=cwd,
            start_new_session=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.killpg(self._bash.pid, signal.SIGKILL)
        self._bash.wait()
        for pipe in (self._bash.stdin, self._bash.stdout):
            assert pipe is not None
            pipe.close()

    def say(self, command: str, within_s: float) -> tuple[str, int]:
        """Run a command in the session; what it printed, and how it ended."""
        nonce = token_hex(16)
        script = f"{{ {command}\n}} </dev/null\nprintf '\\n%s %d\\n' {nonce} $?\n"
        assert self._bash.stdin is not None
        self._bash.stdin.write(script.encode())
        self._bash.stdin.flush()
        said, _, status = self._until(nonce, command, within_s).rpartition(f"\n{nonce} ")
        return said, int(status)

    def _until(self, nonce: str, command: str, within_s: float) -> str:
        assert self._bash.stdout is not None
        output, deadline = b"", time.monotonic() + within_s
        while not re.search(rb"\n%s \d+\n\Z" % nonce.encode(), output):
            left = deadline - time.monotonic()
            ready, _, _ = select.select([self._bash.stdout], [], [], max(left, 0))
            chunk = os.read(self._bash.stdout.fileno(), _CHUNK) if ready else b""
            output += chunk
            assert chunk, f"$ {command}\nnever ended, and printed:\n{output.decode()}"
        return output.decode()
