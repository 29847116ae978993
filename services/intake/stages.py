"""Stages: what may be handed in at each of them, and how it enters the record. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field

from services.intake.problems import Fault, refusal
from services.intake.wordings import Kind
from shared.application import AllocataireNumber, Application, Care, Code, Frozen, Fund
from shared.civil_status import Child
from shared.pre_registration import PreRegistration, Stage
from shared.states import Reason, Status
from shared.taxation import TaxNumber, TaxNumbers


class Exchange(StrEnum):
    """How the family's resources come: asked of the State, or on papers that it hands in."""

    STATE_DATA = "state_data"
    DOCUMENTS = "documents"


EvidenceReference = Annotated[
    str, Field(pattern=r"^fc_[a-z2-7]{32}$", examples=["fc_" + "k3zq" * 8])
]


class Enrolment(Application):
    """A whole application as a portal hands it in, with what decides on its way in.

    `evidence` is what was certified at the portal's FranceConnect callback: nothing is asked again.
    """

    stage: Stage = Stage.ADMISSION
    exchange: Exchange = Exchange.STATE_DATA
    evidence: EvidenceReference | None = None


class Admission(Frozen):
    """What turns a pre-registration into an application: a structure, dates and hours.

    `child` is given after a pregnancy, and never to change a child that is known; `tax_numbers` as
    in an application.
    """

    structure: Code
    care: Care
    child: Child | None = None
    fund: Fund | None = None
    allocataire_number: AllocataireNumber | None = None
    tax_numbers: TaxNumbers = ()
    exchange: Exchange = Exchange.STATE_DATA


Handed = Application | PreRegistration
_WAY_IN = {"evidence", "exchange", "stage"}


@dataclass(frozen=True, slots=True)
class Entry:
    """The state in which something enters the record, or is admitted."""

    status: Status
    reason: Reason | None = None

    @property
    def due(self) -> bool:
        """Whether certified data is to be fetched, now."""
        return self.status is Status.RECEIVED


def entry_of(handed: Handed) -> Entry:
    """How something that is handed in enters."""
    match handed:
        case PreRegistration():
            return Entry(Status.ESTIMATED)
        case Enrolment(exchange=exchange):
            return entry_by(exchange)
        case _:
            return entry_by(Exchange.STATE_DATA)


def entry_by(exchange: Exchange) -> Entry:
    """How an application enters: with documents nothing is fetched, and a person looks."""
    if exchange is Exchange.DOCUMENTS:
        return Entry(Status.TO_REVIEW, Reason.DOCUMENTS_CHOSEN)
    return Entry(Status.RECEIVED)


def stage_of(handed: Handed) -> Stage:
    """What is asked for."""
    return Stage.ESTIMATE if isinstance(handed, PreRegistration) else Stage.ADMISSION


def content_of(handed: Handed) -> bytes:
    """What is sealed: a pre-registration, or an application as the workers read it.

    Tax numbers are no part of it (`tax_numbers_of`).
    """
    return handed.model_dump_json(exclude=_WAY_IN).encode()


def tax_numbers_of(handed: Handed) -> tuple[TaxNumber, ...]:
    """What is sealed apart, until the State has answered; a pre-registration asks it nothing."""
    return () if isinstance(handed, PreRegistration) else handed.tax_numbers


def admitted(pre: PreRegistration, admission: Admission, *, scheme: str) -> Enrolment:
    """The application that an admission makes of a pre-registration.

    Raises:
        ProblemError: invalid-application, when the child is missing or another one.
    """
    faults = list(_of_child(pre, admission))
    if faults:
        raise refusal(Kind.INVALID_APPLICATION, faults)
    return Enrolment.model_validate(
        _kept(pre)
        | _given(admission)
        | {"scheme": scheme, "child": pre.child or admission.child}
        | {"tax_numbers": admission.tax_numbers, "exchange": admission.exchange}
    )


def same_admission(application: Application, admission: Admission) -> bool:
    """Whether an application was admitted with these very words.

    `exchange` apart, and tax numbers once they are destroyed: what is gone cannot be compared.
    """
    given = _given(admission)
    child = admission.child is None or admission.child == application.child
    numbers = application.tax_numbers in ((), admission.tax_numbers)
    same = all(getattr(application, name) == value for name, value in given.items())
    return child and numbers and same


def _kept(pre: PreRegistration) -> dict[str, Any]:
    """What an application keeps of its pre-registration."""
    names = Application.model_fields.keys() & PreRegistration.model_fields.keys()
    return {name: getattr(pre, name) for name in names}


def _given(admission: Admission) -> dict[str, Any]:
    names = ("structure", "care", "fund", "allocataire_number")
    return {name: getattr(admission, name) for name in names}


def _of_child(pre: PreRegistration, admission: Admission) -> Iterator[Fault]:
    if pre.child is None and admission.child is None:
        yield Fault(
            "/child",
            "child_required",
            "La préinscription a été faite pendant la grossesse : donnez l'enfant, maintenant né.",
        )
    if pre.child is not None and admission.child not in {None, pre.child}:
        yield Fault(
            "/child",
            "child_changed",
            "L'enfant de la préinscription est connu et ne change pas : retirez ce champ. Pour un "
            "autre enfant, faites une autre demande.",
        )
