"""The catalogue of one authority: its schemes and structures, found once for a whole batch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Connection, text

from services.intake.portals import Portal
from services.intake.wanted import Wanted, settle
from shared.application import Application

_SCHEMES = text("SELECT code, id, habilitation_id FROM schemes WHERE authority_id = :authority")
_STRUCTURES = text("SELECT code, id, care_types FROM structures WHERE authority_id = :authority")


class _Found(NamedTuple):
    scheme_id: UUID | None
    habilitation_id: UUID | None
    structure_id: UUID | None
    care_types: Sequence[str] | None


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Schemes by code (id, habilitation) and structures by code (id, kinds of care)."""

    schemes: Mapping[str, tuple[UUID, UUID]]
    structures: Mapping[str, tuple[UUID, Sequence[str]]]

    def wanted(self, application: Application) -> Wanted:
        """What an application names.

        Raises:
            ProblemError: as `services.intake.wanted.find_wanted`.
        """
        scheme = self.schemes.get(application.scheme, (None, None))
        structure = self.structures.get(application.structure, (None, None))
        return settle(_Found(*scheme, *structure), application)


def read_catalogue(connection: Connection, portal: Portal) -> Catalogue:
    """Read the catalogue of a portal's authority."""
    values = {"authority": portal.authority_id}
    return Catalogue(
        {row.code: (row.id, row.habilitation_id) for row in connection.execute(_SCHEMES, values)},
        {row.code: (row.id, row.care_types) for row in connection.execute(_STRUCTURES, values)},
    )
