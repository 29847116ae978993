"""The acts of review (instruction): what agents do to an application, in closed words.

Each act is a row of `reviews`, with a ground that is one of these words, never a family's.
"""

from enum import StrEnum


class ReviewAct(StrEnum):
    """What was done."""

    ACKNOWLEDGED = "acknowledged"  # the receipt was given; `ground`: the silence rule of that day
    SHOWN = "shown"  # an agent opened it and read it
    ASKED = "asked"  # pieces are asked for; `ground`: until which day
    ANSWERED = "answered"  # the pieces came
    VALIDATED = "validated"  # an agent said yes to a proposal
    DECIDED = "decided"  # an agent decided
    AGAIN = "again"  # an agent has the State asked again
    CLOSED = "closed"  # an agent ended it


class Piece(StrEnum):
    """A paper or a piece of information that a family may be asked for."""

    IDENTITY = "identity"
    RESOURCES = "resources"
    TAX_NOTICE = "tax_notice"
    FUND_CERTIFICATE = "fund_certificate"
    CHILDREN = "children"
    BIRTH = "birth"
    ADDRESS = "address"
    CUSTODY = "custody"
    DISABILITY = "disability"
    WORKPLACE = "workplace"


PIECES: dict[Piece, str] = {
    Piece.IDENTITY: "une pièce d'identité du demandeur",
    Piece.RESOURCES: "un justificatif des ressources du foyer",
    Piece.TAX_NOTICE: "l'avis d'impôt du foyer",
    Piece.FUND_CERTIFICATE: "une attestation de la CAF ou de la MSA",
    Piece.CHILDREN: "un justificatif des enfants à charge (livret de famille)",
    Piece.BIRTH: "l'acte de naissance de l'enfant",
    Piece.ADDRESS: "un justificatif de domicile",
    Piece.CUSTODY: "la décision ou l'accord sur la résidence de l'enfant",
    Piece.DISABILITY: "la notification de l'AEEH",
    Piece.WORKPLACE: "un justificatif du lieu de travail",
}
"""Each piece as a family reads it."""


class DecidedOn(StrEnum):
    """On what an agent decides."""

    DOCUMENTS = "documents"  # papers that the family handed in
    CORRECTED_FIGURES = "corrected_figures"  # certified figures that the family has corrected
    CUSTODY = "custody"  # a child who lives with both parents in turn
    SITUATION_CHANGED = "situation_changed"
    ERROR = "error"  # the version before was wrong


class ClosedFor(StrEnum):
    """Why an agent ends an application."""

    PIECES_NEVER_CAME = "pieces_never_came"
    DUPLICATE = "duplicate"
    ASKED_BY_FAMILY = "asked_by_family"
    NO_PLACE = "no_place"  # the commission gave no place
    NOT_OURS = "not_ours"  # another authority's
