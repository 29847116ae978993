"""What the stack runs: a program, how one knows that it is ready, how one stops it."""

import signal
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from services.command.stack.account import Account


def _at_once() -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A named program.

    `env` is its whole environment (None: ours). `ready` answers at once and says False, or raises
    OSError, until the program can be used; `patience` seconds are granted to become so. `stop` is
    the signal that ends it cleanly within `grace` seconds. Descriptors in `inherited` stay open.
    """

    name: str
    argv: Sequence[str]
    env: Mapping[str, str] | None = None
    cwd: Path | None = None
    ready: Callable[[], bool] = _at_once
    patience: float = 30.0
    stop: signal.Signals = signal.SIGTERM
    grace: float = 10.0
    copies: int = 1
    account: Account | None = None
    inherited: tuple[int, ...] = ()
