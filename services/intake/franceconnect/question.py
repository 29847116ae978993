"""The question: what a portal wants certified, for whom, and under which habilitation."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import Connection, Row, text

from services.intake.documents import read_document
from services.intake.franceconnect.bearer import EvidenceRequest
from services.intake.portals import Portal
from services.intake.problems import Fault, refusal
from services.intake.remedies import faults_of
from services.intake.wordings import Kind
from services.verifier.provider.endpoint import EAJE_BY_FRANCE_CONNECT, QF_BY_FRANCE_CONNECT
from services.verifier.provider.endpoint import Endpoint as Endpoint  # noqa: PLC0414 - of a right
from shared.habilitation import Cover, earliest_end

ENDPOINTS: dict[str, Endpoint[Any]] = {
    "eaje": EAJE_BY_FRANCE_CONNECT,
    "qf": QF_BY_FRANCE_CONNECT,
}
_FIND = text("""
    SELECT s.id, s.profile, h.id AS habilitation, h.recipient, h.pace, h.burst, h.endpoints,
           h.dossier, a.siret
    FROM schemes s JOIN habilitations h ON h.id = s.habilitation_id
    JOIN authorities a ON a.id = s.authority_id
    WHERE s.authority_id = :authority AND s.code = :code
""")


@dataclass(frozen=True, slots=True)
class Right:
    """For which scheme one may ask, in whose name (`recipient`: a SIRET), how often a second."""

    authority: UUID
    scheme: UUID
    profile: str
    habilitation: UUID
    recipient: str
    pace: int
    burst: int

    @property
    def endpoint(self) -> Endpoint[Any]:
        """Where one asks."""
        return ENDPOINTS[self.profile]


def read_request(body: bytes) -> EvidenceRequest:
    """What a body asks for.

    Raises:
        ProblemError: malformed-json, or invalid-application with every field to mend.
    """
    read_document(body)
    try:
        return EvidenceRequest.model_validate_json(body)
    except ValidationError as refused:
        faults = faults_of(refused)
    raise refusal(Kind.INVALID_APPLICATION, faults)  # not chained: pydantic's error holds the token


def find_right(connection: Connection, portal: Portal, scheme: str) -> Right:
    """The right behind a scheme of the portal's authority.

    Raises:
        ProblemError: invalid-application, when there is no such scheme, when its data cannot be
            asked for with a FranceConnect token, or when its habilitation does not cover it.
    """
    values = {"authority": portal.authority_id, "code": scheme}
    row = connection.execute(_FIND, values).one_or_none()
    if row is None:
        raise _refused(
            "unknown_scheme",
            "Votre collectivité n'a pas de dispositif sous ce code : demandez-lui lequel employer.",
        )
    if row.profile not in ENDPOINTS:
        raise _refused(
            "scheme_without_franceconnect",
            "Les données de ce dispositif ne se demandent pas avec un jeton FranceConnect : "
            "déposez la demande sans « evidence ».",
        )
    if _covered(row).refusal(row.profile, datetime.now(UTC)) is not None:
        raise _refused(
            "outside_habilitation",
            "Votre collectivité n'est pas, ou plus, habilitée à demander ces données : prévenez-la,"
            " et déposez la demande sans « evidence ».",
        )
    return Right(
        portal.authority_id,
        row.id,
        row.profile,
        row.habilitation,
        row.recipient,
        row.pace,
        row.burst,
    )


def _covered(row: Row[Any]) -> Cover:
    """What the habilitation covers; its token has no part in this, nor has its end."""
    ends_at = earliest_end(None, row.dossier)
    return Cover(frozenset(row.endpoints), row.recipient, row.siret, ends_at)


def _refused(code: str, remedy: str) -> Exception:
    return refusal(Kind.INVALID_APPLICATION, [Fault("/scheme", code, remedy)])
