"""The page of bounds: each figure is the code's, each test that it names exists, none is missing.

A constant whose name says that it bounds something has its row, or its reason not to.
"""

import ast
import importlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import BaseModel

if TYPE_CHECKING:
    from tests.unit.house.conftest import Module

_BOUNDS = re.compile(
    r"(?:^|_)(?:MOST|LONGEST|LARGEST|DEEPEST|TRIES|PAGE|BATCH|CHUNK|WINDOW|TOGETHER|REMEMBERED"
    r"|AT_ONCE|LIMIT|LATEST|CONNECTIONS)(?:_|$)"
)
_BOUND_NOTHING_HELD = {
    "services.command.diagnosis.servers:_MOST_SKEW": "beyond it doctor warns",
    "services.command.simulation.comparing:_MOST_CHILDREN": "the last group: so many and more",
    "services.command.tariff.options:_MOST_CHILDREN": "an option's range; it holds nothing",
    "services.command.tariff.options:_MOST_PARTS": "idem",
    "services.command.tariff.options:_MOST_UNITS": "idem",
    "services.intake.franceconnect.opening:_LONGEST_CALL_S": "five seconds below the callback's",
    "services.tariff.engine.many.exact:_MOST": "where a column leaves 64 bits",
    "services.tariff.explanation.typography:_MOST_PLACES": "how a fraction is printed",
    "shared.renewals:_BATCH_READ_AT": "a time of day",
}


@pytest.fixture(scope="module")
def rows(root: Path) -> list[list[str]]:
    """What is bounded, its bound, where it stands, the test that exercises it."""
    page = (root / "docs" / "reference" / "bounds.md").read_text("utf-8")
    lines = re.findall(r"^\| (.+) \| (\S.*) \| `([\w.]+:[\w.]+)` \| (.+) \|$", page, re.MULTILINE)
    return [list(line) for line in lines]


def _value(root: Path, where: str) -> Any:
    """A constant, or the default of a field; of a process's root, without running it."""
    module, _, name = where.partition(":")
    if module.endswith("__main__"):
        return _constants(ast.parse((root / f"{module.replace('.', '/')}.py").read_text()))[name]
    holder, _, attribute = name.rpartition(".")
    found = importlib.import_module(module)
    return _default(getattr(found, holder), attribute) if holder else getattr(found, attribute)


def _default(kind: Any, name: str) -> Any:
    if is_dataclass(kind):
        return next(one.default for one in fields(kind) if one.name == name)
    assert issubclass(kind, BaseModel)
    return kind.model_fields[name].default


def _said(value: object) -> str:
    if isinstance(value, timedelta):
        return f"{value.total_seconds():,.15g} s"
    assert isinstance(value, int | float)
    return f"{value:,.15g}"


def _constants(tree: ast.Module) -> dict[str, Any]:
    """The names that a module gives to figures written out in it; None for what is computed."""
    found: dict[str, Any] = {}
    for node in tree.body:
        for name, value in _assigned(node):
            try:
                found[name] = ast.literal_eval(value)
            except ValueError:
                found[name] = None
    return found


def _assigned(node: ast.stmt) -> Iterator[tuple[str, ast.expr]]:
    match node:
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
            yield name, value
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            yield name, value
        case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)):
            for one, value in zip(names, values, strict=True):
                yield ast.unparse(one), value


def _figures(product: "Iterable[Module]") -> Iterator[str]:
    """Every constant that is a figure or a length of time, and whose name says that it bounds."""
    for module in product:
        if "/simulator/" in module.path:
            continue
        dotted = module.path.removesuffix(".py").replace("/", ".")
        for name, value in _constants(module.tree).items():
            if _BOUNDS.search(name) and (value is None or isinstance(value, int | float)):
                yield f"{dotted}:{name}"


def test_every_figure_is_the_code_s(rows: list[list[str]], root: Path) -> None:
    """As it is imported, whatever the page said before."""
    assert rows != []
    assert [(where, _said(_value(root, where))) for _, _, where, _ in rows] == [
        (where, bound) for _, bound, where, _ in rows
    ]


def test_every_test_that_is_named_exists(rows: list[list[str]], root: Path) -> None:
    """In the file and under the name that the row gives; no row is without one."""
    named = [re.fullmatch(r"`(tests/[\w/]+\.py)::(\w+)`", test) for *_, test in rows]

    assert [] == [where for (_, _, where, _), one in zip(rows, named, strict=True) if one is None]
    assert [] == [
        one[0]
        for one in named
        if one and f"def {one[2]}(" not in (root / one[1]).read_text("utf-8")
    ]


def test_every_bound_of_the_code_has_its_row(
    rows: list[list[str]], product: "list[Module]"
) -> None:
    """A new one is written down, with its test."""
    told = {where for _, _, where, _ in rows}
    computed = {where for where in _figures(product) if _is_no_figure(where)}

    assert set() == {*_figures(product)} - told - {*_BOUND_NOTHING_HELD} - computed
    assert len(told) == len(rows)


def _is_no_figure(where: str) -> bool:
    """Whether what is computed turns out to be a text, a pattern, a table…"""
    module, _, name = where.partition(":")
    if module.endswith("__main__"):
        return False
    value = getattr(importlib.import_module(module), name)
    return not isinstance(value, int | float | timedelta)


def test_the_page_counts_its_bounds(rows: list[list[str]], root: Path) -> None:
    """And none of them is without a test."""
    page = (root / "docs" / "reference" / "bounds.md").read_text("utf-8")

    assert f"Each of the {len(rows)} bounds below has a test" in page
