"""The page on backup and restore, run from its text: everything is lost, and comes back."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from services.command.demo.incidents import incidents
from services.command.demo.verdict import Verdict
from services.command.running import Choices
from tests.integration.following import Follow
from tests.integration.upgrade.systemctl import Systemctl, programs_of
from tests.integration.upgrade.town import Town

if TYPE_CHECKING:
    from tests.integration.upgrade.conftest import Start

pytestmark = pytest.mark.stack

_PAGE = Path(__file__).resolve().parents[3] / "docs" / "how-to" / "back-up-and-restore.md"
_SETTLED, _BACKED_UP, _ALL = 12, 18, 24


def test_the_page_brings_everything_back(start: "Start", tmp_path: Path, follow: Follow) -> None:
    """What was backed up is there and ends as it should; what was lost is sent again, and taken."""
    with start(Choices(population=_ALL)) as stack:
        town, programs = Town(stack), programs_of(stack)
        town.hand_in(_SETTLED, settle_within_s=60)
        stack.supervisor.stop("verifier")  # some are handed in, rung, and not begun
        backed_up = town.hand_in(_BACKED_UP, settle_within_s=0.2)
        systemctl = Systemctl(
            stack,
            tmp_path,
            lambda: programs,
            before_stop=lambda: _work_goes_on(town),
            after_stop=town.lose_everything,
        )
        env = town.settings(tmp_path, systemctl.install())

        systemctl.serve(lambda: follow(_PAGE, env=env, cwd=tmp_path))
        verdict = town.hand_in(_ALL, settle_within_s=60)

        assert ["stop", "start"] == systemctl.asked
        assert (0, 0) == (verdict.lost, verdict.wrong)
        assert _references(backed_up) == _references(verdict)[:_BACKED_UP]
        assert _ALL == town.count("SELECT count(*) FROM applications")
        assert 0 == town.count("SELECT count(*) FROM applications WHERE claim IS NOT NULL")
        assert (0, 0) == (town.doorbells(), town.broken_doorbells())
        assert [] == incidents(stack.supervisor.events, stack.home.logs)


def _work_goes_on(town: Town) -> None:
    """Since the backup Redis has forgotten, and rings for applications that no dump knows."""
    town.flush()
    town.hand_in(_ALL, settle_within_s=0.2)

    assert town.doorbells() > 0


def _references(verdict: Verdict) -> list[str | None]:
    return [case.reference for case in verdict.cases]
