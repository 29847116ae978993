"""Rules, tried by promtool: each alert fires where it should, and keeps quiet where it should."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

_FOLDER = Path(__file__).resolve().parents[3] / "deploy" / "prometheus"


@pytest.fixture(scope="module")
def promtool() -> str:
    found = shutil.which("promtool")
    if found is not None:
        return found
    reason = "needs promtool (Debian: apt-get install prometheus)"
    if os.environ.get("CI"):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def _run(promtool: str, *arguments: str, folder: Path = _FOLDER) -> tuple[int, str]:
    done = subprocess.run(
        [promtool, *arguments], cwd=folder, capture_output=True, text=True, check=False, timeout=60
    )
    return done.returncode, done.stdout + done.stderr


def test_each_alert_fires_and_keeps_quiet(promtool: str) -> None:
    """Every case of deploy/prometheus/berceau.tests.yml holds."""
    code, said = _run(promtool, "test", "rules", "berceau.tests.yml")

    assert 0 == code, said
    assert "SUCCESS" in said


def test_a_rule_that_never_fires_is_found_out(promtool: str, tmp_path: Path) -> None:
    """The cases look at the rules: one whose threshold is out of reach fails them."""
    for file in _FOLDER.iterdir():
        shutil.copy(file, tmp_path)
    rules = tmp_path / "berceau.rules.yml"
    rules.write_text(rules.read_text("utf-8").replace('{kind="token"}) > 0', '{kind="token"}) > 9'))

    code, said = _run(promtool, "test", "rules", "berceau.tests.yml", folder=tmp_path)

    assert code != 0
    assert "BerceauTokenRefused" in said


def test_the_example_is_a_configuration(promtool: str) -> None:
    """What deploy/prometheus/prometheus.yml says, Prometheus understands."""
    code, said = _run(promtool, "check", "config", "prometheus.yml")

    assert 0 == code, said
