"""`berceau pause` and `berceau resume`: what a person switches off for a while."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from services.command.status import settings_or_exit

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from shared.protocol.operating.switches import Resumed
    from shared.settings import Settings

_UNABLE = 2
_REDIS_PATIENCE_S = 2.0
_What = Annotated[
    str,
    typer.Argument(
        help="« ringing » (la sonnerie), le code d'une habilitation, ou « queue:verify.bulk », "
        "« authority:CODE », « scheme:COLLECTIVITÉ/CODE », « provider:api-particulier », "
        "« endpoint:eaje »."
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
    from services.command.records.desk import login  # noqa: PLC0415 -- quick help
    from shared.protocol.operating import switches  # noqa: PLC0415 -- idem

    until = None if hours is None else datetime.now(UTC) + timedelta(hours=hours)
    with _record(settings_or_exit()) as connection:
        switches.pause(connection, what, until=until, reason=reason, actor=f"command:{login()}")
    typer.echo(f"« {what} » : suspendu.")


def resume(
    what: _What,
    *,
    comment: Annotated[str | None, typer.Option(help="Pourquoi ; pour le journal.")] = None,
) -> None:
    """Lève une suspension, celle d'un jeton refusé ou d'un service en panne comprise."""
    from redis import RedisError  # noqa: PLC0415 -- quick help

    from services.command.records.desk import login  # noqa: PLC0415 -- idem
    from shared.protocol.operating import switches  # noqa: PLC0415 -- idem

    settings = settings_or_exit()
    with _record(settings) as connection:
        resumed = switches.resume(
            connection, what, actor=f"command:{login()}", comment=comment or ""
        )
    try:
        _forget(settings, resumed)
    except RedisError:
        typer.echo("Redis ne répond pas : les appels reprendront à la fin de l'ancienne pause.")
    typer.echo(f"« {what} » : repris.")


@contextmanager
def _record(settings: "Settings") -> Iterator["Connection"]:
    """The record in one transaction; a word on what cannot be done, and exit code 2."""
    from sqlalchemy.exc import OperationalError  # noqa: PLC0415 -- quick help

    from shared.protocol.operating.switch_names import UnknownSwitchError  # noqa: PLC0415 -- idem
    from shared.store.engine import open_engine  # noqa: PLC0415 -- idem

    url = settings.database_url.get_secret_value()
    engine = open_engine(url, name="switches", connections=1)
    try:
        with engine.begin() as connection:
            yield connection
    except OperationalError:
        _give_up("PostgreSQL ne répond pas.")
    except UnknownSwitchError as unknown:
        _give_up(str(unknown))
    finally:
        engine.dispose()


def _forget(settings: "Settings", resumed: "Resumed") -> None:
    """Have Redis forget what it had cached."""
    from shared.queue.broker import open_redis  # noqa: PLC0415 -- quick help
    from shared.queue.forgetting import forget  # noqa: PLC0415 -- idem

    url = settings.redis_url.get_secret_value()
    with open_redis(url, timeout_s=_REDIS_PATIENCE_S) as client:
        forget(
            client,
            namespace=settings.redis_namespace,
            habilitation=resumed.habilitation,
            stops=resumed.stops,
        )


def _give_up(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(_UNABLE)
