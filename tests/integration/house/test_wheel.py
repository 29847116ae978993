"""The wheel: what an image installs is the product whole, its data included, and nothing else."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

_ROOT = Path(__file__).resolve().parents[3]
_SERVICES = {
    "command", "console", "intake", "notifier", "scheduler", "simulator", "tariff", "verifier"
}  # fmt: skip
_GENERATED = {".pyc", ".pyo"}


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names that the built wheel holds."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory"]
    subprocess.run([*build, str(folder)], cwd=_ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def _source() -> set[str]:
    paths = (path for folder in ("services", "shared") for path in (_ROOT / folder).rglob("*"))
    return {
        path.relative_to(_ROOT).as_posix()
        for path in paths
        if path.is_file() and path.suffix not in _GENERATED
    }


def test_the_wheel_holds_every_file_of_the_product(names: set[str]) -> None:
    """Modules, scales, templates and migrations are all there."""
    assert set() == _source() - names


def test_the_wheel_holds_nothing_else(names: set[str]) -> None:
    """No test, lock or document is installed: beside the product, only what describes it."""
    others = {name for name in names - _source() if ".dist-info/" not in name}

    assert set() == others


def test_the_wheel_holds_each_service(names: set[str]) -> None:
    """`services` holds its services and is no package itself."""
    inside = {name.split("/")[1] for name in names if name.startswith("services/")}

    assert inside == _SERVICES


def test_the_wheel_carries_the_licence(names: set[str]) -> None:
    """Whoever receives the work receives its licence."""
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)
