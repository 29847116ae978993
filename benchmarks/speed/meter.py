"""The meter: CPU seconds of the processes of a run, by name."""

import contextlib
from collections.abc import Callable, Iterable, Mapping

import psutil

Pids = Callable[[], Iterable[int]]


class Meter:
    """Reads how much CPU each name has used, its children included, the ended ones too."""

    def __init__(self, names: Mapping[str, Pids]) -> None:
        self._names = names

    def read(self) -> dict[str, float]:
        """CPU seconds so far, by name."""
        return {name: sum(map(_used, pids())) for name, pids in self._names.items()}


def _used(pid: int) -> float:
    used = 0.0
    with contextlib.suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        for one in (process, *process.children(recursive=True)):
            with contextlib.suppress(psutil.NoSuchProcess):
                times = one.cpu_times()
                used += times.user + times.system + times.children_user + times.children_system
    return used
