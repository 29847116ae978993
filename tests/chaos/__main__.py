"""`make chaos`: seeds are tried one after the other; the last line of each is its figures."""

import json
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from services.command.stack.account import unprivileged
from services.command.stack.home import Home
from tests.chaos.experiment import PER_SECOND, Order, run
from tests.chaos.finding import Finding
from tests.chaos.plan import EVERY_S, Kind

_MOST_SHOWN = 20


def main(
    *,
    seconds: Annotated[float, typer.Option(min=5, help="How long faults strike.")] = 60,
    seed: Annotated[int, typer.Option(help="The first seed.")] = 1,
    seeds: Annotated[int, typer.Option(min=1, help="How many seeds in a row.")] = 1,
    per_second: Annotated[float, typer.Option(min=1, help="Families handed in.")] = PER_SECOND,
    every: Annotated[float, typer.Option(min=0.5, help="Seconds from fault to fault.")] = EVERY_S,
    only: Annotated[
        list[Kind] | None, typer.Option(help="Only faults of this kind; may be repeated.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="One line of JSON for each seed.")
    ] = False,
    keep: Annotated[Path | None, typer.Option(help="Keep the stacks' homes here.")] = None,
) -> None:
    """Kill, stop, flush, fill, cut and break whatever can be, under load; then count."""
    indent = None if as_json else 2
    found = [
        _one(Order(nth, seconds, per_second, every, only or tuple(Kind)), keep, indent)
        for nth in range(seed, seed + seeds)
    ]
    raise typer.Exit(0 if all(finding.sound for finding in found) else 1)


def _one(order: Order, keep: Path | None, indent: int | None) -> Finding:
    with tempfile.TemporaryDirectory(prefix="berceau-chaos-") as folder:
        home = Home((keep or Path(folder)) / f"seed-{order.seed}")
        try:
            finding = run(order, home)
        finally:
            if keep is None:
                home.erase(unprivileged())
    for line in (*finding.faults[:_MOST_SHOWN], *finding.slow):
        typer.echo(f"seed {order.seed}: {line}", err=True)
    typer.echo(json.dumps(finding.figures, indent=indent))
    return finding


if __name__ == "__main__":
    app = typer.Typer(pretty_exceptions_enable=False)
    app.command()(main)
    app()
