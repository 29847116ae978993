"""`berceau status`: what is due, since when, who holds it, and why the rest waits."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Annotated, NoReturn

import typer

from shared.errors import SettingsError
from shared.settings import Settings, read_settings
from shared.watching.figures import Snapshot

_EVERY_S = 2.0
_REDIS_PATIENCE_S = 2.0
_UNREADABLE = 2


def status(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Une ligne de JSON.")] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Recommencer toutes les 2 s, jusqu'à Ctrl-C.")
    ] = False,
) -> None:
    """Montre les files, les états et ce qui ne va pas."""
    with _reading(settings_or_exit()) as read:
        if as_json:
            from shared.watching.plain import snapshot_json  # noqa: PLC0415 -- `--help` stays quick

            typer.echo(snapshot_json(_read_or_exit(read)))
        elif watch:
            _follow(read)
        else:
            from rich.console import Console  # noqa: PLC0415 -- idem

            from services.command.screen import screen  # noqa: PLC0415 -- idem

            Console().print(screen(_read_or_exit(read)))


def settings_or_exit() -> Settings:
    """The settings, or a French word on what they lack and exit code 2."""
    try:
        return read_settings()
    except SettingsError as missing:
        _give_up(f"Réglages incomplets : {missing}")


@contextmanager
def _reading(settings: Settings) -> Iterator[Callable[[], Snapshot]]:
    from shared.queue.broker import open_redis  # noqa: PLC0415 -- `--help` stays quick
    from shared.store.engine import open_engine  # noqa: PLC0415 -- idem
    from shared.watching.reading import read_snapshot  # noqa: PLC0415 -- idem

    engine = open_engine(settings.database_url.get_secret_value(), name="status", connections=1)
    client = open_redis(settings.redis_url.get_secret_value(), timeout_s=_REDIS_PATIENCE_S)
    namespace, window = settings.redis_namespace, settings.ring_window
    try:
        yield partial(read_snapshot, engine, client, namespace=namespace, window=window)
    finally:
        engine.dispose()
        client.close()


def _follow(read: Callable[[], Snapshot]) -> None:
    from rich.live import Live  # noqa: PLC0415 -- `--help` stays quick

    from services.command.screen import screen  # noqa: PLC0415 -- idem

    try:
        with Live(screen(_read_or_exit(read)), auto_refresh=False, screen=True) as live:
            while True:
                time.sleep(_EVERY_S)
                live.update(screen(_read_or_exit(read)), refresh=True)
    except KeyboardInterrupt:
        return


def _read_or_exit(read: Callable[[], Snapshot]) -> Snapshot:
    from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415 -- `--help` stays quick

    try:
        return read()
    except SQLAlchemyError:
        _give_up(
            "PostgreSQL ne répond pas, ou n'a pas encore ses tables : voir « berceau doctor ». "
            "Rien n'est perdu : les services reprennent dès son retour."
        )


def _give_up(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(_UNREADABLE)
