"""Records on disk: one YAML page for all, or a folder of CSV sheets, one for each kind."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from services.command.records import csv_text, yaml_text
from services.command.records.faults import Fault, RecordsError
from services.command.records.kinds import Format, Kind
from services.command.records.models import Record
from services.command.records.raw import Found

_YAML = {".yaml", ".yml"}
_SPREADSHEET = "utf-8-sig"  # with the mark by which spreadsheets know UTF-8


def read(path: Path, kinds: Sequence[Kind]) -> Found:
    """What a page, a sheet or a folder of sheets holds.

    Raises:
        RecordsError: it cannot be read, or holds another kind than these.
    """
    if path.is_dir():
        return _read_folder(path, kinds)
    if path.suffix in _YAML:
        return _of(yaml_text.read(_text(path), file=path.name), kinds)
    if path.suffix != ".csv":
        _refuse(path, "un fichier .yaml, .csv, ou un dossier de fichiers .csv est attendu")
    return csv_text.read(_text(path), _kind_of_sheet(path, kinds), file=path.name)


def write(records: Sequence[Record], form: Format, out: Path | None, kinds: Sequence[Kind]) -> None:
    """Write to `out`, or to stdout without it.

    Raises:
        RecordsError: several kinds as CSV without a folder, or a place that cannot be written to.
    """
    if form is Format.YAML:
        _write(out, yaml_text.write(records), "utf-8")
    elif len(kinds) == 1:
        _write(out, csv_text.write(records, kinds[0]), _SPREADSHEET)
    elif out is None:
        raise RecordsError(Fault("--out", "plusieurs fichiers CSV veulent un dossier : donnez-le"))
    else:
        _write_folder(records, out, kinds)


def _read_folder(folder: Path, kinds: Sequence[Kind]) -> Found:
    sheets = {kind: folder / f"{kind.plural}.csv" for kind in kinds}
    found = {kind: sheet for kind, sheet in sheets.items() if sheet.exists()}
    if not found:
        _refuse(folder, f"aucun fichier {', '.join(sheet.name for sheet in sheets.values())}")
    whole = Found()
    for kind, sheet in found.items():
        one = csv_text.read(_text(sheet), kind, file=sheet.name)
        whole.raw.extend(one.raw)
        whole.faults.extend(one.faults)
    return whole


def _of(found: Found, kinds: Sequence[Kind]) -> Found:
    said = "n'est pas de cette commande : « berceau records import »"
    others = [one for one in found.raw if one.kind not in kinds]
    faults = [Fault(one.kind.plural, said, one.place.of("")) for one in others]
    return Found(found.raw, [*found.faults, *faults])


def _kind_of_sheet(path: Path, kinds: Sequence[Kind]) -> Kind:
    if len(kinds) == 1:
        return kinds[0]
    named = {kind.plural: kind for kind in kinds}
    if path.stem not in named:
        names = ", ".join(f"{name}.csv" for name in named)
        _refuse(path, f"nommez ce fichier selon ce qu'il contient : {names}")
    return named[path.stem]


def _write_folder(records: Sequence[Record], folder: Path, kinds: Sequence[Kind]) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as refused:
        _refuse(folder, f"ne peut pas être un dossier ({refused.strerror})")
    for kind in kinds:
        own = [one for one in records if one.kind_of_record is kind]
        _write(folder / f"{kind.plural}.csv", csv_text.write(own, kind), _SPREADSHEET)


def _text(path: Path) -> str:
    try:
        return path.read_text(_SPREADSHEET)
    except UnicodeDecodeError:
        _refuse(path, "n'est pas en UTF-8 : enregistrez-le en « CSV UTF-8 »")
    except OSError as unread:
        _refuse(path, f"ne peut pas être lu ({unread.strerror})")


def _write(path: Path | None, text: str, encoding: str) -> None:
    if path is None:
        sys.stdout.write(text)
        return
    try:
        path.write_text(text, encoding, newline="")
    except OSError as refused:
        _refuse(path, f"ne peut pas être écrit ({refused.strerror})")


def _refuse(path: Path, said: str) -> NoReturn:
    raise RecordsError(Fault("", said, path.name))
