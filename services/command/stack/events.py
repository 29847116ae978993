"""What happened to the processes of a stack."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Happening(StrEnum):
    """What can happen to a process."""

    STARTED = "started"
    ENDED = "ended"  # by itself or by `Supervisor.kill`; a clean stop is no event
    RESTARTED = "restarted"
    GAVE_UP = "gave_up"  # it ended too often: it is not started again


@dataclass(frozen=True, slots=True)
class Event:
    """One happening, at a UTC time.

    `pid` is None when there is no process any more. `exit_code` is negative when a signal ended the
    process, None while it runs. `asked` says that `Supervisor.kill` caused it.
    """

    at: datetime
    name: str
    happening: Happening
    pid: int | None = None
    exit_code: int | None = None
    asked: bool = False
