"""`berceau decision`: print the letter of a decision, or the rules that it applied.

What costs time is imported when it is asked for, so that `berceau --help` stays quick.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from services.command.decision.formats import Format
from shared.errors import BerceauError

if TYPE_CHECKING:
    from services.command.decision.drawer import Drawer
    from services.tariff.explanation.paper import Paper

_MISSING = 1
_WRONG = 2
_NO_RECORD = "PostgreSQL ne répond pas, ou n'a pas encore ses tables : voir « berceau doctor »."

app = typer.Typer(help="Décisions : imprimer une lettre, les règles appliquées.")


References = Annotated[
    list[str], typer.Argument(metavar="RÉFÉRENCE…", help="Dossiers ; un foyer, une lettre.")
]
Version = Annotated[
    int | None, typer.Option(min=1, help="Version ; sans elle, celle en vigueur (un dossier).")
]
Chosen = Annotated[Format, typer.Option("--format", help="pdf, html ou json.")]
Output = Annotated[
    Path | None,
    typer.Option(help="Fichier, ou dossier qui existe : une lettre par foyer y est écrite."),
]


@app.callback()
def _decision() -> None:
    """Décisions : imprimer une lettre, les règles appliquées."""


@app.command()
def letter(
    references: References,
    *,
    version: Version = None,
    form: Chosen = Format.PDF,
    output: Output = None,
) -> None:
    """Imprime la lettre d'une décision ; plusieurs dossiers d'un foyer en font une seule."""
    from services.command.decision.writing import letters  # noqa: PLC0415 -- quick help

    if version is not None and len(references) > 1:
        _give_up("--version ne vaut que pour un dossier : donnez une seule référence.")
    with _drawer() as drawer:
        papers = letters([drawer.find(reference, version) for reference in references])
    _write(papers, form, output)


@app.command()
def rules(
    reference: Annotated[str, typer.Argument(metavar="RÉFÉRENCE", help="Dossier.")],
    *,
    version: Version = None,
    form: Chosen = Format.PDF,
    output: Output = None,
) -> None:
    """Imprime les règles appliquées à un dossier (article R. 311-3-1-2 du CRPA)."""
    from services.command.decision.writing import applied  # noqa: PLC0415 -- quick help

    with _drawer() as drawer:
        papers = applied(drawer.find(reference, version))
    _write(papers, form, output)


@contextmanager
def _drawer() -> "Iterator[Drawer]":
    """The record, open; what cannot be found or told ends the command in a word."""
    from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415 -- quick help

    from services.command.decision.drawer import NotToldError, open_drawer  # noqa: PLC0415 -- idem
    from services.command.status import settings_or_exit  # noqa: PLC0415 -- idem

    try:
        with open_drawer(settings_or_exit(), lambda: datetime.now(UTC)) as drawer:
            yield drawer
    except NotToldError as untold:
        _give_up(str(untold), code=_MISSING)
    except BerceauError as wrong:
        _give_up(str(wrong))
    except SQLAlchemyError:
        _give_up(_NO_RECORD)


def _write(papers: "dict[str, Paper]", form: Format, output: Path | None) -> None:
    from services.command.decision.writing import rendered, written  # noqa: PLC0415 -- quick help

    for name, paper in papers.items():
        for lack in paper.lacks:
            typer.echo(f"{name} : il manque {lack}.", err=True)
    if output is None:
        if len(papers) > 1:
            _give_up(f"Ces dossiers font {len(papers)} lettres : donnez un dossier par --output.")
        if form is Format.PDF and sys.stdout.isatty():
            _give_up("Un écran ne montre pas un PDF : donnez un fichier par --output.")
        [paper] = papers.values()
        typer.get_binary_stream("stdout").write(rendered(paper, form))
        return
    try:
        for file in written(papers, form, output):
            typer.echo(str(file), err=True)
    except OSError as refused:
        _give_up(f"{output} : {refused.strerror}.")
    except BerceauError as wrong:
        _give_up(str(wrong))


def _give_up(sentence: str, *, code: int = _WRONG) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(code)
