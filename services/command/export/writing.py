"""Writing exported decisions: CSV or JSON, line by line, so that a page is in memory at most."""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol, TextIO

from services.command.export.formats import Format
from services.command.export.sheet import HEADS, cells
from shared.exporting import Days, ExportedDecision


@dataclass(frozen=True, slots=True)
class Title:
    """What an export is of, as a person asked for it."""

    authority: str
    structure: str | None
    days: Days


class Told(Protocol):
    """What was read: the lines, and at their end what was left out of them."""

    erased: int
    unchecked: int

    def __iter__(self) -> Iterator[ExportedDecision]: ...


def write(file: TextIO, form: Format, title: Title, told: Told) -> None:
    """Write every line."""
    if form is Format.CSV:
        _write_sheet(file, told)
    else:
        _write_json(file, title, told)


def _write_sheet(file: TextIO, told: Told) -> None:
    writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
    writer.writerow(HEADS.values())
    writer.writerows(map(cells, told))


def _write_json(file: TextIO, title: Title, told: Told) -> None:
    head = {
        "authority": title.authority,
        "structure": title.structure,
        "from": title.days.first.isoformat(),
        "to": title.days.last.isoformat(),
    }
    file.write(_json(head).removesuffix("}") + ', "decisions": [')
    between = "\n"
    for line in told:
        file.write(between + line.model_dump_json())
        between = ",\n"
    left_out = {"erased": told.erased, "unchecked": told.unchecked}
    file.write("\n], " + _json(left_out).removeprefix("{") + "\n")


def _json(content: object) -> str:
    return json.dumps(content, ensure_ascii=False)
