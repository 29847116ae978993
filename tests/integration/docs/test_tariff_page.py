"""The how-to that changes a tariff, as printed, on a copy of the tree."""

import os
import shutil
import sys
from pathlib import Path

import pytest

from tests.integration.following import Follow

_ROOT = Path(__file__).resolve().parents[3]

pytestmark = pytest.mark.stack


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The product's own code, to be changed at will."""
    for name in ("services", "shared"):
        shutil.copytree(_ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def test_a_tariff_is_changed_as_printed(follow: Follow, copy: Path) -> None:
    """One period ends, another begins, a slip of the pen is refused, and quotes follow."""
    programs = Path(sys.prefix, "bin")
    env = {
        "PATH": f"{programs}:{os.environ['PATH']}",
        "PYTHONPATH": str(copy),
        "COLUMNS": "200",
    }
    steps = follow(_ROOT / "docs" / "how-to" / "change-a-tariff.md", env=env, cwd=copy)

    assert len(steps) > 6
