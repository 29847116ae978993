"""`berceau export`. What costs time is imported when it is asked for: `--help` stays quick."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.command.export.formats import Format
from services.command.records import options as o

if TYPE_CHECKING:
    from shared.exporting import Days

app = typer.Typer(help="Exports vers le logiciel métier et la régie.", no_args_is_help=True)


@app.callback()
def _export() -> None:
    """Exports vers le logiciel métier et la régie."""


def _day(text: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC).date()
    except ValueError:
        raise typer.BadParameter(
            f"« {text} » n'est pas une date : écrivez AAAA-MM-JJ, par exemple 2026-09-01."
        ) from None


_Output = Annotated[
    Path, typer.Option(help="Fichier, lisible par vous seul ; celui d'avant est remplacé.")
]
_On = Annotated[
    date | None, typer.Option(parser=_day, metavar="AAAA-MM-JJ", help="Ce qui vaut ce jour-là.")
]
_From = Annotated[
    date | None,
    typer.Option("--from", parser=_day, metavar="AAAA-MM-JJ", help="Ce qui vaut de ce jour…"),
]
_To = Annotated[
    date | None,
    typer.Option("--to", parser=_day, metavar="AAAA-MM-JJ", help="… à celui-ci, compris."),
]


@app.command()
def decisions(
    *,
    authority: o.Authority,
    output: _Output,
    structure: Annotated[
        str | None, typer.Option(help="Code d'un établissement ; sans lui, tous.")
    ] = None,
    on: _On = None,
    first: _From = None,
    last: _To = None,
    form: Annotated[Format, typer.Option("--format", help="csv ou json.")] = Format.CSV,
) -> None:
    """Écrit les décisions d'une collectivité : référence, tarif, dates, caisse, régularisation."""
    from services.command.export.exporting import export  # noqa: PLC0415 -- quick help
    from services.command.export.writing import Title  # noqa: PLC0415 -- idem

    export(Title(authority, structure, _days(on, first, last)), form, output)


def _days(on: date | None, first: date | None, last: date | None) -> "Days":
    from shared.exporting import Days  # noqa: PLC0415 -- quick help

    if on is not None and first is None and last is None:
        return Days(on, on)
    if on is not None or first is None or last is None:
        raise typer.BadParameter("Donnez --on, ou bien --from et --to.")
    if last < first:
        raise typer.BadParameter("--to est avant --from : donnez le dernier jour, compris.")
    return Days(first, last)
