"""The desk: what a command on records works with, and how it ends when it cannot.

Exit codes: 2 for what is asked wrongly or cannot be done here, 1 for what does not exist.
"""

import os
import pwd
from collections.abc import Container, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import NoReturn
from uuid import UUID

import typer
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from services.command.records.book import Hand
from services.command.records.faults import Fault, RecordsError, UnknownRecordError
from services.command.records.place import NO_FILE, NOWHERE, Places
from services.command.records.tokens import Tokens
from services.command.status import settings_or_exit
from shared.errors import SettingsError
from shared.protocol.reviewing.holding import find
from shared.sealing import KeyRing
from shared.settings import Settings
from shared.store.engine import open_engine

_MISSING = 1
_WRONG = 2
_ARGUMENTS = {"", "code", "id"}
_IN_FILES = frozenset({"dossier", "signatories", "contact", "details", "rules"})
_LOCKED = "55P03"  # lock_not_available


@dataclass(frozen=True, slots=True)
class Desk:
    """The record, in one transaction, and the hand that changes it."""

    connection: Connection
    hand: Hand
    settings: Settings

    def tokens(self, given: Mapping[str, str]) -> Tokens:
        """The tokens that come with what is asked, under the ring of this installation."""
        return Tokens(self.ring(), given)

    def ring(self) -> KeyRing:
        """The ring of this installation."""
        try:
            return KeyRing.read(self.settings.key_ring_file)
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
                hand = Hand(f"command:{login()}", datetime.now(UTC))
                yield Desk(connection, hand, settings)
        finally:
            engine.dispose()


@contextmanager
def record_opened(name: str, *, connections: int) -> Iterator[tuple[Settings, Engine]]:
    """The record, for commands that open transactions of their own."""
    settings = settings_or_exit()
    url = settings.database_url.get_secret_value()
    engine = open_engine(url, name=name, connections=connections)
    try:
        yield settings, engine
    except SQLAlchemyError:
        _give_up_on_the_record()
    finally:
        engine.dispose()


def application_of(connection: Connection, reference: str, *, see: str = "") -> UUID:
    """The application of a reference, as somebody typed it; exit code 1 when there is none.

    Args:
        connection: the record.
        reference: what was typed.
        see: what tells which ones there are.
    """
    typed = reference.strip()
    found = find(connection, typed) or find(connection, typed.upper())
    if found is None:
        give_up(f"Aucun dossier ne porte la référence {typed}{see}.", code=_MISSING)
    return found


@contextmanager
def telling() -> Iterator[None]:
    """Tell what is refused or missing in a word, with its exit code."""
    try:
        yield
    except RecordsError as refused:
        give_up(*map(str, refused.faults))
    except UnknownRecordError as unknown:
        give_up(f"{unknown}.", code=_MISSING)


@contextmanager
def by_options(lists: Container[str] = (), places: Places = NO_FILE) -> Iterator[None]:
    """Name what is refused by the options that gave it; of a list, each option gives one word.

    What has fields of its own was given in a file: its faults are told where they are in it.
    """
    try:
        yield
    except RecordsError as refused:
        raise RecordsError(*(_by_option(one, lists, places) for one in refused.faults)) from None


def _by_option(fault: Fault, lists: Container[str], places: Places) -> Fault:
    name, within, field = fault.field.partition(".")
    if within:
        return replace(fault, field=field, place=places.get(name, NOWHERE).of(fault.field))
    return replace(fault, field=_option(fault.field, lists))


def say(*sentences: str) -> None:
    """Tell a person, beside what is asked for: on stderr, so that stdout can be read on."""
    for sentence in sentences:
        typer.echo(sentence, err=True)


def give_up(*sentences: str, code: int = _WRONG) -> NoReturn:
    say(*sentences)
    raise typer.Exit(code)


def _option(field: str, lists: Container[str]) -> str:
    name = field.removesuffix("s") if field in lists else field
    name = f"{name}-file" if field in _IN_FILES else name
    return field if field in _ARGUMENTS else f"--{name.replace('_', '-')}"


@contextmanager
def _in_reach(engine: Engine) -> Iterator[Connection]:
    try:
        with engine.begin() as connection:
            yield connection
    except DBAPIError as failed:
        if getattr(failed.orig, "sqlstate", None) == _LOCKED:
            give_up("Quelqu'un d'autre change des fiches : recommencez dans un instant.")
        _give_up_on_the_record()
    except SQLAlchemyError:
        _give_up_on_the_record()


def _give_up_on_the_record() -> NoReturn:
    give_up("PostgreSQL ne répond pas, ou n'a pas ses tables : voir « berceau doctor ».")


def login() -> str:
    """The account that runs the command, as the system has it: `LOGNAME` could say anyone."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # a container's account may have no name
        return f"uid-{os.getuid()}"
