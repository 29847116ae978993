"""The Dockerfile: its own lines, run as an unprivileged user, install a command that works."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.settings import Settings
from tests.integration.deploy.composed import ROOT

_NOBODY = 65_534
_LINES = (ROOT / "Dockerfile").read_text("utf-8").replace("\\\n", " ").splitlines()
_BUILD_LOCK = ROOT / "deploy" / "requirements-build.txt"
_QUOTE = (
    "tariff quote --scale psu --on 2026-01-15 --care collectif --children 2 --aeeh 0 "
    "--resources-annual 48000.00 --hours-month 126.50 --json"
)


def _stages() -> dict[str, list[str]]:
    """The instructions of each stage, by its name."""
    stages: dict[str, list[str]] = {}
    for line in _LINES:
        if begun := re.match(r"FROM \S+ AS (\w+)$", line):
            stages[begun[1]] = [line]
        elif stages and line.strip():
            stages[next(reversed(stages))].append(line)
    return stages


def test_the_image_runs_as_nobody_in_particular() -> None:
    """The user is a number that is not root's, the command the entry point, SIGTERM the stop."""
    runtime = _stages()["runtime"]

    assert "USER 10001:10001" in runtime
    assert 'ENTRYPOINT ["berceau"]' in runtime
    assert "STOPSIGNAL SIGTERM" in runtime
    assert any("PYTHONDONTWRITEBYTECODE=1" in line for line in runtime)


def test_the_last_stage_is_production_and_has_no_simulator() -> None:
    """Who names no target gets production; only the demo's copies what still has the simulator."""
    stages = _stages()

    assert "production" == list(stages)[-1]
    assert "COPY --from=trimmed /venv /venv" in stages["production"]
    assert "COPY --from=build /venv /venv" in stages["demo"]
    assert any(line.endswith("/services/simulator") for line in stages["trimmed"])


def test_images_are_slim_and_glibc_s() -> None:
    """The wheels of the lock are glibc's; building tools stay in the stages that build."""
    bases = {line.split()[1] for lines in _stages().values() for line in lines[:1]}

    assert {"python:3.13-slim-trixie", "build", "runtime"} == bases
    assert not [line for line in _stages()["runtime"] if "apt" in line or "gcc" in line]


def test_no_install_takes_what_is_not_hashed() -> None:
    """Each install is of a hashed lock and wheels only, or of our own wheel without anything."""
    installs = [line for line in _LINES if "pip install" in line]

    assert installs
    assert all(
        "--require-hashes --only-binary :all: -r " in line or "--no-deps /wheels/" in line
        for line in installs
    )


def test_the_build_lock_is_a_part_of_the_developers() -> None:
    """The backend that builds the image's wheel is the one that the tests ran on."""

    def entries(lock: Path) -> set[str]:
        return set(lock.read_text("utf-8").replace("\\\n", " ").splitlines())

    assert set() == entries(_BUILD_LOCK) - entries(ROOT / "requirements-dev.txt")


def test_the_builder_is_sent_what_it_copies_and_no_more() -> None:
    """Nothing of a developer's (data, environments, history, tests) can enter an image."""
    ignored = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    sent = {line[1:] for line in ignored if line.startswith("!")}
    copied = {
        word.removeprefix("./")
        for lines in _stages().values()
        for line in lines
        if line.startswith("COPY ") and "--from" not in line
        for word in line.split()[1:-1]
    }

    assert "*" in ignored
    assert copied == sent


@pytest.fixture(scope="module")
def container() -> Iterator[Path]:
    """A root of its own that an unprivileged user owns, with the build's context in it.

    Beside pytest's folders, which are closed to others.
    """
    root = Path(tempfile.mkdtemp(prefix="berceau-image-"))
    source = root / "source"
    source.mkdir()
    leave_out = shutil.ignore_patterns("__pycache__")
    for name in ("services", "shared"):
        shutil.copytree(ROOT / name, source / name, ignore=leave_out)
    for name in ("pyproject.toml", "README.md", "LICENSE", "requirements.txt"):
        shutil.copy(ROOT / name, source)
    (source / "deploy").mkdir()
    shutil.copy(_BUILD_LOCK, source / "deploy")
    if os.geteuid() == 0:
        for path in (root, *root.rglob("*")):
            os.chown(path, _NOBODY, _NOBODY)
    yield root
    shutil.rmtree(root)


def _run(argv: list[str], container: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """As an unprivileged user, whose home is nowhere."""
    kept = {key: said for key, said in os.environ.items() if key.startswith(("PIP_", "SSL_"))}
    nobody = {"user": _NOBODY, "group": _NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
    return subprocess.run(  # type: ignore[call-overload,no-any-return]
        argv,
        cwd=container / "source",
        env={**kept, "PATH": os.environ["PATH"], "HOME": "/nonexistent", **more},
        capture_output=True,
        text=True,
        check=False,
        timeout=400,
        **nobody,
    )


def _interpreter(container: Path) -> str:
    """One that an unprivileged user can run: ours may lie in somebody's closed folder."""
    for python in (sys._base_executable, "/usr/bin/python3"):  # type: ignore[attr-defined]
        test = ["/bin/sh", "-c", f"{python} -c 'import venv, ensurepip'"]
        if _run(test, container).returncode == 0:
            return str(python)
    pytest.skip("no interpreter that an unprivileged user can run (Debian: python3-venv)")


def _here(line: str, container: Path, python: str) -> str:
    """A RUN line, its folders in the container's root and its interpreter one of this machine."""
    command = re.sub(r"(?<![\w/])/(venv|backend|wheels)\b", rf"{container}/\1", line[4:])
    return re.sub(r"^python\b", python, command)


@pytest.fixture(scope="module")
def installed(container: Path) -> Path:
    """The command that the image's own lines install."""
    python = _interpreter(container)
    for line in [*_stages()["build"], *_stages()["trimmed"]]:
        if line.startswith("RUN "):
            done = _run(["/bin/sh", "-ec", _here(line, container, python)], container)
            assert 0 == done.returncode, f"{line}\n{done.stderr}"
    return container / "venv" / "bin" / "berceau"


@pytest.mark.stack
@pytest.mark.prove
def test_the_image_s_own_lines_install_a_command_that_works(
    container: Path, installed: Path
) -> None:
    """An empty environment, an unprivileged user, hashed wheels, no compiler: then the help and a
    quote; and neither pip, nor a simulator, nor a file written as it runs."""
    before = sorted(container.rglob("*"))
    help_, quote, missing = (
        _run([str(installed), *words.split()], container, PYTHONDONTWRITEBYTECODE="1")
        for words in ("--help", _QUOTE, "simulator --help")
    )

    assert (0, 0) == (help_.returncode, quote.returncode), help_.stderr + quote.stderr
    assert "inscriptions sans papier" in help_.stdout
    assert '"' in quote.stdout
    assert 2 == missing.returncode
    assert "« simulator » ne fait pas partie de cette installation.\n" == missing.stderr
    assert [] == list((container / "venv").rglob("site-packages/pip"))
    assert before == sorted(container.rglob("*"))


@pytest.mark.stack
@pytest.mark.prove
def test_the_installed_service_reads_its_settings(container: Path, installed: Path) -> None:
    """Started without any, it ends with the names of those that it wants, and no traceback."""
    ended = _run([str(installed), "intake"], container)
    wanted = [name for name, field in Settings.model_fields.items() if field.is_required()]

    assert 2 == ended.returncode
    assert all(f"BERCEAU_{name.upper()}: " in ended.stderr for name in wanted)
    assert "Traceback" not in ended.stderr
