"""The four locks: every pin hashed, no address, and nothing that pyproject.toml does not allow."""

import re
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
    "requirements-telemetry.txt",
)


def _entries(lock: Path) -> list[str]:
    """The entries of a lock, each with its continuation lines."""
    return lock.read_text("utf-8").replace("\\\n", " ").splitlines()


def _requirement(entry: str) -> Requirement:
    return Requirement(entry.split(" --hash", maxsplit=1)[0])


def _pins(lock: Path) -> set[tuple[str, str]]:
    requirements = map(_requirement, _entries(lock))
    return {(canonicalize_name(one.name), str(one.specifier)) for one in requirements}


def _asked(project: dict[str, Any], lock: str) -> list[Requirement]:
    asked = list(project["project"]["dependencies"])
    extras, groups = project["project"]["optional-dependencies"], project["dependency-groups"]
    if lock in _LOCKS[1:4]:
        asked += extras["embedded"]
    if lock in _LOCKS[2:]:
        asked += extras["telemetry"]
    if lock in _LOCKS[2:4]:
        asked += groups["dev"] + project["build-system"]["requires"]
    if lock == _LOCKS[3]:
        asked += groups["bench"]
    return [Requirement(one) for one in asked]


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
    runtime, embedded, dev, bench, telemetry = (_pins(root / lock) for lock in _LOCKS)
    grown = ((runtime, embedded), (embedded, dev), (dev, bench))

    assert [set(), set(), set()] == [smaller - larger for smaller, larger in grown]
    assert set() == runtime - telemetry
    assert set() == telemetry - dev
