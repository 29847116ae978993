"""`berceau migrate`: the tables of this version, of an earlier one, or of the one before."""

from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from services.command.status import settings_or_exit

if TYPE_CHECKING:
    from shared.settings import Settings
    from shared.store.migrating import Migrated

_UNABLE = 2


def migrate(
    *,
    to: Annotated[
        str | None, typer.Option(metavar="MIGRATION", help="S'arrêter à cette migration.")
    ] = None,
    down_to: Annotated[
        str | None, typer.Option(metavar="MIGRATION", help="Revenir en arrière, à celle-ci.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Revenir en arrière sans confirmer.")] = False,
) -> None:
    """Met la base de données au niveau de cette version (BERCEAU_OWNER_DATABASE_URL)."""
    from sqlalchemy.exc import OperationalError  # noqa: PLC0415 -- quick help

    from shared.errors import MigrationError  # noqa: PLC0415 -- idem

    settings = settings_or_exit()
    owner_url = _owner_url(settings)
    if to is not None and down_to is not None:
        _give_up("Choisissez : --to pour avancer, ou --down-to pour revenir en arrière.")
    try:
        if down_to is None:
            _up(settings, owner_url, to)
        else:
            _down(owner_url, down_to, sure=yes)
    except MigrationError as refused:
        _give_up(str(refused))
    except OperationalError:
        _give_up("PostgreSQL ne répond pas, ou refuse la propriétaire des tables.")


def _up(settings: "Settings", owner_url: str, to: str | None) -> None:
    from shared.store.migrating import HEAD, migrate  # noqa: PLC0415 -- quick help

    console = settings.console_database_url
    done = migrate(
        owner_url,
        service_url=settings.database_url.get_secret_value(),
        console_url=None if console is None else console.get_secret_value(),
        to=to or HEAD,
    )
    typer.echo(_told(done))


def _down(owner_url: str, to: str, *, sure: bool) -> None:
    from shared.store.migrating import take_down  # noqa: PLC0415 -- quick help

    if not sure:
        typer.confirm(
            f"Revenir à la migration {to} ? Rien de ce qui a été saisi n'est perdu, "
            "mais cette version ne pourra plus travailler sur la base",
            abort=True,
        )
    done = take_down(owner_url, to=to)
    typer.echo(f"La base est revenue de la migration {done.before.current} à {done.after.current}.")


def _told(done: "Migrated") -> str:
    before, after = done.before.current, done.after
    if after.ahead:
        return (
            f"La base est à la migration {after.current}, plus récente que cette version "
            f"({after.wanted}), qui peut travailler dessus : rien à faire."
        )
    since = (
        "elle y était déjà" if before == after.current else f"depuis {before or 'une base vide'}"
    )
    if after.fit:
        return f"La base est à jour : migration {after.current}, {since}."
    return (
        f"La base est à la migration {after.current}, {since} ; cette version attend "
        f"{after.wanted}."
    )


def _owner_url(settings: "Settings") -> str:
    if settings.owner_database_url is None:
        _give_up("Réglages incomplets : BERCEAU_OWNER_DATABASE_URL, la propriétaire des tables.")
    return settings.owner_database_url.get_secret_value()


def _give_up(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(_UNABLE)
