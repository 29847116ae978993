"""The verbs that every kind of record has: create, change, show, list, import, export."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import typer

from services.command.records import book, files, ledger
from services.command.records.book import Brought
from services.command.records.desk import Desk, at_desk, by_options, give_up, say, telling
from services.command.records.kinds import Format, Kind
from services.command.records.models import MODELS, Record, read
from services.command.records.parts import flat
from services.command.records.place import NO_FILE, Places, Value
from services.command.records.raw import judged
from services.command.records.rules import Asked

_NOT_SHOWN = {"code", "automatic_ground"}  # in the address; too long for a line
Given = Mapping[str, Value | None]


def create(kind: Kind, given: Given, *, token: str | None = None, places: Places = NO_FILE) -> None:
    """Create one record, which does not exist yet; `places` are those of what files gave of it."""
    with at_desk() as desk, by_options(MODELS[kind].lists, places):
        ledger.hold(desk.connection)
        record = read(kind, given)
        if any(record.address == one.address for one in book.read(desk.connection, kind)):
            give_up(f"« {record.address} » existe déjà : voyez « berceau {kind} change ».")
        brought = _bring(desk, [Asked(record)], token)
    _tell(brought, [Asked(record)])


def change(
    kind: Kind, address: str, given: Given, *, token: str | None = None, places: Places = NO_FILE
) -> None:
    """Change the fields that are given; the others stay as they are."""
    with at_desk() as desk, by_options(MODELS[kind].lists, places):
        ledger.hold(desk.connection)
        was = book.find(desk.connection, kind, address).record
        new = {name: value for name, value in given.items() if value not in (None, [])}
        asked = [Asked(read(kind, was.plain() | new))]
        brought = _bring(desk, asked, token)
    _tell(brought, asked)
    if token is not None:
        say(f"Si ses appels sont suspendus : « berceau resume {address} ».")


def show(kind: Kind, address: str, *, as_json: bool) -> None:
    """One record, field by field, or as a line of JSON."""
    with at_desk() as desk:
        record = book.find(desk.connection, kind, address).record
    if as_json:
        typer.echo(_json(record.plain()))
    else:
        values = flat(record.plain())
        typer.echo("\n".join(f"{name} : {cell(value)}" for name, value in values.items()))


def list_all(kind: Kind, *, as_json: bool) -> None:
    """Every record of a kind: a line each, or one line of JSON."""
    with at_desk() as desk:
        records = book.read(desk.connection, kind)
    if as_json:
        typer.echo(_json([one.plain() for one in records]))
    else:
        rows = [[one.address, *_cells(one)] for one in records]
        table([kind.french, *_heads(kind)], rows)


def bring_in(path: Path, *kinds: Kind) -> None:
    """Create and change what a file holds of these kinds, all of it or nothing."""
    with telling():
        found = files.read(path, kinds)
    with at_desk() as desk:
        ledger.hold(desk.connection)
        asked = judged(found, book.read(desk.connection))
        brought = _bring(desk, asked, None)
    _tell(brought, asked)


def put_out(form: Format, out: Path | None, *kinds: Kind, as_json: bool) -> None:
    """Write every record of these kinds, without tokens or keys."""
    if as_json and out is not None:
        give_up("--json s'écrit sur la sortie standard : retirez --out.")
    with at_desk() as desk:
        records = book.read(desk.connection, *kinds)
    if as_json:
        typer.echo(_json({kind.plural: _of(kind, records) for kind in kinds}))
        return
    with telling():
        files.write(records, form, out, kinds)


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Aligned columns, with their names above."""
    lines = [list(heads), *map(list, rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        typer.echo("  ".join(cells).rstrip())


def _bring(desk: Desk, asked: Sequence[Asked], token: str | None) -> Brought:
    given = {} if token is None else {asked[0].record.code: token}
    return book.bring(desk.connection, desk.hand, asked, desk.tokens(given))


def _tell(brought: Brought, asked: Sequence[Asked]) -> None:
    say(*(f"Création : {kind.french} « {address} »." for kind, address in brought.created))
    say(*(f"Changement : {kind.french} « {address} »." for kind, address in brought.changed))
    if not asked:
        say("Aucune fiche ici : rien à changer.")
    elif not brought.created and not brought.changed:
        say("Rien à changer : tout est déjà ainsi.")
    for code in brought.waiting:
        say(
            f"Habilitation « {code} » suspendue jusqu'à son jeton : « berceau habilitation change "
            f"{code} --token-file FICHIER », puis « berceau resume {code} »."
        )
    say(*(f"Attention, {one}" for one in brought.warnings))


def _of(kind: Kind, records: Sequence[Record]) -> list[Mapping[str, object]]:
    return [one.plain() for one in records if one.kind_of_record is kind]


def _json(content: object) -> str:
    return json.dumps(content, ensure_ascii=False)


def _heads(kind: Kind) -> list[str]:
    hidden = _NOT_SHOWN | {*MODELS[kind].documents} | ({"authority"} if kind.within else set())
    return [name for name in MODELS[kind].model_fields if name not in hidden]


def _cells(record: Record) -> list[str]:
    plain = record.plain()
    return [cell(plain.get(name, "")) for name in _heads(record.kind_of_record)]


def cell(value: object) -> str:
    """A value on a line."""
    return " ".join(value) if isinstance(value, list) else str(value)
