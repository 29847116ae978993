"""Evidence: what the State certified about a family, or the named outcome of asking.

`Outcome` is a closed set of frozen values, read by one `match`. None of them is an exception.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

EAJE_SOURCE = "api-particulier-v3/participation_familiale_eaje"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Provenance(_Frozen):
    """Where a figure comes from: which counter, which call, when. Never the query itself."""

    source: str
    fetched_at: AwareDatetime
    http_status: int
    request_id: str | None = None
    code: str | None = None
    cached: bool | None = None


class EajeFacts(_Frozen):
    """What the PSU fee needs of the EAJE answer, as certified by the CAF or the MSA.

    `annual_resources_cents`: base of resources of one year, in cents; None when the key was
    absent. `children` and `aeeh_children` are counts in the sense of family benefits. The AEEH
    count is health data.
    """

    children: Annotated[int, Field(ge=0)] | None
    aeeh_children: Annotated[int, Field(ge=0)] | None
    annual_resources_cents: int | None
    resources_year: int | None
    child_listed: bool
    address_line: str | None
    address_city: str | None
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Certified:
    """The State answered, and the answer is about this family."""

    facts: EajeFacts


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
    """The file lists no child under seven; asking again on a timer is logged as misuse."""

    provenance: Provenance


@dataclass(frozen=True, slots=True)
class InputRefused:
    """A field of the civil status was refused; `fields` are our own JSON pointers."""

    provenance: Provenance
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Inconsistent:
    """The answer is not about this family, or cannot be believed; `doubt` names why."""

    provenance: Provenance
    doubt: str


@dataclass(frozen=True, slots=True)
class Forbidden:
    """Token, scope or habilitation refused: nobody's application can pass until ops mend it."""

    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Busy:
    """Quota, conflict or maintenance: come back at `retry_at` (UTC), or when None, soon."""

    provenance: Provenance
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
