"""Records in files: one YAML page for all, or a folder of CSV sheets, one for each kind."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NoReturn

from services.command.records import csv_text, source, yaml_text
from services.command.records.faults import Fault, RecordsError, why
from services.command.records.kinds import Format, Kind
from services.command.records.models import Record
from services.command.records.place import Place, Value
from services.command.records.raw import Found

_YAML = {".yaml", ".yml"}
_SHEET = ".csv"
_HIDDEN = (".", "~")  # what editors keep beside an open file
_LONGEST = 4_000_000  # bytes
_SPREADSHEET = "utf-8-sig"  # with the mark by which spreadsheets know UTF-8


def read(path: Path, kinds: Sequence[Kind]) -> Found:
    """What a page, a sheet or a folder of sheets holds; stdin (`-`) holds a page.

    Raises:
        RecordsError: it cannot be read, or holds another kind than these.
    """
    if path == source.STDIN:
        return _of(yaml_text.read(_text(path), file="entrée standard"), kinds)
    if path.is_dir():
        return _read_folder(path, kinds)
    suffix = path.suffix.lower()
    if suffix in _YAML:
        return _of(yaml_text.read(_text(path), file=path.name), kinds)
    if suffix != _SHEET:
        _refuse(path, "un fichier .yaml, .csv, ou un dossier de fichiers .csv est attendu")
    return csv_text.read(_text(path), _kind_of_sheet(path, kinds), file=path.name)


def read_document(path: Path, name: str) -> tuple[Value, Place]:
    """What a page of YAML holds of one field, and where; stdin (`-`) holds one too.

    Raises:
        RecordsError: it cannot be read.
    """
    file = "entrée standard" if path == source.STDIN else path.name
    return yaml_text.document(_text(path), file=file, name=name)


def write(
    records: Sequence[Record], form: Format | None, out: Path | None, kinds: Sequence[Kind]
) -> None:
    """Write to `out`, or to stdout without it; without a form, as the name of `out` has it.

    Raises:
        RecordsError: several kinds as CSV without a folder, or a place that cannot be written to.
    """
    if (form or _form_of(out)) is Format.YAML:
        _write(out, yaml_text.write(records), "utf-8")
    elif len(kinds) == 1:
        _write(out, csv_text.write(records, kinds[0]), _SPREADSHEET)
    elif out is None or out.suffix.lower() == _SHEET:
        raise RecordsError(Fault("--out", "plusieurs fichiers CSV veulent un dossier : donnez-le"))
    else:
        _write_folder(records, out, kinds)


def _form_of(out: Path | None) -> Format:
    """What a file named so is read as."""
    return Format.CSV if out is not None and out.suffix.lower() == _SHEET else Format.YAML


def _read_folder(folder: Path, kinds: Sequence[Kind]) -> Found:
    sheets = {kind: folder / f"{kind.plural}.csv" for kind in kinds}
    found = {kind: sheet for kind, sheet in sheets.items() if sheet.exists()}
    if not found:
        _refuse(folder, f"aucun fichier {', '.join(sheet.name for sheet in sheets.values())}")
    whole = Found(faults=list(_of_strangers(folder)))
    for kind, sheet in found.items():
        one = csv_text.read(_text(sheet), kind, file=sheet.name)
        whole.raw.extend(one.raw)
        whole.faults.extend(one.faults)
    return whole


def _of_strangers(folder: Path) -> Iterator[Fault]:
    """A sheet that no kind has would be left out unseen: its name may be a mistake."""
    known = {f"{kind.plural}.csv" for kind in Kind}
    said = f"nom inconnu : renommez ce fichier ({', '.join(sorted(known))}) ou retirez-le"
    for sheet in sorted(folder.glob("*.[cC][sS][vV]")):
        if sheet.name not in known and not sheet.name.startswith(_HIDDEN):
            yield Fault("", said, sheet.name)


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
        _refuse(folder, f"ne peut pas être un dossier ({why(refused)})")
    for kind in kinds:
        own = [one for one in records if one.kind_of_record is kind]
        _write(folder / f"{kind.plural}.csv", csv_text.write(own, kind), _SPREADSHEET)


def _text(path: Path) -> str:
    try:
        content = source.read(path, _LONGEST)
        if len(content) > _LONGEST:
            _refuse(path, "trop long : partagez-le en plusieurs fichiers")
        return content.decode(_SPREADSHEET)
    except UnicodeDecodeError:
        _refuse(path, "n'est pas en UTF-8 : enregistrez-le en UTF-8 (tableur : « CSV UTF-8 »)")
    except OSError as unread:
        _refuse(path, f"ne peut pas être lu ({why(unread)})")


def _write(path: Path | None, text: str, encoding: str) -> None:
    if path is None:
        sys.stdout.write(text)
        return
    try:
        path.write_text(text, encoding, newline="")
    except OSError as refused:
        _refuse(path, f"ne peut pas être écrit ({why(refused)})")


def _refuse(path: Path, said: str) -> NoReturn:
    raise RecordsError(Fault("", said, path.name or str(path)))
