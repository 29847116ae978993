"""The families that `berceau up` keeps to try with."""

import json
from pathlib import Path
from typing import Any

import httpx

from services.command.demo.families import _PAGE, keep, some_of


def _family(kind: str, name: str) -> dict[str, Any]:
    return {"enrolment": {"child": {"birth_name": name}}, "truth": {"kind": kind}}


def test_each_is_named_after_what_becomes_of_it(tmp_path: Path) -> None:
    """The kind, and a number in that kind; the content is the body to post."""
    keep([_family("nominal", "Ô"), _family("no_file", "B"), _family("nominal", "C")], tmp_path)

    read = {file.name: json.loads(file.read_text("utf-8")) for file in tmp_path.iterdir()}
    assert {
        "nominal-1.json": {"child": {"birth_name": "Ô"}},
        "nominal-2.json": {"child": {"birth_name": "C"}},
        "no_file-1.json": {"child": {"birth_name": "B"}},
    } == read


def test_families_of_another_start_give_way(tmp_path: Path) -> None:
    """What the simulator no longer knows is not left to be posted."""
    keep([_family("nominal", "A"), _family("nominal", "B")], tmp_path)
    keep([_family("declared", "C")], tmp_path)

    assert ["declared-1.json"] == [file.name for file in tmp_path.iterdir()]


async def test_so_many_are_asked_for_at_a_time() -> None:
    """Page after page, each where the one before ended; each family once."""
    asked: list[tuple[int, int]] = []

    def simulator(request: httpx.Request) -> httpx.Response:
        first, many = (int(request.url.params[name]) for name in ("offset", "limit"))
        asked.append((first, many))
        return httpx.Response(200, json=[{"number": first + n} for n in range(many)])

    async with httpx.AsyncClient(transport=httpx.MockTransport(simulator)) as http:
        families = await some_of(http, "http://simulator", 2 * _PAGE + 1, after=7)

    assert [(7, _PAGE), (7 + _PAGE, _PAGE), (7 + 2 * _PAGE, 1)] == asked
    assert list(range(7, 8 + 2 * _PAGE)) == [family["number"] for family in families]
