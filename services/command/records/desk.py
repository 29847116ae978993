"""The desk: what a command on records works with, and how it ends when it cannot.

Exit codes: 2 for what is asked wrongly or cannot be done here, 1 for what does not exist.
"""

import getpass
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NoReturn

import typer
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from services.command.records.book import Hand
from services.command.records.faults import RecordsError, UnknownRecordError
from services.command.records.fields import EAJE
from services.command.records.rules import Rules
from services.command.records.tokens import Tokens
from services.command.status import settings_or_exit
from shared.errors import SettingsError
from shared.sealing import KeyRing
from shared.settings import Settings
from shared.store.engine import open_engine

_MISSING = 1
_WRONG = 2


@dataclass(frozen=True, slots=True)
class Desk:
    """The record, in one transaction, and the hand that changes it."""

    connection: Connection
    hand: Hand
    settings: Settings

    def tokens(self, given: Mapping[str, str]) -> Tokens:
        """The tokens that come with what is asked, under the ring of this installation."""
        try:
            return Tokens(KeyRing.read(self.settings.key_ring_file), given)
        except SettingsError as unread:
            give_up(f"Réglages incomplets : {unread}")


@contextmanager
def at_desk() -> Iterator[Desk]:
    """Open the record; all that is done within the block is kept, or nothing is."""
    with telling():
        settings = settings_or_exit()
        engine = open_engine(
            settings.database_url.get_secret_value(), name="records", connections=1
        )
        try:
            with _in_reach(engine) as connection:
                yield Desk(connection, _hand(settings), settings)
        finally:
            engine.dispose()


@contextmanager
def telling() -> Iterator[None]:
    """Tell what is refused or missing in a word, with its exit code."""
    try:
        yield
    except RecordsError as refused:
        give_up(*map(str, refused.faults))
    except UnknownRecordError as unknown:
        give_up(f"{unknown}.", code=_MISSING)


def say(*sentences: str) -> None:
    """Tell a person, beside what is asked for: on stderr, so that stdout can be read on."""
    for sentence in sentences:
        typer.echo(sentence, err=True)


def give_up(*sentences: str, code: int = _WRONG) -> NoReturn:
    say(*sentences)
    raise typer.Exit(code)


@contextmanager
def _in_reach(engine: Engine) -> Iterator[Connection]:
    try:
        with engine.begin() as connection:
            yield connection
    except SQLAlchemyError:
        give_up("PostgreSQL ne répond pas, ou n'a pas ses tables : voir « berceau doctor ».")


def _hand(settings: Settings) -> Hand:
    added = settings.providers.split(",") if settings.providers else []
    return Hand(f"command:{_login()}", Rules(datetime.now(UTC), frozenset({EAJE, *added})))


def _login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's account may have no name
        return f"uid-{os.getuid()}"
