"""The page of proofs: each test that it says fails without its guard is there."""

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.unit.house.conftest import Module

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_GUARDED = (
    "shared/protocol/saving.py",
    "shared/protocol/lives.py",
    "shared/protocol/claiming.py",
    "shared/protocol/ringing.py",
)


def test_the_tests_that_guards_fail_are_there(root: Path, tests: "list[Module]") -> None:
    """A test that was renamed or taken away leaves a guard that nobody watches."""
    page = (root / "docs" / "reference" / "proofs.md").read_text("utf-8")
    section = page[page.index("## Guards, taken away") :]
    rows = re.findall(r"^\| [^|]+ \| ([^|]*`[^|]+) \| (`tests/[^|]+`) \|", section, re.MULTILINE)
    named = {name for _, names in rows for name in re.findall(r"`([^`]+)`", names)}
    there = {f"{module.path}::{one.name}" for module in tests for one in module.functions}

    assert set() == named - there
    assert [] == [file for file in _GUARDED if not any(file in where for where, _ in rows)]
