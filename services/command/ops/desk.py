"""The desk of who operates: the record, whose hand acts, and how a command ends when it cannot.

Exit codes: 0 when it is done; 1 when something does not exist, or nothing could be done; 2 for what
is asked wrongly or cannot be done here.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

import typer
from sqlalchemy import Connection, Engine

from services.command.records.desk import application_of, give_up, login, record_opened
from shared.errors import SettingsError
from shared.protocol.operating import saved
from shared.protocol.operating.orders import OrderError, read_comment
from shared.protocol.operating.switch_names import UnknownSwitchError
from shared.seeking.sought import Sought
from shared.seeking.writing import SoughtError, read
from shared.settings import Settings
from shared.watching.operating_words import NO_PERSONAL_DATA

MISSING = 1


@dataclass(frozen=True, slots=True)
class OpsDesk:
    """The record, and whose hand acts on it."""

    engine: Engine
    settings: Settings
    actor: str

    @property
    def owners(self) -> tuple[str, str]:
        """Whose saved filters are at hand: ours, and everybody's."""
        return self.actor, saved.TEAM

    def sought(self, given: Sequence[tuple[str, str]], named: str | None = None) -> Sought:
        """What the options ask for, or a saved filter."""
        if named is None:
            return read(given)
        if given:
            give_up("Donnez --saved, ou des filtres, pas les deux.")
        with self.engine.connect() as connection:
            kept = [one for one in saved.saved_of(connection, self.owners) if one.name == named]
        if not kept:
            give_up(f"Aucun filtre gardé ne s'appelle « {named} ».", code=MISSING)
        sought = kept[0].sought
        return sought if sought is not None else give_up("Ce filtre vient d'une autre version.")

    def ids(self, connection: Connection, references: Sequence[str]) -> list[UUID]:
        """The applications of these references; exit code 1 when one is of nobody."""
        return [application_of(connection, one) for one in references]


@contextmanager
def at_ops_desk() -> Iterator[OpsDesk]:
    """Open the record; what is refused is told by its option."""
    try:
        with record_opened("ops", connections=2) as (settings, engine):
            yield OpsDesk(engine, settings, f"command:{login()}")
    except SoughtError as wrong:
        give_up(*(f"--{field} : {said}" for field, said in wrong.faults.items()))
    except OrderError as wrong:
        give_up(f"--{wrong.field} : {wrong.said}")
    except UnknownSwitchError as unknown:
        give_up(str(unknown))
    except SettingsError as unread:
        give_up(f"Réglages incomplets : {unread}")


def commented(comment: str | None, *, quiet: bool = False) -> str:
    """The comment that was given, or that is asked for now.

    Args:
        comment: the option.
        quiet: whether nobody is there to be asked.
    """
    if comment is None and quiet:
        give_up("--comment : dites pourquoi, sans rien d'une famille.")
    return read_comment(comment or typer.prompt(f"Pourquoi, {NO_PERSONAL_DATA}", err=True))
