"""The shape of the house: what a package holds, what a module is called, how long a function is."""

import ast
import re
import statistics
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.unit.house.conftest import Module

_VAGUE = re.compile(r"(utils?|helpers?|managers?|common|base)\Z")
_LONGEST_MODULE = 250
_LONGEST_MEDIAN = 10
_LONGEST_P90 = 25


def _lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """The length of a function: from `def` to its end, its docstring not counted."""
    length = (function.end_lineno or function.lineno) - function.lineno + 1
    first = function.body[0]
    if ast.get_docstring(function) is None:
        return length
    return length - ((first.end_lineno or first.lineno) - first.lineno + 1)


def _measured(product: "Iterable[Module]") -> Iterator[tuple[int, str]]:
    for module in product:
        for function in module.functions:
            yield _lines(function), f"{module.path}:{function.lineno} {function.name}"


def test_an_init_holds_a_docstring_and_nothing_else(product: "list[Module]") -> None:
    """A rival distribution that overwrites a package's `__init__` must break nothing."""
    inits = [module for module in product if module.path.endswith("__init__.py")]

    assert inits != []
    assert [] == [
        init.path for init in inits if len(init.tree.body) != 1 or not ast.get_docstring(init.tree)
    ]


def test_services_is_a_namespace_and_tests_are_no_package(modules: "list[Module]") -> None:
    """Nothing can live in `services` itself, and no test can be imported."""
    inits = {module.path for module in modules if module.path.endswith("__init__.py")}

    assert "services/__init__.py" not in inits
    assert [] == sorted(path for path in inits if path.startswith("tests/"))


def test_the_top_level_is_the_one_agreed(root: Path) -> None:
    """Beside services, shared and tests there are only docs, deploy and benchmarks."""
    agreed = {"services", "shared", "tests", "docs", "deploy", "benchmarks"}
    leftovers = {"build", "dist"}
    folders = {
        path.name for path in root.iterdir() if path.is_dir() and not path.name.startswith(".")
    }

    assert set() == folders - agreed - leftovers


def test_no_name_says_nothing(modules: "list[Module]") -> None:
    """A module or package is named after what it is for."""
    assert [] == [
        module.path
        for module in modules
        if any(_VAGUE.match(part) for part in Path(module.path).with_suffix("").parts)
    ]


def test_a_module_can_be_read_in_one_sitting(product: "list[Module]") -> None:
    """No module of the product reaches 250 lines."""
    assert [] == [
        f"{module.path}: {len(module.text.splitlines())} lines"
        for module in product
        if len(module.text.splitlines()) >= _LONGEST_MODULE
    ]


def test_a_process_heeds_an_order_before_it_imports_the_rest(product: "list[Module]") -> None:
    """Half a second of imports is long enough for an order to stop to come, and to be missed."""
    heeding = [
        module
        for module in product
        if module.path.endswith("/__main__.py") and "heed()" in module.text
    ]
    before = {
        module.path: [
            ast.unparse(one) for one in module.tree.body if one.lineno < _heeds_at(module.tree)
        ]
        for module in heeding
    }

    assert len(heeding) >= 6
    assert {} == {path: found for path, found in before.items() if len(found) != 2}
    assert [] == [
        found[1]
        for found in before.values()
        if not found[1].startswith("from shared.stopping import ")
    ]


def _heeds_at(tree: ast.Module) -> int:
    """The line of the first `if`: a docstring and one import come before."""
    return next(one.lineno for one in tree.body if isinstance(one, ast.If))


def test_functions_are_short(product: "list[Module]") -> None:
    """Half of the functions stay under 10 lines, and nine in ten within 25."""
    measured = sorted(_measured(product), reverse=True)
    lengths = [length for length, _ in measured]
    offenders = "\n".join(f"{length:4} {name}" for length, name in measured[:20])

    assert statistics.median(lengths) < _LONGEST_MEDIAN, offenders
    assert statistics.quantiles(lengths, n=10)[-1] <= _LONGEST_P90, offenders
