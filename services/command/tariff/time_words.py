"""The words of `berceau tariff time`; what it does, `timing`, is imported when asked for."""

from typing import Annotated

import typer

from services.command.tariff import options
from shared.money import Money


def billed_time(
    *,
    minutes: Annotated[
        int, typer.Option(min=0, max=44_640, help="Minutes de dépassement, ou de présence.")
    ],
    block: Annotated[
        int | None, typer.Option(min=1, max=1_440, help="Minutes d'un bloc entamé ; sinon 30.")
    ] = None,
    grace: Annotated[
        int | None, typer.Option(min=0, max=1_440, help="Minutes de tolérance ; sinon aucune.")
    ] = None,
    grace_each_block: Annotated[
        bool, typer.Option("--grace-each-block", help="La tolérance vaut pour chaque bloc.")
    ] = False,
    package: Annotated[
        list[int] | None, typer.Option(metavar="MINUTES", help="Ou un forfait ; répétable.")
    ] = None,
    hourly: Annotated[
        Money | None,
        typer.Option(parser=options.euros, metavar="EUROS", help="Prix d'une heure : 3.47."),
    ] = None,
    as_json: options.AsJson = False,
) -> None:
    """Compte le temps facturé d'un dépassement, par blocs, ou d'une présence, par forfaits."""
    from services.command.tariff.timing import told, within_rule  # noqa: PLC0415 -- quick help

    billed = within_rule(
        minutes, block=block, grace=grace, each_block=grace_each_block, packages=package or ()
    )
    typer.echo(told(minutes, billed, hourly=hourly, as_json=as_json))
