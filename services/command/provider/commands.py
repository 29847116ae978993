"""`berceau provider`: try one call, see how calls stand.

What costs time is imported when it is asked for, so that `berceau --help` stays quick.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from shared.errors import BerceauError, SettingsError
from shared.settings import Settings, read_settings

if TYPE_CHECKING:
    from services.command.provider.identity import Identity
    from services.command.provider.telling import Told
    from services.command.provider.trial import Endpoint, Tried, Way

_WRONG = 2
_FIRST_RETRY_S = 10.0
_NO_RECORD = "PostgreSQL ne répond pas, ou n'a pas encore ses tables : voir « berceau doctor »."

app = typer.Typer(help="Services de l'État : essayer un appel, voir où en sont les appels.")


@app.callback()
def _provider() -> None:
    """Services de l'État : essayer un appel, voir où en sont les appels."""


@app.command("try")
def try_(
    *,
    endpoint: Annotated[str, typer.Option(help="eaje, qf ou tax.")],
    identity: Annotated[
        Path, typer.Option(help="Identité (JSON) ; ce qui n'y est pas n'est pas envoyé.")
    ],
    base_url: Annotated[
        str | None, typer.Option(help="Adresse du service, à donner avec le fichier d'un jeton.")
    ] = None,
    token_file: Annotated[
        Path | None, typer.Option(help="Fichier du jeton, envoyé tel quel.")
    ] = None,
    recipient: Annotated[
        str | None,
        typer.Option(help="SIRET du destinataire ; sinon celui des exemples de l'État."),
    ] = None,
    habilitation: Annotated[
        str | None, typer.Option(help="Code d'une habilitation, à la place d'un jeton.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Un objet JSON.")] = False,
) -> None:
    """Fait un appel comme le vérificateur, et dit ce qui en adviendrait. Montre des données."""
    try:
        wanted, person = _wanted(endpoint, identity)
        settings = _settings_if_any()
        way = _way(wanted, settings, (base_url, token_file, recipient), habilitation)
        told = _told(wanted, person, way, settings)
    except BerceauError as wrong:
        _give_up(str(wrong))
    typer.echo(told.as_json() if as_json else told.as_text())


def _wanted(endpoint: str, file: Path) -> "tuple[Endpoint, Identity]":
    from services.command.provider.identity import read_identity  # noqa: PLC0415 -- quick help
    from services.command.provider.trial import Endpoint  # noqa: PLC0415 -- idem

    if endpoint not in set(Endpoint):
        _give_up(f"--endpoint : « {endpoint} » : donnez eaje, qf ou tax.")
    person = read_identity(file)
    if endpoint == Endpoint.TAX and person.spi is None:
        _give_up(f"{file} : « spi » : manque ; c'est par lui que la DGFiP est interrogée.")
    return Endpoint(endpoint), person


def _way(
    endpoint: "Endpoint",
    settings: Settings | None,
    by_hand: tuple[str | None, Path | None, str | None],
    habilitation: str | None,
) -> "Way":
    from services.command.provider.ways import ByHand, by_habilitation  # noqa: PLC0415 -- quick

    base_url, token_file, recipient = by_hand
    if habilitation is None:
        if base_url is None or token_file is None:
            _give_up("Donnez --base-url et --token-file, ou --habilitation.")
        return ByHand(base_url, token_file, recipient).way()
    if base_url is not None or token_file is not None or recipient is not None:
        _give_up("--habilitation a son adresse, son jeton et son destinataire : donnez-la seule.")
    from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415 -- quick help

    try:
        return by_habilitation(settings or read_settings(), habilitation, endpoint)
    except SQLAlchemyError:
        _give_up(_NO_RECORD)


def _told(
    endpoint: "Endpoint", person: "Identity", way: "Way", settings: Settings | None
) -> "Told":
    import asyncio  # noqa: PLC0415 -- quick help

    from services.command.provider.telling import Told  # noqa: PLC0415 -- idem
    from services.command.provider.trial import SOURCES  # noqa: PLC0415 -- idem

    first_retry = settings.provider_first_retry_s if settings else _FIRST_RETRY_S
    tried = asyncio.run(_call(endpoint, person, way, settings))
    now, again = datetime.now(UTC), timedelta(seconds=first_retry)
    return Told(tried, SOURCES[endpoint], now, first_retry=again)


async def _call(
    endpoint: "Endpoint", person: "Identity", way: "Way", settings: Settings | None
) -> "Tried":
    from services.command.provider.trial import tried  # noqa: PLC0415 -- quick help
    from services.command.provider.ways import http_of  # noqa: PLC0415 -- idem

    async with http_of(settings, endpoint) as http:
        return await tried(endpoint, person, way, http)


@app.command()
def status(
    *,
    online: Annotated[
        bool, typer.Option("--online", help="Demander aussi à l'État comment vont ses services.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Un objet JSON.")] = False,
) -> None:
    """Montre jetons, quotas, arrêts et maintenances ; sans Redis, dit ce qu'il ne sait pas."""
    from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415 -- quick help

    from services.command.provider.pings import said_of_endpoints  # noqa: PLC0415 -- idem
    from services.command.provider.standing import read_standing  # noqa: PLC0415 -- idem

    try:
        settings = read_settings()
        standing = read_standing(settings, datetime.now(UTC))
        if online:
            standing = standing.with_said(said_of_endpoints(settings))
    except SettingsError as missing:
        _give_up(f"Réglages incomplets : {missing}")
    except SQLAlchemyError:
        _give_up(_NO_RECORD)
    typer.echo(standing.as_json() if as_json else standing.as_text())


def _settings_if_any() -> Settings | None:
    """The settings of a machine that runs Berceau; None elsewhere."""
    try:
        return read_settings()
    except SettingsError:
        return None


def _give_up(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(_WRONG)
