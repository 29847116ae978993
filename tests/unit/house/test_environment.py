"""The environment's stamp: an install is taken for good only whole, up to date and in its place."""

import importlib.util
import shutil
import subprocess
import sys
import zipfile
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

_KINDS = ("embedded", "dev", "bench")  # each holds the one before


@pytest.fixture(scope="module")
def script(root: Path) -> ModuleType:
    """`.ci/environment.py`, loaded from its place."""
    spec = importlib.util.spec_from_file_location("environment", root / ".ci" / "environment.py")
    assert spec is not None
    assert spec.loader is not None
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


@pytest.fixture
def checkout(root: Path, tmp_path: Path) -> Path:
    """A checkout that has all that the stamp depends on, and an interpreter."""
    folder = tmp_path / "checkout"
    (folder / ".venv" / "bin").mkdir(parents=True)
    (folder / ".venv" / "bin" / "python").touch()
    for name in ("pyproject.toml", *(f"requirements-{kind}.txt" for kind in _KINDS)):
        shutil.copy(root / name, folder)
    return folder


def _stamped(script: ModuleType, checkout: Path, kind: str) -> Any:
    environment = script.Environment(checkout)
    environment.stamp.write_text(environment.mark(kind), "utf-8")
    return environment


def test_what_was_not_finished_does_not_stand(script: ModuleType, checkout: Path) -> None:
    """Without its stamp, which is written last, an environment is made again."""
    assert not script.Environment(checkout).stands("embedded")


@pytest.mark.parametrize(("smaller", "larger"), list(pairwise(_KINDS)))
def test_the_larger_kind_holds_the_smaller(
    smaller: str, larger: str, script: ModuleType, checkout: Path
) -> None:
    """A developer's environment runs the demo; the demo's does not run the tests."""
    assert _stamped(script, checkout, larger).stands(smaller)
    assert not _stamped(script, checkout, smaller).stands(larger)


def test_a_changed_lock_is_installed(script: ModuleType, checkout: Path) -> None:
    """An environment made from another lock does not stand."""
    environment = _stamped(script, checkout, "dev")
    environment.lock("dev").write_text("rich==15.0.0\n", "utf-8")

    assert not environment.stands("dev")


def test_a_copy_is_made_again(script: ModuleType, checkout: Path, tmp_path: Path) -> None:
    """Scripts hold the path of their interpreter: a copied environment would run the other's."""
    _stamped(script, checkout, "dev")
    copy = shutil.copytree(checkout, tmp_path / "copy")

    assert not script.Environment(copy).stands("dev")


def test_a_lost_interpreter_is_noticed(script: ModuleType, checkout: Path) -> None:
    """An environment whose interpreter was removed does not stand."""
    environment = _stamped(script, checkout, "dev")
    environment.python.unlink()

    assert not environment.stands("dev")


def test_the_link_gives_name_version_and_command(
    script: ModuleType, project: dict[str, Any], tmp_path: Path
) -> None:
    """Without a build backend, the checkout is importable, has a version and its command."""
    wheel = tmp_path / "link.whl"
    script.write_link(wheel, project["project"], tmp_path)
    with zipfile.ZipFile(wheel) as archive:
        texts = {name: archive.read(name).decode() for name in archive.namelist()}

    about = f"berceau-{project['project']['version']}.dist-info"
    assert f"{tmp_path}\n" == texts["berceau-checkout.pth"]
    assert "berceau = services.command.__main__:main\n" in texts[f"{about}/entry_points.txt"]
    assert sorted(texts) == sorted(line.split(",")[0] for line in texts[f"{about}/RECORD"].split())


def _chosen(root: Path, path: Path, *asked: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", root / ".ci" / "python", *asked],
        env={"PATH": str(path)},
        capture_output=True,
        text=True,
        check=False,
    )


def _command(folder: Path, name: str, body: str) -> None:
    command = folder / name
    command.write_text(f"#!/bin/sh\n{body}\n", "utf-8")
    command.chmod(0o755)


def test_a_shim_that_fails_is_passed_over(root: Path, tmp_path: Path) -> None:
    """An interpreter that exists and does not run is not chosen; the next one is."""
    _command(tmp_path, "python3.14", "exit 127")
    _command(tmp_path, "python3.11", f'exec "{sys.executable}" "$@"')

    assert Path(sys.executable).resolve().name in _chosen(root, tmp_path).stdout


@pytest.mark.parametrize(
    ("status", "remedy"), [(4, "apt install python3-venv"), (3, "CPython 3.11 to 3.14 is needed")]
)
def test_what_to_install_is_said(status: int, remedy: str, root: Path, tmp_path: Path) -> None:
    """Without a fit interpreter, make stops and says what to install."""
    _command(tmp_path, "python3", f"exit {status}")
    refused = _chosen(root, tmp_path)

    assert refused.returncode == 1
    assert remedy in refused.stderr
    assert refused.stdout == ""


def test_the_interpreter_asked_for_is_used_or_refused(root: Path, tmp_path: Path) -> None:
    """`make PYTHON=…` never falls back on another interpreter in silence."""
    _command(tmp_path, "python3", f'exec "{sys.executable}" "$@"')
    refused = _chosen(root, tmp_path, "python3.99")

    assert refused.returncode == 1
    assert "PYTHON=python3.99" in refused.stderr
