"""The four locks: every pin hashed, no address, and nothing that pyproject.toml does not allow."""

import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

_LOCKS = (
    "requirements.txt",
    "requirements-embedded.txt",
    "requirements-dev.txt",
    "requirements-bench.txt",
)  # each holds the one before


def _entries(lock: Path) -> list[str]:
    """The entries of a lock, each with its continuation lines."""
    return lock.read_text("utf-8").replace("\\\n", " ").splitlines()


def _requirement(entry: str) -> Requirement:
    return Requirement(entry.split(" --hash", maxsplit=1)[0])


def _pins(lock: Path) -> set[tuple[str, str]]:
    requirements = map(_requirement, _entries(lock))
    return {(canonicalize_name(one.name), str(one.specifier)) for one in requirements}


def _asked(project: dict[str, Any], lock: str) -> list[Requirement]:
    groups = project["dependency-groups"]
    by_lock = (
        project["project"]["dependencies"],
        project["project"]["optional-dependencies"]["embedded"],
        groups["dev"] + project["build-system"]["requires"],
        groups["bench"],
    )
    held = by_lock[: _LOCKS.index(lock) + 1]
    return [Requirement(one) for asked in held for one in asked]


@pytest.mark.parametrize("lock", _LOCKS)
def test_every_pin_is_exact_and_hashed(lock: str, root: Path) -> None:
    """Each entry is `name==version`, markers allowed, with one SHA-256 at least."""
    shape = re.compile(r"[\w.\[\],-]+==[\w.+!]+( ; [^#]+?)?( +--hash=sha256:[0-9a-f]{64})+\s*")

    assert [] == [entry[:60] for entry in _entries(root / lock) if not shape.fullmatch(entry)]


@pytest.mark.parametrize("lock", _LOCKS)
def test_no_lock_holds_an_address(lock: str, root: Path) -> None:
    """Where packages come from is the machine's affair."""
    assert [] == [entry[:60] for entry in _entries(root / lock) if "://" in entry or " @ " in entry]


@pytest.mark.parametrize("lock", _LOCKS)
def test_pins_satisfy_the_project(lock: str, root: Path, project: dict[str, Any]) -> None:
    """Everything that pyproject.toml asks for is pinned, at a version that it allows."""
    pinned = {name: version.removeprefix("==") for name, version in _pins(root / lock)}

    assert [] == [
        f"{asked}: {pinned.get(canonicalize_name(asked.name), 'absent')}"
        for asked in _asked(project, lock)
        if not asked.specifier.contains(pinned.get(canonicalize_name(asked.name), "0.dev0"))
    ]


def test_each_lock_holds_the_smaller_one(root: Path) -> None:
    """An environment grows from one lock to the next without changing a version."""
    pins = [_pins(root / lock) for lock in _LOCKS]

    assert [set(), set(), set()] == [smaller - larger for smaller, larger in pairwise(pins)]
