"""A `systemctl` for pages that run: it stops, starts and restarts the services of a stack.

The page's shell finds a script of that name, which hands its words over and waits; `serve` acts on
them, in the thread that owns the stack.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from services.command.running import Running
from services.command.stack.program import Program

SERVICES = ("tariff", "verifier", "scheduler", "intake")
_SCRIPT = """#!/bin/sh
printf '%s\\n' "$*" > "{folder}/asking" && mv "{folder}/asking" "{folder}/asked"
while [ ! -e "{folder}/done" ]; do sleep 0.02; done
rm "{folder}/done"
"""


def stop_at_once(stack: Running, names: Sequence[str]) -> None:
    """Stop services as systemd does those of a pattern: all are told, then awaited."""
    with ThreadPoolExecutor(len(SERVICES)) as pool:
        list(pool.map(stack.supervisor.stop, names))


def programs_of(stack: Running) -> dict[str, Program]:
    """The programs of a stack's services, by name."""
    return {name: stack.supervisor._named(name)[0].program for name in SERVICES}


@dataclass
class Systemctl:
    """Acts on a stack; `programs` says what each service runs when it is started.

    `before_stop` is called when all services are about to be stopped.
    """

    stack: Running
    folder: Path
    programs: Callable[[], Mapping[str, Program]]
    before_stop: Callable[[], None] = lambda: None
    after_stop: Callable[[], None] = lambda: None
    asked: list[str] = field(default_factory=list)

    def install(self) -> Path:
        """Write the script; the folder to put in front of PATH."""
        script = self.folder / "systemctl"
        script.write_text(_SCRIPT.format(folder=self.folder))
        script.chmod(0o755)
        return self.folder

    def serve(self, work: Callable[[], Any]) -> Any:
        """Do some work beside, serving the script until it is over."""
        with ThreadPoolExecutor(1) as pool:
            future: Future[Any] = pool.submit(work)
            while not future.done():
                self._answer()
                time.sleep(0.02)
            return future.result()

    def _answer(self) -> None:
        asked = self.folder / "asked"
        if asked.exists():
            verb, *units = asked.read_text().split()
            asked.unlink()
            self.asked.append(verb)
            try:
                self._act(verb, _names(units))
            finally:
                (self.folder / "done").touch()

    def _act(self, verb: str, names: Sequence[str]) -> None:
        all_of_them = set(names) == set(SERVICES)
        if verb in {"stop", "restart"}:
            if all_of_them:
                self.before_stop()
            stop_at_once(self.stack, names)
            if all_of_them:
                self.after_stop()
        if verb in {"start", "restart"}:
            programs = self.programs()
            self.stack.supervisor.start(*(programs[name] for name in names))


def _names(units: Sequence[str]) -> list[str]:
    """The services that units name: `berceau-verifier@*` is the verifier; the rest is not ours."""
    if units == ["berceau-*"]:
        return list(SERVICES)
    bare = [unit.removeprefix("berceau-").partition("@")[0] for unit in units]
    return [name for name in bare if name in SERVICES]
