"""Records as CSV: one sheet for each kind, semicolons between cells, `|` between a cell's words.

A comma between cells is understood too, and the mark that spreadsheets put before the first byte.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Protocol

from services.command.records.faults import Fault, RecordsError
from services.command.records.kinds import Kind
from services.command.records.models import MODELS, Record
from services.command.records.place import Place
from services.command.records.raw import Found, Raw

_MOST_CHARACTERS = 4_000_000
_BETWEEN_WORDS = "|"


class _Sheet(Iterator[list[str]], Protocol):
    """What `csv.reader` returns."""

    @property
    def line_num(self) -> int: ...


def read(text: str, kind: Kind, *, file: str) -> Found:
    """What a sheet holds, in its order.

    Raises:
        RecordsError: it is no CSV; `file` names it.
    """
    if len(text) > _MOST_CHARACTERS:
        raise RecordsError(Fault("", "trop long : partagez-le en plusieurs fichiers", file))
    lines = text.removeprefix("\ufeff")
    comma = ";" if ";" in lines.partition("\n")[0] else ","
    sheet = csv.reader(io.StringIO(lines, newline=""), delimiter=comma, strict=True)
    try:
        return _found(sheet, kind, file)
    except csv.Error:
        said = f"n'est pas du CSV lisible (ligne {sheet.line_num}) : vérifiez les guillemets"
        raise RecordsError(Fault("", said, file)) from None


def write(records: Sequence[Record], kind: Kind) -> str:
    """A sheet that `read` takes back."""
    sheet = io.StringIO(newline="")
    fields = list(MODELS[kind].model_fields)
    writer = csv.DictWriter(sheet, fields, delimiter=";", lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _cell(value) for name, value in one.plain().items()} for one in records)
    return sheet.getvalue()


def _found(sheet: _Sheet, kind: Kind, file: str) -> Found:
    found = Found()
    names = [name.strip() for name in next(sheet, [])]
    if len(set(names)) < len(names):
        said = "une colonne est nommée deux fois : gardez-en une"
        found.faults.append(Fault("", said, Place(file, 1).of("")))
    for cells in sheet:
        place = Place(file, sheet.line_num)
        if len(cells) > len(names):
            said = "plus de cellules que de colonnes : entourez de guillemets un texte à « ; »"
            found.faults.append(Fault("", said, place.of("")))
        elif any(cells):
            values = _values(dict(zip(names, cells, strict=False)), kind)
            found.raw.append(Raw(kind, values, place))
    return found


def _values(cells: dict[str, str], kind: Kind) -> dict[str, str | list[str]]:
    lists = MODELS[kind].lists
    return {name: _words(cell) if name in lists else cell for name, cell in cells.items()}


def _words(cell: str) -> list[str]:
    return [word.strip() for word in cell.split(_BETWEEN_WORDS) if word.strip()]


def _cell(value: object) -> str:
    return _BETWEEN_WORDS.join(value) if isinstance(value, list) else str(value)
