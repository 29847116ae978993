"""Every edge has its crash point, each point stands where the page says, and none is left untried.

An edge is a call after which the outside knows something: a transaction is kept, a doorbell is put
in Redis, the State or a portal is called, a doorbell is acknowledged. Each kind is found in the
code by the call that makes it; its function passes a point, or stands below with a reason.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from shared.crash_points import Point
from tests.integration.crashes.cases import APART, ROWS

if TYPE_CHECKING:
    from tests.unit.house.conftest import Module

_Function = ast.FunctionDef | ast.AsyncFunctionDef


_EDGES = {
    "a transaction is kept": re.compile(r"engine\.begin|\.commit"),
    "a doorbell is rung": re.compile(r"bell\.ring"),
    "a message is put in Redis": re.compile(r"broker\.enqueue|\.requeue_messages"),
    "the State is called": re.compile(r"client\.verify(_months)?|_calls\.ask"),
    "a portal is told": re.compile(r"_sender\.send"),
    "a doorbell is acknowledged": re.compile(r"dramatiq\.actor"),
}
_WITHOUT = {
    "shared/store/committing.py:committing": "it passes the two points that it is given",
    "shared/store/migrating.py:_as_owner": "`berceau migrate`: a person repeats it",
    "services/command/founding.py:found": "the demo's start: it is begun again, and finds its town",
    "services/command/records/desk.py:_in_reach": "a person's command, one transaction: repeated",
    "services/verifier/asking.py:verify": "within the call that the verifier's `_told` surrounds",
    "services/verifier/asking.py:verify_months": "idem",
    "services/verifier/tax/provider.py:verify": "idem",
    "shared/protocol/sampling.py:sample": "a figure of a minute: what is lost is a gap in a curve",
    "services/console/rooms/timeline.py:find": "a look that is written down: a person repeats it",
    "services/command/demo/stay.py:_link": "`berceau up` prints another link when it is run again",
    **dict.fromkeys(
        (
            "services/command/switches.py:_record",
            "services/command/ops/following.py:steer",
            "services/command/ops/indexing.py:_index_outcomes",
            "services/command/ops/indexing.py:index_names",
            "services/command/ops/listing.py:show_named",
            "services/command/ops/ordering.py:order_all",
            "services/command/ops/ordering.py:order_these",
            "services/command/ops/steering.py:forget_filter",
            "services/command/ops/steering.py:save_filter",
        ),
        "a person's command, one transaction at a time: repeated",
    ),
    "services/intake/quiet_bell.py:ring": "who rings through it passes a point: intake's three",
    "shared/protocol/honest_bell.py:ring": "idem: all that ring through it",
    "shared/queue/bell.py:ring": "idem, and so do the saver and the scheduler",
    "shared/working/hearing.py:_hand_on": "a doorbell put back by a stop: lost, it is rung again",
    "shared/working/hearing.py:start": "what it makes an actor of is `hear`, which passes a point",
}
_OUTWARDS = {
    "services/console/__main__.py": "an identity provider: a person signs in again",
    "services/console/identity/federation.py": "idem",
    "services/console/identity/metadata.py": "idem",
    "services/intake/franceconnect/calls.py": "asking.py, before and after",
    "services/notifier/sending.py": "the notifier's work.py, before and after",
    "services/verifier/__main__.py": "opens the clients below",
    "services/verifier/clients.py": "the verifier's work.py, before and after",
    "services/verifier/contract.py": "idem",
    "services/verifier/provider/client.py": "idem",
    "services/verifier/provider/transport_errors.py": "idem",
    "services/verifier/quota.py": "idem",
    "services/verifier/tax/client.py": "idem",
    "shared/telemetry.py": "silences it",
}
_NOBODY_LIVES_BY_IT = ("services/simulator/", "services/command/")


@pytest.fixture(scope="module")
def living(product: "list[Module]") -> "list[Module]":
    """The modules whose processes serve: not the simulator."""
    return [module for module in product if not module.path.startswith("services/simulator/")]


@pytest.fixture(scope="module")
def passed(living: "list[Module]") -> dict[str, set[str]]:
    """Where each point is passed: by its name, the functions."""
    found: dict[str, set[str]] = {point.name: set() for point in Point}
    for module in living:
        for function in module.functions:
            for name in _points(function):
                found[name].add(f"{module.path}:{function.name}")
    return found


def _calls(function: _Function) -> Iterator[ast.Call]:
    """The calls of a function itself, not of those that are written within it."""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Call):
            yield node
        if not isinstance(node, _Function):
            waiting.extend(ast.iter_child_nodes(node))


def _points(function: _Function) -> Iterator[str]:
    for call in _calls(function):
        if ast.unparse(call.func) in {"reach", "committing"}:
            for given in call.args:
                if isinstance(given, ast.Attribute) and ast.unparse(given.value) == "Point":
                    yield given.attr


def _edges(module: "Module") -> Iterator[tuple[str, _Function, str]]:
    for function in module.functions:
        for call in _calls(function):
            for kind, form in _EDGES.items():
                if re.search(rf"(?:^|[._])?(?:{form.pattern})\Z", ast.unparse(call.func)):
                    yield f"{module.path}:{function.name}", function, kind


def test_every_edge_has_its_point(living: "list[Module]") -> None:
    """Whoever commits, rings, calls, tells or acknowledges passes a point, or says why not."""
    edges = [edge for module in living for edge in _edges(module)]
    bare = {where: kind for where, function, kind in edges if not list(_points(function))}

    assert {} == {where: kind for where, kind in bare.items() if where not in _WITHOUT}
    assert set() == set(_WITHOUT) - set(bare)


def test_a_transaction_has_a_point_on_either_side(living: "list[Module]") -> None:
    """`committing` is given two points, and they are not the same."""
    given = [
        [ast.unparse(one) for one in call.args[1:]]
        for module in living
        for function in module.functions
        for call in _calls(function)
        if ast.unparse(call.func) == "committing"
    ]

    assert given != []
    assert [] == [pair for pair in given if len(set(pair)) != 2]


def test_whoever_goes_outwards_is_known(living: "list[Module]") -> None:
    """A module that can open a connection outwards is called between two points, or by hand."""
    outwards = {
        module.path
        for module in living
        if not module.path.startswith(_NOBODY_LIVES_BY_IT) and _imports_httpx(module)
    }

    assert set(_OUTWARDS) == outwards


def _imports_httpx(module: "Module") -> bool:
    return re.search(r"^(?:import|from) httpx|\"httpx\"", module.text, re.MULTILINE) is not None


def test_each_point_stands_where_the_page_says(root: Path, passed: dict[str, set[str]]) -> None:
    """The page of crash points has each one's name, sentence and functions."""
    page = (root / "docs" / "reference" / "crash-points.md").read_text("utf-8")
    rows = re.findall(r"^\| `([\w.]+)` \| (.+) \| (`.+`) \|$", page, re.MULTILINE)

    assert [
        (str(point), point.sentence, ", ".join(f"`{one}`" for one in sorted(passed[point.name])))
        for point in Point
    ] == rows


def test_each_point_is_passed_and_tried(passed: dict[str, set[str]]) -> None:
    """No point is a word only, and the table of crashes has a case for each."""
    assert [] == [name for name, places in passed.items() if not places]
    assert set(Point) == {row.point for row in ROWS} | set(APART)


def test_nobody_who_deploys_is_told_how_to_crash(files: list[Path], root: Path) -> None:
    """No unit, image, compose file, how-to or runbook names the variable."""
    places = ("deploy/", "docs/how-to/", "docs/runbooks/", "docs/tutorial/")
    names = {path.relative_to(root).as_posix(): path for path in files}
    told = [
        name
        for name, path in names.items()
        if name.startswith(places) or name in {"Dockerfile", "docker-compose.yml", "Makefile"}
        if path.suffix not in {".png", ".pdf"} and "CRASH_FOLDER" in path.read_text("utf-8")
    ]

    assert [] == told
