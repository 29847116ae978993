"""The how-tos that need a simulator and nothing else, followed to the letter."""

import os
import socket
import sys
from pathlib import Path

import pytest

from tests.integration.following import Follow

_PAGES = Path(__file__).resolve().parents[3] / "docs" / "how-to"

pytestmark = pytest.mark.stack


def _a_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.mark.parametrize(
    ("page", "least"), [("use-the-simulator-alone.md", 20), ("try-the-provider.md", 10)]
)
def test_the_page_runs(follow: Follow, tmp_path: Path, page: str, least: int) -> None:
    """Both APIs asked, in curl, Python or by the command; faults, refusals and counts as told."""
    kept = {name: os.environ[name] for name in ("HOME", "LANG", "TMPDIR") if name in os.environ}
    binaries = Path(sys.executable).parent
    env = {
        **kept,
        "PATH": f"{binaries}:{os.environ['PATH']}",
        "NO_PROXY": "*",
        "SIMULATOR_PORT": str(_a_free_port()),
    }

    steps = follow(_PAGES / page, env=env, cwd=tmp_path)

    assert len(steps) > least
    assert "" == (tmp_path / "simulator.log").read_text("utf-8")
