"""`berceau tariff correct`. What costs time is imported when it is asked for."""

from typing import Annotated

import typer

from services.command.records import options as o


def correct(
    *,
    tariff: Annotated[str, typer.Option(help="Barème.")],
    version: Annotated[str, typer.Option(help="Version fautive.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Dit ce qui serait pris, sans rien faire.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Sans demander de confirmation.")] = False,
    as_json: o.AsJson = False,
) -> None:
    """Remplace les décisions qu'a touchées une version fautive, déjà remplacée par une autre."""
    from services.command.campaign.confirming import confirmed  # noqa: PLC0415 -- quick help
    from services.command.campaign.correcting import (  # noqa: PLC0415 -- idem
        Wrong,
        corrected_lines,
    )
    from services.command.campaign.correcting import correct as write  # noqa: PLC0415 -- idem
    from services.command.records.desk import say  # noqa: PLC0415 -- idem

    wrong = Wrong(tariff, version)
    corrected = confirmed(
        lambda desk: write(desk, wrong),
        corrected_lines,
        dry_run=dry_run,
        yes=yes,
        as_json=as_json,
    )
    if corrected is not None:
        say(*(f"Campagne « {code} » lancée." for code in corrected.codes))
