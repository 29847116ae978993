"""`berceau keys`, `journal`: what keeps an installation whole."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from services.command.status import settings_or_exit

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from shared.protocol.seals import SealKey
    from shared.settings import Settings

keys = typer.Typer(help="Clés de scellement.", no_args_is_help=True)
journal = typer.Typer(help="Journal des décisions : sceller, vérifier.", no_args_is_help=True)
_BROKEN = 1
_UNABLE = 2


@keys.callback()
def _keys() -> None:
    """Clés de scellement."""


@keys.command("new")
def new_key_ring(
    file: Annotated[Path, typer.Argument(help="Où écrire le trousseau (jamais écrasé).")],
    *,
    name: Annotated[str, typer.Option(help="Nom de la première clé.")] = "first",
) -> None:
    """Écrit un trousseau neuf, lisible par vous seul. Sans lui, rien de scellé ne se rouvre."""
    from shared.sealing import KeyRing  # noqa: PLC0415 -- quick help

    try:
        KeyRing.new(name).write(file)
    except FileExistsError:
        _give_up(f"{file} existe déjà : il n'est pas touché.")
    except OSError as refused:
        _give_up(f"{file} ne peut pas être écrit : {refused.strerror}.")
    typer.echo(f"Trousseau écrit : {file}. Gardez-en une copie hors de cette machine.")


@keys.command("index")
def new_index_key(
    file: Annotated[Path, typer.Argument(help="Où écrire la clé de l'index (jamais écrasée).")],
    *,
    renewing: Annotated[
        Path | None,
        typer.Option("--from", help="Une clé d'avant, qui trouve encore : la renouveler."),
    ] = None,
) -> None:
    """Écrit une clé d'index des noms, lisible par vous seul ; « berceau ops index » s'en sert."""
    from shared.blind_names import IndexKeys  # noqa: PLC0415 -- quick help
    from shared.errors import SettingsError  # noqa: PLC0415 -- idem

    try:
        keys = IndexKeys.new() if renewing is None else IndexKeys.read(renewing).renewed()
        keys.write(file)
    except SettingsError as unread:
        _give_up(f"{renewing} : {unread}")
    except FileExistsError:
        _give_up(f"{file} existe déjà : il n'est pas touché.")
    except OSError as refused:
        _give_up(f"{file} ne peut pas être écrit : {refused.strerror}.")
    typer.echo(f"Clé n° {keys.current} écrite : {file} (BERCEAU_INDEX_KEY_FILE), hors de la base.")
    typer.echo("Puis, une fois tous les guichets relancés avec elle : « berceau ops index ».")


@journal.callback()
def _journal() -> None:
    """Journal des décisions : sceller, vérifier."""


@journal.command("key")
def new_seal_key(
    file: Annotated[Path, typer.Argument(help="Où écrire la clé (jamais écrasée).")],
) -> None:
    """Écrit une clé de scellement neuve, lisible par vous seul, et montre sa clé publique."""
    from shared.protocol.seals import SealKey, public_text  # noqa: PLC0415 -- quick help

    key = SealKey.new()
    try:
        key.write(file)
    except FileExistsError:
        _give_up(f"{file} existe déjà : il n'est pas touché.")
    except OSError as refused:
        _give_up(f"{file} ne peut pas être écrit : {refused.strerror}.")
    typer.echo(f"Clé écrite : {file} (BERCEAU_SEAL_KEY_FILE), à garder hors de la base de données.")
    typer.echo(f"Clé publique, à remettre à qui vérifiera : {public_text(key.public)}")


def _day(text: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC).date()
    except ValueError:
        raise typer.BadParameter(f"« {text} » n'est pas une date : écrivez AAAA-MM-JJ.") from None


@journal.command("seal")
def seal(
    *,
    day: Annotated[
        date | None,
        typer.Option(parser=_day, metavar="AAAA-MM-JJ", help="S'arrêter à ce jour, compris."),
    ] = None,
) -> None:
    """Scelle les jours passés (UTC) qui ne le sont pas. Le planificateur le fait chaque nuit."""
    from services.command.journal_words import day_of_seal  # noqa: PLC0415 -- quick help
    from shared.protocol.sealing_days import last_settled_day, seal_due  # noqa: PLC0415 -- idem

    settings = settings_or_exit()
    key = _seal_key(settings)
    with _record(settings) as engine:
        last = last_settled_day(engine)
        if day is not None and day > last:
            _give_up(f"Le {day:%d/%m/%Y} ne peut pas encore être scellé : au plus {last:%d/%m/%Y}.")
        sealed = 0
        for one in seal_due(engine, key, until=day):
            sealed += 1
            typer.echo(day_of_seal(one.day, one.heads, one.root))
    if not sealed:
        typer.echo("Rien à sceller : chaque jour passé l'est déjà, ou le journal est vide.")


def _public_key(text: str) -> bytes:
    from shared.protocol.seals import read_public  # noqa: PLC0415 -- quick help

    try:
        return read_public(text)
    except ValueError:
        raise typer.BadParameter(
            f"« {text} » n'est pas une clé publique : 32 octets en base64, comme les montre "
            "« berceau journal key »."
        ) from None


@journal.command("verify")
def verify(
    *,
    reference: Annotated[
        str | None, typer.Option(metavar="RÉFÉRENCE", help="Un seul dossier, sans les sceaux.")
    ] = None,
    public_key: Annotated[
        list[bytes] | None,
        typer.Option(parser=_public_key, metavar="CLÉ", help="Clé qui a pu signer ; répétable."),
    ] = None,
) -> None:
    """Refait chaque chaîne et chaque sceau, nomme ce qui diffère ; sort en 1 s'il y en a."""
    settings = settings_or_exit()
    with _record(settings) as engine:
        if reference is not None:
            whole = _verify_one(engine, reference)
        else:
            whole = _verify_all(engine, frozenset(public_key or _own_key(settings)))
    if not whole:
        raise typer.Exit(_BROKEN)


def _verify_one(engine: "Engine", reference: str) -> bool:
    from services.command.journal_words import one_line  # noqa: PLC0415 -- quick help
    from shared.watching.auditing import audit_one  # noqa: PLC0415 -- idem

    found = audit_one(engine, reference)
    if found is None:
        _give_up(f"Aucun dossier ne porte la référence {reference}.")
    typer.echo(one_line(found))
    return found.whole


def _verify_all(engine: "Engine", trusted: frozenset[bytes]) -> bool:
    from services.command.journal_words import audit_lines  # noqa: PLC0415 -- quick help
    from shared.watching.auditing import audit  # noqa: PLC0415 -- idem

    found = audit(engine, trusted=trusted)
    for line in audit_lines(found, trusted=trusted):
        typer.echo(line)
    return found.whole


def _own_key(settings: "Settings") -> list[bytes]:
    return [] if settings.seal_key_file is None else [_seal_key(settings).public]


def _seal_key(settings: "Settings") -> "SealKey":
    from shared.errors import SettingsError  # noqa: PLC0415 -- quick help
    from shared.protocol.seals import SealKey  # noqa: PLC0415 -- idem

    if settings.seal_key_file is None:
        _give_up("BERCEAU_SEAL_KEY_FILE manque : la clé qui signe (« berceau journal key »).")
    try:
        return SealKey.read(settings.seal_key_file)
    except SettingsError:
        _give_up(f"{settings.seal_key_file} n'est pas une clé de scellement lisible.")


@contextmanager
def _record(settings: "Settings") -> Iterator["Engine"]:
    """The record; out of reach, a French word and exit code 2."""
    from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415 -- quick help

    from shared.store.engine import open_engine  # noqa: PLC0415 -- idem

    engine = open_engine(settings.database_url.get_secret_value(), name="journal", connections=1)
    try:
        yield engine
    except SQLAlchemyError:
        _give_up("PostgreSQL ne répond pas, ou n'a pas ses tables : voir « berceau doctor ».")
    finally:
        engine.dispose()


def _give_up(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(_UNABLE)
