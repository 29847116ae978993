"""How tests are written: each states its claim, and none patches what it tests."""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.unit.house.conftest import Module

_PATCHES = re.compile(r"\bmock[.]patch\b|\bmocker[.]|\bmonkeypatch[.]setattr\b|\bunittest[.]mock\b")


def _claims(tests: "Iterable[Module]") -> Iterator[tuple[str, str | None]]:
    for module in tests:
        for function in module.functions:
            if function.name.startswith("test_"):
                yield (
                    f"{module.path}:{function.lineno} {function.name}",
                    ast.get_docstring(function),
                )


def test_every_test_states_its_claim(tests: "list[Module]") -> None:
    """A test that fails says in one sentence what is no longer true."""
    claims = list(_claims(tests))

    assert claims != []
    assert [] == [name for name, claim in claims if not claim or not claim.endswith(".")]


def test_no_test_patches(tests: "list[Module]") -> None:
    """Where a test needs another part, it is handed a fake: a patch says that a seam is missing."""
    here = Path(__file__).name

    assert [] == [
        f"{module.path}:{number}"
        for module in tests
        if not module.path.endswith(here)
        for number, line in enumerate(module.text.splitlines(), start=1)
        if _PATCHES.search(line)
    ]
