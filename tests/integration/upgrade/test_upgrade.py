"""The page on upgrades, run from its text under load: the first release, this one, and back."""

import asyncio
import os
import sys
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from services.command.demo.incidents import incidents
from services.command.demo.verdict import Case
from services.command.running import Choices, Running
from services.command.stack.program import Program
from services.command.stack.readiness import answers
from shared.store.migrating import take_down
from tests.integration.following import Follow
from tests.integration.upgrade import previous
from tests.integration.upgrade.systemctl import (
    SERVICES,
    Systemctl,
    programs_of,
    stop_at_once,
)
from tests.integration.upgrade.town import Town, owner_url
from tests.integration.whole.balancing import run_balanced

if TYPE_CHECKING:
    from tests.integration.upgrade.conftest import Start

pytestmark = pytest.mark.stack

_PAGE = Path(__file__).resolve().parents[3] / "docs" / "how-to" / "upgrade-and-roll-back.md"
_AS_LONG_AS_IT_TAKES_S = 400  # families are handed in from the page's first line to its last
_PATIENT_S = 2.0  # everything stops while tables go back: on a busy machine, for a minute
_NEARLY_ALL = 0.95
_CAME_LATER = {"kind", "price_cents", "unit"}
_SCRIPT = """#!/bin/sh
export PYTHONPATH="{code}"
exec "{python}" -m services.command "$@"
"""


@dataclass(frozen=True)
class Releases:
    """Two releases in a folder, and the link to the one that runs."""

    folder: Path
    stack: Running
    new: Mapping[str, Program]
    old: Mapping[str, Program]

    def programs(self) -> Mapping[str, Program]:
        """What a service runs when it is started now."""
        return self.old if self._runs == "berceau-old" else self.new

    @property
    def _runs(self) -> str:
        return (self.folder / "berceau").readlink().name

    def install(self, code: Path) -> None:
        for name, place in (("berceau-new", _PAGE.parents[2]), ("berceau-old", code)):
            script = self.folder / name / "bin" / "berceau"
            script.parent.mkdir(parents=True)
            script.write_text(_SCRIPT.format(code=place, python=sys.executable))
            script.chmod(0o755)
        (self.folder / "berceau").symlink_to("berceau-old")

    def go_back(self) -> None:
        """Begin as an installation of the first release: its code, its tables."""
        stop_at_once(self.stack, SERVICES)
        take_down(owner_url(self.stack), to="0002")
        self.stack.supervisor.start(*self.old.values())


def _as_before(program: Program, code: Path, port: int) -> Program:
    """The same service, of the first release; its intake is never ready on later tables."""
    before = replace(program, env={**(program.env or {}), "PYTHONPATH": str(code)}, cwd=code)
    return replace(before, ready=answers(port, "/healthz")) if program.name == "intake" else before


def test_the_page_upgrades_and_comes_back(start: "Start", tmp_path: Path, follow: Follow) -> None:
    """All along families are handed in; each ends as it should, and either release reads it."""
    code = previous.take_out(tmp_path / "code")
    with start(Choices(population=1_000, drain_s=0.2, stop_within_s=2)) as stack:
        new = programs_of(stack)
        port = int(stack.env["BERCEAU_INTAKE_PORT"])
        old = {name: _as_before(program, code, port) for name, program in new.items()}
        releases = Releases(tmp_path / "lib", stack, new, old)
        releases.install(code)
        releases.go_back()
        systemctl = Systemctl(stack, tmp_path, releases.programs)
        env = {
            **stack.env,
            "BERCEAU_OWNER_DATABASE_URL": owner_url(stack),
            "RELEASES": str(releases.folder),
            "PATH": os.pathsep.join([str(systemctl.install()), os.environ["PATH"]]),
        }
        order = Town(stack).order(1_000, settle_within_s=_AS_LONG_AS_IT_TAKES_S)
        over = threading.Event()
        load = run_balanced(
            order, [stack.intake_url], per_second=3, over=over.is_set, pause_s=_PATIENT_S
        )
        with ThreadPoolExecutor(1) as pool:
            handed_in = pool.submit(asyncio.run, load)
            try:
                systemctl.serve(lambda: follow(_PAGE, env=env, cwd=tmp_path))
            finally:
                over.set()
            verdict, _balancer = handed_in.result()
        again = Town(stack).hand_in(len(verdict.cases), settle_within_s=30)

        both = _both_know(code, verdict.cases)
        assert [] == [verdict.cases[n] for n in both if verdict.cases[n].lost]
        assert [] == [verdict.cases[n] for n in both if verdict.cases[n].wrong]
        # the first release reads what this one decided
        assert [_in_common(verdict.cases[n]) for n in both] == [again.cases[n] for n in both]
        assert len(both) > len(verdict.cases) * _NEARLY_ALL
        assert answers(port, "/readyz")()
        assert set(incidents(stack.supervisor.events, stack.home.logs)) <= _announced(Town(stack))
        assert [*["restart"] * 10, "stop", "start"] == systemctl.asked


def _both_know(code: Path, cases: Sequence[Case]) -> list[int]:
    """The families who end alike whichever release works for them: almost all.

    The first one asks about nobody but the applicant, and has no word for the other representative.
    """
    words = previous.words(code, "Reason") | {None}
    return [number for number, case in enumerate(cases) if case.expected.reason in words]


def _in_common(case: Case) -> Case:
    """What both releases tell of a family: the fields of a decision that came later are left out.

    A family that was handed in while the first release ran was told by it, without them.
    """
    if case.decision is None:
        return case
    told = {name: value for name, value in case.decision.items() if name not in _CAME_LATER}
    return replace(case, decision=told)


def _announced(town: Town) -> set[str]:
    """What the page tells of the first release: its intake fails on reasons that came later."""
    newer = town.count(
        "SELECT count(*) FROM journal"
        " WHERE reason IN ('other_representative_asked', 'other_representative_file')"
    )
    return {"« intake » a journalisé une erreur : request.failed"} if newer else set()
