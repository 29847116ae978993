"""`berceau pause` and `berceau resume`: what a person switches off for a while."""

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, NoReturn
from uuid import UUID

import typer

from services.command.status import settings_or_exit

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from shared.settings import Settings

_UNABLE = 2
_RINGING = "ringing"
_What = Annotated[
    str, typer.Argument(help="« ringing » (la sonnerie), ou le code d'une habilitation.")
]


def pause(
    what: _What,
    *,
    reason: Annotated[str, typer.Option(help="Pourquoi ; se lit dans berceau status.")],
    hours: Annotated[
        float | None, typer.Option(min=0.01, max=8_760, help="Durée ; sans elle, sans fin.")
    ] = None,
) -> None:
    """Suspend la sonnerie, ou les appels d'une habilitation. Rien n'est perdu, tout attend."""
    from shared.protocol.switching import pause as switch_off  # noqa: PLC0415 -- quick help

    until = None if hours is None else datetime.now(UTC) + timedelta(hours=hours)
    with _record(settings_or_exit()) as engine:
        name, _ = _switch(engine, what)
        switch_off(engine, name, until=until, reason=reason, by=f"command:{getpass.getuser()}")
    typer.echo(f"« {what} » : suspendu.")


def resume(what: _What) -> None:
    """Lève une suspension, celle d'un jeton refusé comprise."""
    from redis import RedisError  # noqa: PLC0415 -- quick help

    from shared.protocol.switching import resume as switch_on  # noqa: PLC0415 -- idem

    settings = settings_or_exit()
    with _record(settings) as engine:
        name, habilitation = _switch(engine, what)
        switch_on(engine, name)
    try:
        _forget(settings, habilitation)
    except RedisError:
        typer.echo("Redis ne répond pas : les appels reprendront à la fin de l'ancienne pause.")
    typer.echo(f"« {what} » : repris.")


def _switch(engine: "Engine", what: str) -> tuple[str, UUID | None]:
    """The switch of this name, and the habilitation that it stops, if it is one."""
    from sqlalchemy import select  # noqa: PLC0415 -- quick help
    from sqlalchemy.exc import OperationalError  # noqa: PLC0415 -- idem

    from shared.protocol.switching import habilitation_switch  # noqa: PLC0415 -- idem
    from shared.store.parties import HabilitationRow  # noqa: PLC0415 -- idem

    if what == _RINGING:
        return what, None
    wanted = select(HabilitationRow.id).where(HabilitationRow.code == what)
    try:
        with engine.connect() as connection:
            found = connection.execute(wanted).scalar_one_or_none()
    except OperationalError:
        _give_up("PostgreSQL ne répond pas.")
    if found is None:
        _give_up(f"« {what} » : ni « ringing », ni le code d'une habilitation.")
    return habilitation_switch(found), found


@contextmanager
def _record(settings: "Settings") -> Iterator["Engine"]:
    from shared.store.engine import open_engine  # noqa: PLC0415 -- quick help

    url = settings.database_url.get_secret_value()
    engine = open_engine(url, name="switches", connections=1)
    try:
        yield engine
    finally:
        engine.dispose()


def _forget(settings: "Settings", habilitation: UUID | None) -> None:
    """Have Redis forget a pause that it had cached."""
    from shared.queue.broker import open_redis  # noqa: PLC0415 -- quick help
    from shared.queue.pace import Pace  # noqa: PLC0415 -- idem

    if habilitation is not None:
        with open_redis(settings.redis_url.get_secret_value(), timeout_s=2.0) as client:
            Pace(client, namespace=settings.redis_namespace).resume(habilitation)


def _give_up(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(_UNABLE)
