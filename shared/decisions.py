"""What a decision (décision tarifaire) says beside the record of its computation.

It is sealed with the record, so that a letter can be written from what was decided alone, years
later, whatever became of the authority's settings since. A decision sets money, never a place.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from shared.application import Address, Hours
from shared.civil_status import Child, CivilStatus
from shared.scheme_rules import SchemeKind, Silence
from shared.signing import Author, Contact

_Cents = Annotated[int, Field(strict=True)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DecisionKind(StrEnum):
    """What was decided."""

    FEE = "fee"  # a fee is set
    PROVISIONAL = "provisional"  # at the floor, the ceiling or a fixed price, until data comes
    NO_FEE = "no_fee"  # no fee can be set; `ground` says why
    AWARDED = "awarded"  # an aid is paid
    NOT_AWARDED = "not_awarded"  # an aid is refused; `ground` says why


class DecisionMode(StrEnum):
    """Who decided."""

    AUTOMATIC = "automatic"  # by the rules alone, as the scheme allows
    VALIDATED = "validated"  # computed by the rules, then validated by a person
    BY_AGENT = "by_agent"  # settled by a person


class Change(StrEnum):
    """Why a version differs from the one before."""

    RESOURCES = "resources"
    CHILDREN = "children"
    DISABILITY = "disability"
    TARIFF = "tariff"
    HOURS = "hours"
    RESIDENCE = "residence"
    QUOTIENT = "quotient"
    RANK = "rank"
    CORRECTION = "correction"  # the version before rested on a wrong tariff


class Verdict(StrEnum):
    """What an admissibility check found."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class CheckResult(_Frozen):
    """One admissibility check (recevabilité), with what it rests on, in a French sentence."""

    check: str  # age, child_in_household, scheme_open, residence, income
    verdict: Verdict
    evidence: str


class ContractTerms(_Frozen):
    """The hours reserved, and how they are spread over monthly invoices (mensualisation).

    `hours` over the contract = `hours_a_week` times `weeks`, less `closure_hours`, when those are
    known.
    """

    hours: Hours
    instalments: int
    hours_a_week: Hours | None = None
    weeks: int | None = None
    closure_hours: Hours | None = None


class Before(_Frozen):
    """The version that this one follows."""

    version: int
    valid_from: date
    price_cents: _Cents | None
    monthly_cents: _Cents | None


class Difference(_Frozen):
    """What is owed for months that had elapsed when a version was decided.

    `owed_cents` is positive when the family owes, negative when it is owed money; None when no
    monthly amount is known.
    """

    months: int
    owed_cents: _Cents | None


class AuthorityTold(_Frozen):
    """The authority as it was on the day of the decision."""

    code: str
    name: str
    siret: str
    contact: Contact = Contact()


class SchemeTold(_Frozen):
    """The scheme as it was on the day of the decision."""

    code: str
    name: str
    profile: str
    kind: SchemeKind = SchemeKind.FEE
    silence: Silence | None = None


class FamilyTold(_Frozen):
    """The family that the decision is about, as its application names it."""

    child: Child
    applicant: CivilStatus
    address: Address


class Envelope(_Frozen):
    """All that a decision says beside its computation; sealed under `"decision"`."""

    reference: str
    kind: DecisionKind
    ground: str | None = None  # a word of Reason or of an agent's grounds
    mode: DecisionMode
    author: Author | None
    validated_by: str | None = None  # agent:<id>, command:<login>
    decided_at: datetime
    valid_from: date
    received_at: datetime
    authority: AuthorityTold
    scheme: SchemeTold
    structure: str | None = None  # its name
    family: FamilyTold
    contract: ContractTerms | None = None
    admissibility: tuple[CheckResult, ...] = ()
    because: tuple[Change, ...] = ()
    before: Before | None = None
    difference: Difference | None = None
    campaign: str | None = None  # its code
