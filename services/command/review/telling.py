"""Telling: what came of a command, and how it ends."""

import json
from collections.abc import Mapping
from typing import NoReturn
from uuid import UUID

import typer

from services.command.review.outcomes import Outcome

_REFUSED = 1


def end(outcomes: Mapping[UUID, Outcome], *, as_json: bool, batch: bool = False) -> NoReturn:
    """Say what came of it, a line each; of a batch, those refused and how many were done."""
    ordered = sorted(outcomes.values(), key=lambda one: one.reference)
    if as_json:
        typer.echo(json.dumps([one.plain() for one in ordered], ensure_ascii=False))
    else:
        for one in ordered:
            if one.refused or not batch:
                typer.echo(one.sentence, err=one.refused)
        if batch:
            done = sum(not one.refused for one in ordered)
            typer.echo(f"Validés : {done}. Refusés : {len(ordered) - done}.")
    raise typer.Exit(_REFUSED if any(one.refused for one in ordered) else 0)
