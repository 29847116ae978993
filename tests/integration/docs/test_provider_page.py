"""The how-to "try the provider", followed to the letter against a simulator."""

import os
import socket
import sys
from pathlib import Path

import pytest

from tests.integration.following import Follow

_PAGE = Path(__file__).resolve().parents[3] / "docs" / "how-to" / "try-the-provider.md"

pytestmark = pytest.mark.stack


def _a_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def test_the_page_runs(follow: Follow, tmp_path: Path) -> None:
    """One call of each kind, refusals included, without a database."""
    kept = {name: os.environ[name] for name in ("HOME", "LANG", "TMPDIR") if name in os.environ}
    binaries = Path(sys.executable).parent
    env = {
        **kept,
        "PATH": f"{binaries}:{os.environ['PATH']}",
        "NO_PROXY": "*",
        "SIMULATOR_PORT": str(_a_free_port()),
    }

    steps = follow(_PAGE, env=env, cwd=tmp_path)

    assert len(steps) > 10
    assert "" == (tmp_path / "simulator.log").read_text("utf-8")
