"""Evidence: what the State certified about a family, or the named outcome of asking.

`Outcome` is a closed set of frozen values, read by one `match`. None of them is an exception.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    TypeAdapter,
)

from shared.provenance import Provenance as Provenance  # noqa: PLC0414 - with the outcomes it is in
from shared.quotients import FamilyFund as FamilyFund  # noqa: PLC0414
from shared.quotients import Month as Month  # noqa: PLC0414
from shared.quotients import Presence as Presence  # noqa: PLC0414
from shared.quotients import QfFacts as QfFacts  # noqa: PLC0414
from shared.quotients import QuotientOfMonth as QuotientOfMonth  # noqa: PLC0414
from shared.taxation import TaxFacts

EAJE_SOURCE = "api-particulier-v3/participation_familiale_eaje"
EAJE_FRANCE_CONNECT_SOURCE = f"{EAJE_SOURCE}/france_connect"
QF_SOURCE = "api-particulier-v3/quotient_familial"
QF_FRANCE_CONNECT_SOURCE = f"{QF_SOURCE}/france_connect"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Proof(_Frozen):
    """The State's receipt of an answer: a page that shows it again, and the code of that page.

    Valid for five years. Both open somebody's figures to whoever holds them: they are sealed with
    the facts and with the decision, and stay out of every `repr`, log and answer.
    """

    url: Annotated[str, Field(repr=False, min_length=1, max_length=8_192)]
    code: Annotated[str, Field(repr=False, min_length=1, max_length=64)]


class EajeFacts(_Frozen):
    """What the PSU fee needs of the EAJE answer, as certified by the CAF or the MSA.

    `annual_resources_cents`: base of resources of one year, in cents; None when the key was
    absent. `children` and `aeeh_children` are counts in the sense of family benefits. The AEEH
    count is health data. `proof` is there when one was asked for and given.
    """

    kind: Literal["eaje"] = "eaje"
    children: Annotated[int, Field(ge=0)] | None
    aeeh_children: Annotated[int, Field(ge=0)] | None
    annual_resources_cents: int | None
    resources_year: int | None
    child_listed: bool
    address_line: str | None
    address_city: str | None
    provenance: Provenance
    proof: Annotated[Proof | None, Field(repr=False)] = None


Facts = EajeFacts | QfFacts | TaxFacts


def _kind(content: object) -> object:
    """Facts sealed before there were several kinds are those of the EAJE."""
    if isinstance(content, dict):
        return content.get("kind", "eaje")
    return getattr(content, "kind", None)


_FACTS: TypeAdapter[Facts] = TypeAdapter(
    Annotated[
        Annotated[EajeFacts, Tag("eaje")]
        | Annotated[QfFacts, Tag("qf")]
        | Annotated[TaxFacts, Tag("tax")],
        Discriminator(_kind),
    ]
)


def write_facts(facts: Facts) -> bytes:
    """The content that is sealed.

    EAJE facts without a proof are written as they were before there were several kinds: while a
    new release replaces the one before, workers of both read each other's evidence.
    """
    later = {"kind", "proof"} if isinstance(facts, EajeFacts) and facts.proof is None else set()
    return facts.model_dump_json(exclude=later).encode()


def read_facts(content: bytes) -> Facts:
    """The facts of sealed evidence, whichever their kind.

    Raises:
        ValidationError: when the content is no facts of a known kind.
    """
    return _FACTS.validate_json(content)


@dataclass(frozen=True, slots=True)
class Certified:
    """The State answered, and the answer is about this family."""

    facts: Facts


@dataclass(frozen=True, slots=True)
class NotIdentified:
    """Nobody could be identified from the civil status that was sent."""

    provenance: Provenance


@dataclass(frozen=True, slots=True)
class NoFile:
    """The person is known, but has no usable file at the fund."""

    provenance: Provenance


@dataclass(frozen=True, slots=True)
class NoChildUnderSeven:
    """The file lists no child under seven; asking again on a timer is logged as misuse.

    Without provenance nobody was asked: the child is seven, or is born later (`born_on`).
    """

    provenance: Provenance | None
    born_on: date | None = None


@dataclass(frozen=True, slots=True)
class InputRefused:
    """A field was refused, by us when nobody was asked; `fields` are our own JSON pointers."""

    provenance: Provenance | None
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Inconsistent:
    """The answer is not about this family, or cannot be believed; `doubt` names why."""

    provenance: Provenance
    doubt: str


@dataclass(frozen=True, slots=True)
class Forbidden:
    """Token, scope or habilitation refused, or none to ask with: ops must mend it first."""

    provenance: Provenance | None


@dataclass(frozen=True, slots=True)
class Busy:
    """Quota (ours, without provenance), conflict, maintenance: back at `retry_at`, UTC, or soon."""

    provenance: Provenance | None
    retry_at: datetime | None
    whole_habilitation: bool


@dataclass(frozen=True, slots=True)
class Unavailable:
    """The provider, the network or the answer itself broke; `failure` names the kind."""

    provenance: Provenance | None
    failure: str


@dataclass(frozen=True, slots=True)
class Unreadable:
    """An answer outside the contract: a person must look, asking again would not help."""

    provenance: Provenance


Outcome = (
    Certified
    | NotIdentified
    | NoFile
    | NoChildUnderSeven
    | InputRefused
    | Inconsistent
    | Forbidden
    | Busy
    | Unavailable
    | Unreadable
)
