"""The catalogue of one authority: its schemes and structures, found once for a whole batch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, text

from services.intake.portals import Portal
from services.intake.stages import Handed
from services.intake.wanted import Wanted, settle

_SCHEMES = text("""
    SELECT code, id, habilitation_id, stages, profile, rules FROM schemes
    WHERE authority_id = :authority
""")
_STRUCTURES = text("SELECT code, id, care_types FROM structures WHERE authority_id = :authority")


class _Found(NamedTuple):
    scheme_id: UUID | None
    habilitation_id: UUID | None
    stages: Sequence[str] | None
    profile: str | None
    rules: Mapping[str, Any] | None
    structure_id: UUID | None
    care_types: Sequence[str] | None


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Schemes by code (id, habilitation, stages, profile, rules), structures (id, care types)."""

    schemes: Mapping[str, tuple[UUID, UUID, Sequence[str], str, Mapping[str, Any]]]
    structures: Mapping[str, tuple[UUID, Sequence[str]]]

    def wanted(self, application: Handed) -> Wanted:
        """What an application names.

        Raises:
            ProblemError: as `services.intake.wanted.find_wanted`.
        """
        scheme = self.schemes.get(application.scheme, (None,) * 5)
        structure = self.structures.get(application.structure or "", (None, None))
        return settle(_Found(*scheme, *structure), application)


def read_catalogue(connection: Connection, portal: Portal) -> Catalogue:
    """Read the catalogue of a portal's authority."""
    values = {"authority": portal.authority_id}
    return Catalogue(
        {
            row.code: (row.id, row.habilitation_id, row.stages, row.profile, row.rules)
            for row in connection.execute(_SCHEMES, values)
        },
        {row.code: (row.id, row.care_types) for row in connection.execute(_STRUCTURES, values)},
    )
