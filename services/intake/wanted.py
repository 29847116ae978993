"""What is wanted: the scheme and the structure that an application names, in its authority."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import Connection, text

from services.intake.portals import Portal
from services.intake.problems import Fault, refusal
from services.intake.stages import Handed, entry_of, stage_of, tax_numbers_of
from services.intake.wordings import Kind
from shared.scheme_rules import Silence, silence_of
from shared.taxation import TAX_PROFILE

_FIND = text("""
    SELECT scheme.id AS scheme_id, scheme.habilitation_id, scheme.stages, scheme.profile,
          scheme.rules,
           structure.id AS structure_id, structure.care_types
    FROM (SELECT CAST(:authority AS uuid) AS id) authority
    LEFT JOIN schemes scheme ON scheme.authority_id = authority.id AND scheme.code = :scheme
    LEFT JOIN structures structure
           ON structure.authority_id = authority.id AND structure.code = :structure
""")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Where an application goes."""

    scheme_id: UUID
    structure_id: UUID | None  # a pre-registration need not wish for one
    habilitation_id: UUID
    silence: Silence | None = None  # what it means there, and after how many months


class Named(Protocol):
    """What was found under the names of an application; None where nothing was."""

    @property
    def scheme_id(self) -> UUID | None: ...
    @property
    def habilitation_id(self) -> UUID | None: ...
    @property
    def stages(self) -> Sequence[str] | None: ...
    @property
    def profile(self) -> str | None: ...
    @property
    def rules(self) -> Mapping[str, Any] | None: ...
    @property
    def structure_id(self) -> UUID | None: ...
    @property
    def care_types(self) -> Sequence[str] | None: ...


def find_wanted(connection: Connection, portal: Portal, application: Handed) -> Wanted:
    """Find what an application names.

    Raises:
        ProblemError: invalid-application, when the portal's authority has no such scheme or
            structure, when the scheme does not take that stage, when the structure does not give
            that kind of care, or when tax numbers miss, or serve nothing.
    """
    values = {
        "authority": portal.authority_id,
        "scheme": application.scheme,
        "structure": application.structure,
    }
    return settle(connection.execute(_FIND, values).one(), application)


def settle(row: Named, application: Handed) -> Wanted:
    """Take what was found, if all of it was.

    Raises:
        ProblemError: invalid-application, as `find_wanted` says.
    """
    faults = list(_missing(row, application))
    scheme, structure, habilitation = row.scheme_id, row.structure_id, row.habilitation_id
    if faults or scheme is None or habilitation is None:
        raise refusal(Kind.INVALID_APPLICATION, faults)
    return Wanted(scheme, structure, habilitation, silence_of(row.rules or {}))


def _missing(row: Named, application: Handed) -> Iterator[Fault]:
    yield from _missing_scheme(row, application)
    if application.structure is not None:
        yield from _missing_structure(row, application)


def _missing_scheme(row: Named, application: Handed) -> Iterator[Fault]:
    if row.scheme_id is None:
        yield Fault(
            "/scheme",
            "unknown_scheme",
            "Votre collectivité n'a pas de dispositif sous ce code : demandez-lui lequel employer.",
        )
    elif stage_of(application) not in (row.stages or ()):
        yield Fault(
            "/stage",
            "stage_not_offered",
            "Ce dispositif ne reçoit pas les demandes de cette étape : il reçoit "
            f"{', '.join(row.stages or ())}.",
        )
    else:
        yield from _unfit_numbers(application, asks=row.profile == TAX_PROFILE)


def _unfit_numbers(application: Handed, *, asks: bool) -> Iterator[Fault]:
    """Tax numbers come where the tax office is asked, and nowhere else (GDPR, article 5, 1 c)."""
    numbers, due = tax_numbers_of(application), entry_of(application).due
    if asks and due and not numbers:
        yield Fault(
            "/tax_numbers",
            "tax_number_required",
            "Ce dispositif interroge l'administration fiscale : donnez ici le numéro fiscal du "
            "demandeur, à 13 chiffres.",
        )
    elif numbers and not (asks and due):
        yield Fault(
            "/tax_numbers",
            "tax_number_unneeded",
            "L'administration fiscale n'est pas interrogée pour cette demande : retirez le numéro "
            "fiscal, il ne servirait à rien.",
        )
    elif len(numbers) > 1 and application.other_representative is None:
        yield Fault(
            "/tax_numbers/1",
            "tax_number_of_nobody",
            "Le second numéro fiscal est celui de l'autre parent : donnez son état civil dans "
            "« other_representative », ou retirez ce numéro.",
        )


def _missing_structure(row: Named, application: Handed) -> Iterator[Fault]:
    if row.structure_id is None:
        yield Fault(
            "/structure",
            "unknown_structure",
            "Votre collectivité n'a pas d'établissement sous ce code : demandez-lui lequel "
            "employer.",
        )
    elif application.care.type not in (row.care_types or ()):
        yield Fault(
            "/care/type",
            "care_type_not_offered",
            "Cet établissement ne propose pas ce type d'accueil : il propose "
            f"{', '.join(row.care_types or ())}.",
        )
