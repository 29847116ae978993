"""The measure of speed, as a person asks for it: it counts only when nothing was lost or wrong."""

import json
import subprocess
from pathlib import Path

import pytest

pytestmark = [pytest.mark.stack, pytest.mark.redis_server, pytest.mark.prove]

_ROOT = Path(__file__).parents[3]
_CONTESTANTS = {"product", "celery", "bare_loop"}
_LONGEST_S = 900


def test_a_quick_run_checks_every_application_of_every_contestant() -> None:
    """`make bench` ends with one line of JSON; a ratio is no proof, on a machine that is shared."""
    command = ["make", "--no-print-directory", "bench", "ARGS=--quick --json"]
    ended = subprocess.run(
        command, cwd=_ROOT, capture_output=True, text=True, timeout=_LONGEST_S, check=False
    )
    assert 0 == ended.returncode, ended.stderr
    told = json.loads(ended.stdout.splitlines()[-1])
    [one] = told["rounds"]

    assert _CONTESTANTS == set(one)
    assert [] == [name for name, turn in one.items() if turn["seconds"] < 10]
    assert sum(turn["applications"] for turn in one.values()) == told["applications_checked"]
    assert told["ratio_vs_celery"] > 0
    assert told["ratio_vs_bare_loop"] > 0
