"""The code of the previous release, taken out of the history to run beside this one."""

import io
import os
import subprocess
import sys
import tarfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from services.command.stack.program import Program

COMMIT = "bf82a2b"  # the last of revision 0002
_ROOT = Path(__file__).resolve().parents[3]


def take_out(folder: Path) -> Path:
    """Put the previous release's code in a folder; without the history, skip (on CI: fail)."""
    argv = ["git", "-C", str(_ROOT), "archive", COMMIT, "services", "shared"]
    try:
        done = subprocess.run(argv, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError) as absent:
        reason = f"needs git and its whole history ({COMMIT}): {absent}"
        if os.environ.get("CI"):
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
        archive.extractall(folder, filter="data")
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
    script = f"import {module}; print({module}.__file__)"
    command = replace(program(code, "none", os.environ), argv=[sys.executable, "-c", script])
    ended = subprocess.run(
        command.argv, cwd=code, env=command.env, capture_output=True, text=True, check=True
    )
    return ended.stdout.strip()
