"""The code of the previous release, taken out of the history to run beside this one."""

import io
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from services.command.stack.program import Program

COMMIT = "bf82a2bd5a903bb3f0a77002aab71a525eb932ab"  # the last of revision 0002
_ROOT = Path(__file__).resolve().parents[3]
_NO_NETWORK = {"GIT_ALLOW_PROTOCOL": "none"}  # a partial clone would fetch what it lacks


def take_out(folder: Path, *, root: Path = _ROOT, on_ci: bool | None = None) -> Path:
    """Put the previous release's code in a folder.

    Without the history, skip: an archive of the sources has none. On CI a clone has it, or fails.
    """
    if not (root / ".git").exists():
        pytest.skip("no git history here: the previous release's code cannot be had")
    argv = ["git", "-c", f"safe.directory={root}", "-C", str(root), "archive", "--format=zip"]
    try:
        done = subprocess.run(
            [*argv, COMMIT, "services", "shared"],
            env={**os.environ, **_NO_NETWORK},
            capture_output=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError) as absent:
        reason = f"needs git and the whole history (git fetch --unshallow): {absent}"
        if bool(os.environ.get("CI")) if on_ci is None else on_ci:
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    with zipfile.ZipFile(io.BytesIO(done.stdout)) as archive:
        archive.extractall(folder)
    return folder


def program(code: Path, service: str, env: Mapping[str, str]) -> Program:
    """One service of that code, with the settings of this one's."""
    return Program(
        name=f"{service}-before",
        argv=[sys.executable, "-m", f"services.{service}"],
        env={**env, "PYTHONPATH": str(code)},
        cwd=code,
        grace=35.0,
    )


def origin(code: Path, module: str) -> str:
    """Where that code's processes find a module."""
    return _answer(code, f"import {module}; print({module}.__file__)")


def words(code: Path, name: str) -> set[str]:
    """The values of an enumeration of that code's `shared.states`."""
    script = f"import json; from shared.states import {name}; print(json.dumps(list({name})))"
    return set(json.loads(_answer(code, script)))


def _answer(code: Path, script: str) -> str:
    asked = replace(program(code, "none", os.environ), argv=[sys.executable, "-c", script])
    ended = subprocess.run(
        asked.argv, cwd=code, env=asked.env, capture_output=True, text=True, check=True
    )
    return ended.stdout.strip()
