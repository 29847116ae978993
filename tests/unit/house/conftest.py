"""What the guards of the house look at: the checkout, its files, its modules, its functions."""

import ast
import gc
import os
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

_ROOT = Path(__file__).resolve().parents[3]
_NOT_OURS = {"__pycache__", "build", "dist"}
_HIDDEN_AND_OURS = {".ci"}
_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Module:
    """A Python file of the checkout, read and parsed once."""

    path: str
    text: str
    tree: ast.Module

    @property
    def functions(self) -> Iterator[_Function]:
        return (node for node in ast.walk(self.tree) if isinstance(node, _Function))


def _ours(folder: str) -> bool:
    hidden = folder.startswith(".") and folder not in _HIDDEN_AND_OURS
    return not hidden and folder not in _NOT_OURS and not folder.endswith(".egg-info")


def _walk() -> Iterator[Path]:
    for here, folders, names in os.walk(_ROOT):
        folders[:] = sorted(filter(_ours, folders))
        yield from (Path(here, name) for name in sorted(names))


def _read(path: Path) -> Module:
    text = path.read_text("utf-8")
    return Module(path.relative_to(_ROOT).as_posix(), text, ast.parse(text))


@contextmanager
def _kept_for_good() -> Iterator[None]:
    """What is made meanwhile is no garbage: looking for some there costs more than making it."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


@pytest.fixture(scope="session")
def root() -> Path:
    return _ROOT


@pytest.fixture(scope="session")
def files() -> list[Path]:
    """Every file that a clone would hold, environments, caches and data left out."""
    return list(_walk())


@pytest.fixture(scope="session")
def modules(files: list[Path]) -> list[Module]:
    """Every Python module: the product's, the tests', the tools'."""
    with _kept_for_good():
        return [_read(path) for path in files if path.suffix == ".py"]


@pytest.fixture(scope="session")
def product(modules: list[Module]) -> list[Module]:
    """The modules of `services` and `shared`."""
    return [module for module in modules if module.path.startswith(("services/", "shared/"))]


@pytest.fixture(scope="session")
def tests(modules: list[Module]) -> list[Module]:
    """The modules of `tests`."""
    return [module for module in modules if module.path.startswith("tests/")]


@pytest.fixture(scope="session")
def project(root: Path) -> dict[str, Any]:
    """pyproject.toml, as data."""
    return tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
