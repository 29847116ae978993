"""`berceau demo` and `berceau up`: the whole of Berceau on this machine, on invented families."""

from pathlib import Path
from typing import Annotated

import typer

_MOST = 20_000


def demo(
    *,
    applications: Annotated[int, typer.Option(min=1, max=_MOST, help="Nombre de familles.")] = 200,
    seed: Annotated[int, typer.Option(help="Graine des familles inventées.")] = 7,
    as_json: Annotated[
        bool, typer.Option("--json", help="Terminer par une ligne de JSON, sans mise en page.")
    ] = False,
    picture: Annotated[
        Path | None, typer.Option(help="Écrire aussi l'image de cette sortie (SVG).")
    ] = None,
) -> None:
    """Inscrit des familles inventées et montre les décisions, sur le vrai moteur."""
    from services.command.demo.play import play  # noqa: PLC0415 -- `--help` stays quick

    raise typer.Exit(play(applications=applications, seed=seed, as_json=as_json, picture=picture))


def up(
    *,
    applications: Annotated[
        int, typer.Option(min=1, max=_MOST, help="Familles connues du simulateur.")
    ] = 200,
    seed: Annotated[int, typer.Option(help="Graine des familles inventées.")] = 7,
) -> None:
    """Fait tourner le tout, page des exploitants comprise, jusqu'à Ctrl-C ; les données restent."""
    from services.command.demo.stay import stay  # noqa: PLC0415 -- `--help` stays quick

    raise typer.Exit(stay(applications=applications, seed=seed))
