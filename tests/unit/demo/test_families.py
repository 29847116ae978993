"""The families that `berceau up` keeps to try with."""

import json
from pathlib import Path
from typing import Any

from services.command.demo.families import keep


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
