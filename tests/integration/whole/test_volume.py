"""The long proofs of the main job: `make prove`."""

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from services.command.running import Choices

if TYPE_CHECKING:
    from tests.integration.whole.conftest import Start

pytestmark = [pytest.mark.stack, pytest.mark.prove]


def test_two_thousand_families_are_decided_rightly() -> None:
    """Nothing lost, nothing wrong, and at least 85 % decided without anybody's help."""
    argv = [sys.executable, "-m", "services.command", "demo", "--applications", "2000", "--json"]
    ended = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=600)

    assert ended.returncode == 0, ended.stderr
    line = json.loads(ended.stdout.splitlines()[-1])
    assert (line["submitted"], line["lost"], line["wrong"]) == (2_000, 0, 0)
    assert line["decided"] >= 1_700


@pytest.mark.parametrize("copies", [1, 3])
def test_a_thousand_families_survive_everything_at_once(whole: "Start", copies: int) -> None:
    """Kills of verifiers and flushes of Redis, again and again, under one or several of each."""
    counts = dict.fromkeys(("verifier", "tariff", "scheduler"), copies)
    choices = Choices(population=1_000, copies=counts, pace=100, latency_ms=100)
    with whole(choices) as stack:
        with stack.under_way(1_000, settle_within_s=300) as verdict:
            for _ in range(4):
                stack.kill_a_verifier_that_holds()
                stack.redis.flushall()
        result = verdict.result()
        assert (result.lost, result.wrong) == (0, 0)
        twice = "SELECT count(*) - count(DISTINCT application_id) FROM decisions"
        assert stack.one(twice) == 0
