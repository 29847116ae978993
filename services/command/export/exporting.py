"""Exporting: who asks is written down first, then decisions are unsealed, a page at a time."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from services.command.export.formats import Format
from services.command.export.whole_file import whole_file
from services.command.export.writing import Title, write
from services.command.records import book, ledger
from services.command.records.desk import Desk, at_desk, give_up, say, telling
from services.command.records.kinds import Kind
from services.tariff.explanation.exported import exported
from shared.crash_points import Point
from shared.crashing import reach
from shared.errors import SealingError
from shared.exporting import ExportedDecision
from shared.protocol.exporting import Asked, read_page
from shared.sealing import KeyRing
from shared.settings import Settings
from shared.store.engine import open_engine
from shared.watching.reading import reading_only
from shared.watching.words import number, typeset

_KIND = "export"


def export(title: Title, form: Format, output: Path) -> None:
    """Write an authority's decisions to a file that its owner alone reads."""
    with at_desk() as desk:
        authority = _authority(desk, title)
        ring, settings = desk.ring(), desk.settings
        _write_down(desk, title, form)
    reach(Point.EXPORT_WRITTEN_DOWN)
    asked = Asked(authority, title.days, title.structure)
    with telling(), _record(settings) as engine, whole_file(output, encoding=form.encoding) as file:
        lines = _Lines(engine, ring, asked)
        write(file, form, title, lines)
    _tell(lines, output)


def _authority(desk: Desk, title: Title) -> UUID:
    authority = book.find(desk.connection, Kind.AUTHORITY, title.authority).id
    if title.structure is not None:
        book.find(desk.connection, Kind.STRUCTURE, f"{title.authority}/{title.structure}")
    return authority


def _write_down(desk: Desk, title: Title, form: Format) -> None:
    """A line of the journal: kept before anything is unsealed, whatever becomes of the file."""
    fields = {
        "structure": [None, title.structure or "all"],
        "from": [None, title.days.first.isoformat()],
        "to": [None, title.days.last.isoformat()],
        "format": [None, form.value],
    }
    ledger.hold(desk.connection)
    ledger.write(desk.connection, [desk.hand.change(_KIND, title.authority, fields)])


@dataclass(slots=True)
class _Lines:
    """The lines of an export, read once; one short transaction a page, progress on a terminal."""

    engine: Engine
    ring: KeyRing
    asked: Asked
    read: int = 0
    erased: int = 0
    unchecked: int = 0

    def __iter__(self) -> Iterator[ExportedDecision]:
        after: str | None = ""
        while after is not None:
            with reading_only(self.engine) as connection:
                page = read_page(connection, self.ring, self.asked, after)
            self.erased += page.erased
            self.unchecked += page.unchecked
            for application in page.applications:
                for line in exported(application):
                    self.read += 1
                    yield line
            after = page.after
            self._show(last=after is None)

    def _show(self, *, last: bool) -> None:
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{number(self.read)} décisions" + ("\n" if last else ""))


@contextmanager
def _record(settings: Settings) -> Iterator[Engine]:
    engine = open_engine(settings.database_url.get_secret_value(), name="export", connections=1)
    try:
        yield engine
    except SQLAlchemyError:
        give_up("PostgreSQL ne répond plus : rien n'a été écrit, recommencez.")
    except SealingError:
        give_up("Un dossier ne s'ouvre pas : le trousseau n'est pas le bon. Rien n'a été écrit.")
    finally:
        engine.dispose()


def _tell(lines: _Lines, output: Path) -> None:
    say(typeset(f"Décisions écrites dans {output.name} : {number(lines.read)}."))
    if lines.erased:
        say(typeset(f"Dossiers laissés, dont les données sont effacées : {number(lines.erased)}."))
    if lines.unchecked:
        said = f"Décisions laissées, faute d'identité vérifiée : {number(lines.unchecked)}."
        say(typeset(said))
