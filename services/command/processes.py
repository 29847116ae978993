"""`berceau intake`, `berceau verifier`…: each service, exactly as `python -m services.<name>`."""

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import typer

from shared.errors import SettingsError
from shared.stopping import heeding

_UNSET = 2


@dataclass(frozen=True, slots=True)
class Process:
    """A service that the command can run; `context` is typer's, for those with options."""

    run: Callable[[], None]
    context: dict[str, Any] = field(default_factory=dict)


def _start(name: str) -> None:
    """Run a service in this process; what is missing is said in a word, with exit code 2.

    The image for production has no simulator.
    """
    if find_spec(f"services.{name}") is None:
        typer.echo(f"« {name} » ne fait pas partie de cette installation.", err=True)
        raise typer.Exit(_UNSET)
    try:
        with heeding():
            import_module(f"services.{name}.__main__").main()
    except SettingsError as missing:
        typer.echo(f"Réglages incomplets : {missing}", err=True)
        raise typer.Exit(_UNSET) from None


def _runs(name: str, what: str) -> Callable[[], None]:
    def run() -> None:
        _start(name)

    run.__doc__ = what
    return run


def _runs_with_options(name: str, what: str) -> Callable[[], None]:
    """The service reads its own options: they are left to it, `--help` included."""

    def run() -> None:
        sys.argv = [f"berceau {name}", *sys.argv[2:]]
        _start(name)

    run.__doc__ = what
    return run


_ITS_OWN_OPTIONS = {
    "allow_extra_args": True,
    "ignore_unknown_options": True,
    "help_option_names": [],
}
PROCESSES = {
    "intake": Process(_runs("intake", "Reçoit les demandes des portails familles (HTTP).")),
    "verifier": Process(_runs("verifier", "Demande à l'État les données certifiées.")),
    "notifier": Process(_runs("notifier", "Prévient les portails de chaque changement.")),
    "scheduler": Process(_runs("scheduler", "Sonne ce qui est dû, réveille ce qui attend.")),
    "console": Process(_runs("console", "Sert la console, derrière sa page d'entrée.")),
    "simulator": Process(
        _runs_with_options("simulator", "Répond comme API Particulier, pour essayer."),
        _ITS_OWN_OPTIONS,
    ),
}


def with_tariff(quotes: typer.Typer) -> typer.Typer:
    """`berceau tariff` alone runs the service; with a word, it is about tariffs."""

    def tariff(context: typer.Context) -> None:
        """Calcule les tarifs (service) ; avec une commande : simuler un tarif."""
        if context.invoked_subcommand is None:
            _start("tariff")

    group = typer.Typer(invoke_without_command=True, callback=tariff)
    for command in quotes.registered_commands:
        group.registered_commands.append(command)
    return group
