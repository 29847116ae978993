"""The console on a record of two authorities, and what tests read of its pages."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from services.command.founding import Founded
from shared.protocol.operating.carrying import carry

if TYPE_CHECKING:
    from tests.integration.conftest import Record


@dataclass
class TwoTowns:
    """Arles, which the record has, and Nîmes."""

    record: "Record"
    arles: Founded
    nimes: Founded

    def plant_in_nimes(self, how_many: int, **columns: Any) -> list[UUID]:
        """Applications of Nîmes."""
        town = self.nimes
        return self.record.plant(
            how_many,
            authority_id=town.authority,
            portal_id=town.portal,
            scheme_id=town.scheme,
            habilitation_id=town.habilitation,
            structure_id=town.structures["les-mesanges"],
            **columns,
        )

    def carry_to_the_end(self) -> None:
        """What schedulers would do of every action, until nothing is left."""
        while True:
            carried = carry(self.record.engine, window=10_000)
            if carried.done + carried.skipped + carried.finished == 0:
                return


@pytest.fixture
def two_towns(record: "Record") -> TwoTowns:
    return TwoTowns(record, record.founded, record.found_another("nimes"))


def references(text: str) -> list[str]:
    """The applications of a list, in order."""
    return re.findall(r'<a class="reference" href="/dossiers/([^"]+)"', text)
