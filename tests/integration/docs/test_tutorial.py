"""Beside `berceau up`: the integrator's tutorial, as printed; what the runbooks have one check."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.command.stack.account import unprivileged
from services.command.stack.home import Home
from tests.integration.following import Follow

_DOCS = Path(__file__).resolve().parents[3] / "docs"
_TOLD = ("callback", "evidence")
_READY_WITHIN_S = 60
_STOPPED_WITHIN_S = 60

pytestmark = pytest.mark.stack


def _terminal() -> dict[str, str]:
    """What a person's terminal has; nothing of another Berceau, no proxy on the way."""
    kept = {"PATH", "HOME", "LANG", "TMPDIR", "USER", "CI"}
    return {name: os.environ[name] for name in kept & os.environ.keys()} | {"NO_PROXY": "*"}


def _wait_for_the_last_word(said: Path, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + _READY_WITHIN_S
    while "Ctrl-C arrête tout." not in said.read_text("utf-8"):
        assert process.poll() is None, said.read_text("utf-8")
        assert time.monotonic() < deadline, said.read_text("utf-8")
        time.sleep(0.1)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder like a checkout, where `berceau up` runs on 200 families."""
    folder = tmp_path_factory.mktemp("checkout")
    (folder / ".venv").symlink_to(sys.prefix)
    said = folder / "up.log"
    command = [".venv/bin/python", "-m", "services.command", "up"]
    with (
        said.open("wb") as output,
        subprocess.Popen(
            command, cwd=folder, env=_terminal(), stdout=output, stderr=subprocess.STDOUT
        ) as process,
    ):
        try:
            _wait_for_the_last_word(said, process)
            yield folder
        finally:
            process.send_signal(signal.SIGINT)
            assert process.wait(_STOPPED_WITHIN_S) == 0
    Home(folder / ".berceau").erase(unprivileged())


def test_the_tutorial_runs_as_printed(follow: Follow, checkout: Path) -> None:
    """From nothing to a decision, a refusal mended, Python, a batch, an estimate, a withdrawal."""
    steps = follow(_DOCS / "tutorial" / "integrate-a-portal.md", env=_terminal(), cwd=checkout)

    assert len(steps) > 30


def test_franceconnect_runs_as_printed(follow: Follow, checkout: Path) -> None:
    """Certified at the callback, decided from it, refused by name when used or dead.

    Neither the family's name nor the reference is in any log of the stack.
    """
    steps = follow(_DOCS / "how-to" / "franceconnect.md", env=_terminal(), cwd=checkout)
    told = [json.loads((checkout / "franceconnect" / f"{n}.json").read_text()) for n in _TOLD]
    secrets = [told[0]["identity"]["family_name"].casefold(), told[1]["evidence"]]
    logs = [path.read_text("utf-8").casefold() for path in checkout.rglob(".berceau/**/*.log")]

    assert len(steps) > 15
    assert any("franceconnect.asked" in log for log in logs)
    assert [] == [secret for secret in secrets for log in logs if secret in log]


def _checks() -> list[str]:
    """The commands of ours under « Vérifier », those that need a name or never end left out."""
    sections = (
        re.search(r"^## Vérifier\n(.*?)^## ", page.read_text("utf-8"), re.DOTALL | re.MULTILINE)
        for page in sorted((_DOCS / "runbooks").glob("*.md"))
    )
    told = (re.findall(r"^\$ (berceau .+)$", found[1], re.MULTILINE) for found in sections if found)
    commands = {command for commands in told for command in commands}
    return sorted(command for command in commands if not re.search("<|--watch", command))


def test_what_a_runbook_checks_runs(checkout: Path) -> None:
    """On a stack where all is well, each command says so: exit code 0, and something to read."""
    asked = "set -a; . .berceau/secrets/environment; set +a; .venv/bin/"
    ended = {
        command: subprocess.run(
            ["/bin/bash", "-c", f"{asked}{command}"],
            cwd=checkout,
            env=_terminal(),
            capture_output=True,
            check=False,
        )
        for command in _checks()
    }

    assert {} == {command: done for command, done in ended.items() if done.returncode}
    assert [] == [command for command, done in ended.items() if not done.stdout]
    assert len(ended) > 3
