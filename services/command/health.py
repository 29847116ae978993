"""`berceau health SERVICE`: for whoever watches a process, one line and an exit code.

What serves HTTP is asked itself. What does not (verifier, tariff, notifier, scheduler) says in the
record every two seconds that it lives: the record is asked for one that lives on this host.
"""

import http.client
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from services.command.status import settings_or_exit

if TYPE_CHECKING:
    from shared.settings import Settings

_SICK = 1
_PATIENCE_S = 3.0
_OK = 200
_EVERY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  # where such a listener is asked


class Watched(StrEnum):
    """The services that have a health."""

    INTAKE = "intake"
    VERIFIER = "verifier"
    TARIFF = "tariff"
    NOTIFIER = "notifier"
    SCHEDULER = "scheduler"
    CONSOLE = "console"


def health(
    service: Annotated[Watched, typer.Argument(help="Le service à ausculter, sur cette machine.")],
) -> None:
    """Dit si un service de cette machine est en état ; sort en 1 sinon."""
    trouble = _trouble(service, settings_or_exit())
    if trouble is not None:
        typer.echo(f"{service} : {trouble}", err=True)
        raise typer.Exit(_SICK)
    typer.echo(f"{service} : en état")


def _trouble(service: Watched, settings: "Settings") -> str | None:
    match service:
        case Watched.INTAKE:
            return _asked(settings.intake_host, settings.intake_port, "/readyz")
        case Watched.CONSOLE:
            return _asked(settings.console_host, settings.console_port, "/healthz")
        case _:
            return _recorded(service, settings.database_url.get_secret_value())


def _asked(host: str, port: int, path: str) -> str | None:
    """What its own answer says, without any proxy."""
    host = _EVERY_ADDRESS.get(host, host)
    connection = http.client.HTTPConnection(host, port, timeout=_PATIENCE_S)
    try:
        connection.request("GET", path)
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return f"ne répond pas sur le port {port}"
    finally:
        connection.close()
    return None if status == _OK else f"répond {status} à {path}"


def _recorded(service: Watched, database_url: str) -> str | None:
    """What the record says of it."""
    from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415 -- `--help` stays quick

    from shared.protocol.lives import lives_here  # noqa: PLC0415 -- idem
    from shared.store.engine import open_engine  # noqa: PLC0415 -- idem

    engine = open_engine(database_url, name="health", connections=1)
    try:
        return None if lives_here(engine, service=service) else "aucun processus vivant ici"
    except SQLAlchemyError:
        return "PostgreSQL ne répond pas, ou n'a pas encore ses tables"
    finally:
        engine.dispose()
