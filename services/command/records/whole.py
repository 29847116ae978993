"""`berceau records`: the whole set at once, and the journal of what was changed."""

import json
from typing import Annotated

import typer

from services.command.records import options as o
from services.command.records.kinds import Kind

app = typer.Typer(help="Toutes les fiches ensemble, et le journal de leurs changements.")
_BROKEN = 1


@app.callback()
def _records() -> None:
    """Toutes les fiches ensemble, et le journal de leurs changements."""


@app.command("import")
def bring_in(source: o.Source) -> None:
    """Crée et change ce que dit un fichier : tout, ou rien."""
    from services.command.records import verbs  # noqa: PLC0415 -- quick help

    verbs.bring_in(source, *Kind)


@app.command("export")
def put_out(*, form: o.Form = None, out: o.Out = None, as_json: o.AsJson = False) -> None:
    """Écrit toutes les fiches, sans jeton ni clé, pour « import »."""
    from services.command.records import verbs  # noqa: PLC0415 -- quick help

    verbs.put_out(form, out, *Kind, as_json=as_json)


@app.command("journal")
def journal(
    *,
    last: Annotated[int, typer.Option(min=1, max=10_000, help="Combien de lignes.")] = 100,
    as_json: o.AsJson = False,
) -> None:
    """Montre qui a changé quoi, et quand (UTC) ; les dernières lignes, dans l'ordre."""
    from services.command.records import ledger  # noqa: PLC0415 -- quick help
    from services.command.records.desk import at_desk  # noqa: PLC0415 -- idem

    with at_desk() as desk:
        lines = [line.plain() for line in ledger.last(desk.connection, last)]
    if as_json:
        typer.echo(json.dumps(lines, ensure_ascii=False))
    else:
        for line in lines:
            change = json.dumps(line.pop("change"), ensure_ascii=False)
            typer.echo("  ".join(map(str, [*line.values(), change])))


@app.command("verify")
def verify() -> None:
    """Refait la chaîne du journal des fiches ; nomme la première ligne rompue, et sort en 1."""
    from services.command.records import ledger  # noqa: PLC0415 -- quick help
    from services.command.records.changes import follow  # noqa: PLC0415 -- idem
    from services.command.records.desk import at_desk, give_up  # noqa: PLC0415 -- idem

    with at_desk() as desk:
        head, broken = follow(ledger.read(desk.connection))
    if broken is not None:
        give_up(f"Journal rompu : la ligne {broken} ne suit pas celle d'avant.", code=_BROKEN)
    typer.echo(f"Journal intact : {head.sequence} lignes, empreinte {head.hash.hex() or 'aucune'}.")
