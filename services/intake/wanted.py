"""What is wanted: the scheme and the structure that an application names, in its authority."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, Row, text

from services.intake.portals import Portal
from services.intake.problems import Fault, Kind, refusal
from shared.application import Application

_FIND = text("""
    SELECT scheme.id AS scheme_id, scheme.habilitation_id, structure.id AS structure_id,
           structure.care_types
    FROM (SELECT CAST(:authority AS uuid) AS id) authority
    LEFT JOIN schemes scheme ON scheme.authority_id = authority.id AND scheme.code = :scheme
    LEFT JOIN structures structure
           ON structure.authority_id = authority.id AND structure.code = :structure
""")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Where an application goes."""

    scheme_id: UUID
    structure_id: UUID
    habilitation_id: UUID


def find_wanted(connection: Connection, portal: Portal, application: Application) -> Wanted:
    """Find what an application names.

    Raises:
        ProblemError: invalid-application, when the portal's authority has no such scheme or
            structure, or when the structure does not give that kind of care.
    """
    values = {
        "authority": portal.authority_id,
        "scheme": application.scheme,
        "structure": application.structure,
    }
    row = connection.execute(_FIND, values).one()
    faults = list(_missing(row, application))
    if faults:
        raise refusal(Kind.INVALID_APPLICATION, faults)
    return Wanted(row.scheme_id, row.structure_id, row.habilitation_id)


def _missing(row: Row[tuple[object, ...]], application: Application) -> Iterator[Fault]:
    if row.scheme_id is None:
        yield Fault(
            "/scheme",
            "unknown_scheme",
            "Votre collectivité n'a pas de dispositif sous ce code : demandez-lui lequel employer.",
        )
    if row.structure_id is None:
        yield Fault(
            "/structure",
            "unknown_structure",
            "Votre collectivité n'a pas d'établissement sous ce code : demandez-lui lequel "
            "employer.",
        )
    elif application.care.type not in row.care_types:
        yield Fault(
            "/care/type",
            "care_type_not_offered",
            "Cet établissement ne propose pas ce type d'accueil : il propose "
            f"{', '.join(row.care_types)}.",
        )
