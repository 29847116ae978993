"""Records as CSV: one sheet for each kind, semicolons between cells, `|` between a cell's words.

What has fields of its own (a dossier, signatories) stands in its cell as one line of JSON: it is
better changed in YAML. A comma between
cells is understood too, and the mark that spreadsheets put before the first byte.
"""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Protocol

from services.command.records.faults import Fault, RecordsError, unknown_word
from services.command.records.kinds import Kind
from services.command.records.models import MODELS, Record
from services.command.records.parts import is_parts
from services.command.records.place import Place, Value
from services.command.records.raw import Found, Raw

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
    writer.writerows({name: _cell(value) for name, value in one.whole().items()} for one in records)
    return sheet.getvalue()


def _found(sheet: _Sheet, kind: Kind, file: str) -> Found:
    names = _trimmed(next(sheet, []))
    found = Found(faults=list(_of_heads(names, kind, file)))
    known = MODELS[kind].model_fields
    line = sheet.line_num + 1
    for row in sheet:
        place, cells = Place(file, line), _trimmed(row)
        line = sheet.line_num + 1
        if len(cells) > len(names):
            said = "plus de cellules que de colonnes : entourez de guillemets un texte à « ; »"
            found.faults.append(Fault("", said, place.of("")))
        elif cells:
            values = {name: cell for name, cell in _pairs(names, cells) if name in known}
            found.faults.extend(_of_documents(values, kind, place))
            found.raw.append(Raw(kind, _values(values, kind), place))
    return found


def _of_heads(names: Sequence[str], kind: Kind, file: str) -> Iterator[Fault]:
    """What is wrong with the names of the columns: told once, not once for each row."""
    place = Place(file, 1).of("")
    known = MODELS[kind].model_fields
    for name in sorted({*names} - {*known}):
        yield unknown_word(name, place) if name else Fault("", "une colonne n'a pas de nom", place)
    if len(set(names)) < len(names):
        yield Fault("", "une colonne est nommée deux fois : gardez-en une", place)


def _pairs(names: Sequence[str], cells: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each column of a row; the cells that are missing at its end are empty."""
    return zip_longest(names, cells, fillvalue="")


def _trimmed(cells: Sequence[str]) -> list[str]:
    """Cells without the spaces around them, nor the empty ones that spreadsheets add at the end."""
    trimmed = [cell.strip() for cell in cells]
    while trimmed and trimmed[-1] == "":
        trimmed.pop()
    return trimmed


def _values(cells: dict[str, str], kind: Kind) -> dict[str, Value]:
    return {name: _value(name, cell, kind) for name, cell in cells.items()}


def _value(name: str, cell: str, kind: Kind) -> Value:
    if name in MODELS[kind].documents:
        return _document(cell) or ""
    return _words(cell) if name in MODELS[kind].lists else cell


def _of_documents(cells: dict[str, str], kind: Kind, place: Place) -> Iterator[Fault]:
    said = "illisible : recopiez la cellule d'un export, ou passez par YAML"
    for name in MODELS[kind].documents.keys() & {*cells}:
        if _document(cells[name]) is None:
            yield Fault(name, said, place.of(name))


def _document(cell: str) -> Value | None:
    """What has fields of its own, or several of them, stands in its cell as one line of JSON."""
    try:
        content = json.loads(cell or "{}")
    except (ValueError, RecursionError):
        return None
    several = is_parts(content) or content == []
    return content if isinstance(content, dict) or several else None


def _words(cell: str) -> list[str]:
    return [word.strip() for word in cell.split(_BETWEEN_WORDS) if word.strip()]


def _cell(value: object) -> str:
    if isinstance(value, dict) or is_parts(value):
        return json.dumps(value, ensure_ascii=False)
    return _BETWEEN_WORDS.join(value) if isinstance(value, list) else str(value)
