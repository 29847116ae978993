"""`berceau habilitation check` and `berceau habilitation dossier`."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.command.records import options as o

if TYPE_CHECKING:
    from services.command.habilitation.checks import Finding, Standing
    from services.command.habilitation.reading import Opened
    from services.command.records.desk import Desk

_TO_DO = 1
_Some = Annotated[str | None, typer.Argument(help="Code ; sans lui, toutes les habilitations.")]
_Online = Annotated[
    bool, typer.Option(help="Demande aussi à API Particulier ce qu'ouvre chaque jeton.")
]
_Output = Annotated[
    Path | None, typer.Option(help="Dossier où écrire ; sinon, la sortie standard.")
]


def check(code: _Some = None, *, online: _Online = False, as_json: o.AsJson = False) -> None:
    """Dit ce qui manque à une habilitation ou prend bientôt fin ; sort en 1 s'il y a à faire."""
    from services.command.habilitation.checks import findings  # noqa: PLC0415 -- quick help
    from services.command.habilitation.reading import read  # noqa: PLC0415 -- idem
    from services.command.records.desk import at_desk  # noqa: PLC0415 -- idem

    with at_desk() as desk:
        opened = list(read(desk.connection, desk.ring(), code))
    standings = _asked(opened, desk) if online else [one.standing for one in opened]
    found = [finding for one in standings for finding in findings(one, desk.hand.at)]
    if as_json:
        typer.echo(json.dumps([one.plain() for one in found], ensure_ascii=False))
    else:
        _tell(standings, found)
    if found:
        raise typer.Exit(_TO_DO)


def dossier(code: o.Code, *, output: _Output = None) -> None:
    """Écrit les textes d'une demande d'habilitation, à recopier dans DataPass."""
    from services.command.habilitation import lacks, texts  # noqa: PLC0415 -- quick help
    from services.command.habilitation.reading import find  # noqa: PLC0415 -- idem
    from services.command.records.desk import at_desk, give_up  # noqa: PLC0415 -- idem

    with at_desk() as desk:
        right, authority = find(desk.connection, code)
    missing = lacks.of_request(right, authority.siret)
    if missing:
        told = (f"  {one}." for one in missing)
        give_up(f"Le dossier de « {code} » n'est pas complet :", *told, code=_TO_DO)
    _write(texts.write(right, authority), output, code)


def _asked(opened: "Sequence[Opened]", desk: "Desk") -> "Sequence[Standing]":
    """With what the State says of their tokens; the record is closed meanwhile."""
    from services.command.habilitation.introspection import State  # noqa: PLC0415 -- quick help
    from services.command.records.desk import give_up  # noqa: PLC0415 -- idem
    from shared.errors import SettingsError  # noqa: PLC0415 -- idem

    try:
        return State(desk.settings).ask(opened)
    except SettingsError as unread:
        give_up(f"Réglages incomplets : {unread}")


def _tell(standings: "Sequence[Standing]", found: "Sequence[Finding]") -> None:
    from services.command.records.desk import say  # noqa: PLC0415 -- quick help

    for standing in standings:
        code = standing.right.code
        own = [one for one in found if one.habilitation == code]
        typer.echo(f"Habilitation « {code} » : {'' if own else 'rien à faire.'}".rstrip())
        for one in own:
            typer.echo(f"  {_MARKS[one.gravity]} {one.what}.")
    if not standings:
        say("Aucune habilitation : « berceau habilitation create ».")


_MARKS = {"stops": "✗", "missing": "!", "soon": "!"}


def _write(text: str, output: Path | None, code: str) -> None:
    from services.command.records.desk import give_up, say  # noqa: PLC0415 -- quick help
    from services.command.records.faults import why  # noqa: PLC0415 -- idem

    if output is None:
        typer.echo(text, nl=False)
        return
    path = output / f"{code}.md"
    try:
        output.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    except OSError as refused:
        give_up(f"« {path} » ne peut pas être écrit ({why(refused)}).")
    say(f"Dossier écrit : {path}")
