"""Reporting: who changes and why, computed from what is sealed, and the letters to send."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import typer

from services.command.campaign import sheet
from services.command.campaign.comparing import Compared
from services.command.campaign.desk import found
from services.command.campaign.report_words import report_lines
from services.command.campaign.tally import Tally
from services.command.campaign.unsealing import compared
from services.command.records.desk import at_desk
from shared.protocol.campaigning import outcomes
from shared.watching.words import number

_EVERY = 500


def report(code: str, csv: Path | None, *, as_json: bool) -> None:
    """Count every member, and write its line when a sheet is wanted."""
    tally = Tally()
    with at_desk() as desk:
        told = found(desk.connection, code)
        with _sheet(csv) as write:
            for one in _watched(compared(desk.connection, told, desk.ring())):
                tally.add(one)
                write(one)
    if as_json:
        typer.echo(json.dumps({"code": code, **tally.plain()}, ensure_ascii=False))
    else:
        typer.echo("\n".join(report_lines(tally)))


def letters(code: str, *, as_json: bool) -> None:
    """The references of the letters to send, one a line."""
    with at_desk() as desk:
        references = outcomes.letters(desk.connection, found(desk.connection, code).id)
        for text in _as_json(references) if as_json else (f"{one}\n" for one in references):
            typer.echo(text, nl=False)


def _as_json(references: Iterable[str]) -> Iterator[str]:
    """A list of JSON, piece by piece, as long as it may be."""
    opening = "["
    for one in references:
        yield f"{opening}{json.dumps(one)}"
        opening = ", "
    yield "]\n" if opening == ", " else "[]\n"


def _sheet(csv: Path | None) -> AbstractContextManager[Callable[[Compared], None]]:
    return nullcontext(lambda _: None) if csv is None else sheet.writing(csv)


def _watched(members: Iterator[Compared]) -> Iterator[Compared]:
    """The same, with progress on a terminal."""
    shown = sys.stderr.isatty()
    read = 0
    for read, one in enumerate(members, start=1):
        yield one
        if shown and read % _EVERY == 0:
            sys.stderr.write(f"\r{number(read)} dossiers lus")
    if shown and read:
        sys.stderr.write(f"\r{number(read)} dossiers lus\n")
