"""The record of two authorities, as the console's login sees it for somebody."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, text

from services.command.founding import Founded
from shared.roles import Scope
from shared.store.scoping import seen_by
from tests.console_record import open_console
from tests.lent_engines import lent

if TYPE_CHECKING:
    from tests.conftest import Database
    from tests.integration.conftest import Record


@dataclass
class Seen:
    """What the console's login reads and writes, as whom it is said to be."""

    engine: Engine

    def rows(self, scope: Scope, query: str, **values: Any) -> list[Any]:
        """Every row that the query gives, as seen by this scope."""
        with seen_by(self.engine, scope).begin() as connection:
            return list(connection.execute(text(query), values).all())

    def changed(self, scope: Scope, statement: str, **values: Any) -> int:
        """How many rows the statement changed."""
        with seen_by(self.engine, scope).begin() as connection:
            return connection.execute(text(statement), values).rowcount


@dataclass
class Towns:
    """Two authorities with an application each."""

    arles: Founded
    nimes: Founded
    of_arles: UUID
    of_nimes: UUID


@pytest.fixture
def towns(record: "Record") -> Towns:
    nimes = record.found_another("nimes")
    [of_arles] = record.plant(1)
    [of_nimes] = record.plant(
        1,
        authority_id=nimes.authority,
        portal_id=nimes.portal,
        scheme_id=nimes.scheme,
        habilitation_id=nimes.habilitation,
        structure_id=nimes.structures["les-mesanges"],
    )
    return Towns(record.founded, nimes, of_arles, of_nimes)


@pytest.fixture
def seen(migrated: "Database") -> Iterator[Seen]:
    """The console's own login."""
    with lent(open_console(migrated.console_url)) as engine:
        yield Seen(engine)


@pytest.fixture
def seen_by_services(migrated: "Database") -> Iterator[Seen]:
    """The services' login in the place of the console's, as where it has none of its own."""
    with lent(open_console(migrated.service_url)) as engine:
        yield Seen(engine)
