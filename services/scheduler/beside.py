"""Beside the clockwork: what looks now and then in a thread of its own, which no bug ends."""

from collections.abc import Callable
from random import SystemRandom

import structlog

_log = structlog.get_logger()


def run(
    name: str, look: Callable[[], object], *, every_s: float, stopped: Callable[[float], bool]
) -> None:
    """Look until stopped; a bug costs one look.

    Args:
        name: of what looks, in the log.
        look: one look.
        every_s: seconds between two looks, about: chance keeps two schedulers from one moment.
        stopped: waits so many seconds, and tells whether to stop.
    """
    chance = SystemRandom()
    while not stopped(chance.uniform(0.5, 1.5) * every_s):
        try:
            look()
        except Exception:  # noqa: BLE001 - a bug: nobody would look until the next start
            _log.exception("scheduler.look_broken", look=name)
