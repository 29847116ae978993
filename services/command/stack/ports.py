"""Free ports of 127.0.0.1, kept until the process that wants them starts.

They are drawn below the ranges that Linux (from 32768) and macOS (from 49152) lend to outgoing
connections. So while a server restarts, no client takes its port, and no client that insists on
connecting to it can be connected to itself.
"""

import secrets
import socket
from collections.abc import Callable
from types import TracebackType
from typing import Self

from services.command.stack.errors import StackError

HOST = "127.0.0.1"
_FIRST = 20_000
_LAST = 29_999
_TRIES = 200


class Port:
    """A port that is ours: bound, not listening, until `release`."""

    def __init__(self, bound: socket.socket) -> None:
        self._bound = bound
        self.number: int = bound.getsockname()[1]

    def release(self) -> int:
        """Let go of the port, just before its process binds it, and return its number."""
        self._bound.close()
        return self.number

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()


def _bind(number: int) -> socket.socket | None:
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        bound.bind((HOST, number))
    except OSError:
        bound.close()
        return None
    return bound


def reserve(
    preferred: int | None = None, *, bind: Callable[[int], socket.socket | None] = _bind
) -> Port:
    """Reserve `preferred` if it is free, else a free port drawn at random; `bind` takes one.

    Raises:
        StackError: none of the ports tried is free.
    """
    for number in (preferred, *(_drawn() for _ in range(_TRIES))):
        if number is not None and (bound := bind(number)) is not None:
            return Port(bound)
    raise StackError(f"Aucun port libre entre {_FIRST} et {_LAST} sur {HOST}.")


def _drawn() -> int:
    return _FIRST + secrets.randbelow(_LAST - _FIRST + 1)
