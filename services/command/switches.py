"""`berceau pause` and `berceau resume`: what a person switches off for a while."""

import getpass
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, NoReturn
from uuid import UUID

import typer

from services.command.status import settings_or_exit

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from services.command.switch_names import Named
    from shared.settings import Settings

_UNABLE = 2
_What = Annotated[
    str,
    typer.Argument(
        help="« ringing » (la sonnerie), le code d'une habilitation, ou « queue:verify.bulk », "
        "« authority:CODE », « provider:api-particulier », « endpoint:eaje »."
    ),
]


def pause(
    what: _What,
    *,
    reason: Annotated[str, typer.Option(help="Pourquoi ; se lit dans berceau status.")],
    hours: Annotated[
        float | None, typer.Option(min=0.01, max=8_760, help="Durée ; sans elle, sans fin.")
    ] = None,
) -> None:
    """Suspend la sonnerie, des appels ou une collectivité. Rien n'est perdu, tout attend."""
    from shared.protocol.switching import pause as switch_off  # noqa: PLC0415 -- quick help

    until = None if hours is None else datetime.now(UTC) + timedelta(hours=hours)
    with _record(settings_or_exit()) as engine:
        name = _named(engine, what).switch
        switch_off(engine, name, until=until, reason=reason, by=f"command:{getpass.getuser()}")
    typer.echo(f"« {what} » : suspendu.")


def resume(what: _What) -> None:
    """Lève une suspension, celle d'un jeton refusé ou d'un service en panne comprise."""
    from redis import RedisError  # noqa: PLC0415 -- quick help

    from shared.protocol.switching import resume as switch_on  # noqa: PLC0415 -- idem
    from shared.protocol.switching import resume_all  # noqa: PLC0415 -- idem

    settings = settings_or_exit()
    with _record(settings) as engine:
        named = _named(engine, what)
        switch_on(engine, named.switch)
        stops = [stop for begins in named.stops for stop in resume_all(engine, begins)]
    try:
        _forget(settings, named.habilitation, stops)
    except RedisError:
        typer.echo("Redis ne répond pas : les appels reprendront à la fin de l'ancienne pause.")
    typer.echo(f"« {what} » : repris.")


def _named(engine: "Engine", what: str) -> "Named":
    from sqlalchemy.exc import OperationalError  # noqa: PLC0415 -- quick help

    from services.command.switch_names import UnknownSwitchError, find  # noqa: PLC0415 -- idem

    try:
        with engine.connect() as connection:
            return find(connection, what)
    except OperationalError:
        _give_up("PostgreSQL ne répond pas.")
    except UnknownSwitchError as unknown:
        _give_up(str(unknown))


@contextmanager
def _record(settings: "Settings") -> Iterator["Engine"]:
    from shared.store.engine import open_engine  # noqa: PLC0415 -- quick help

    url = settings.database_url.get_secret_value()
    engine = open_engine(url, name="switches", connections=1)
    try:
        yield engine
    finally:
        engine.dispose()


def _forget(settings: "Settings", habilitation: UUID | None, stops: Sequence[str]) -> None:
    """Have Redis forget what it had cached."""
    from shared.queue.broker import open_redis  # noqa: PLC0415 -- quick help
    from shared.queue.pace import Pace  # noqa: PLC0415 -- idem
    from shared.queue.stops import Stops  # noqa: PLC0415 -- idem

    with open_redis(settings.redis_url.get_secret_value(), timeout_s=2.0) as client:
        Stops(client, namespace=settings.redis_namespace).resume(*stops)
        if habilitation is not None:
            Pace(client, namespace=settings.redis_namespace).resume(habilitation)


def _give_up(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(_UNABLE)
