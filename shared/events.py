"""The messages between services: ids only, never people. One event kind, versioned.

A consumer reads every version that may still be in Redis; a producer writes the last one.
"""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from shared.states import Lane, Step

LARGEST_DOORBELL = 64


class Doorbell(BaseModel):
    """Look at these applications: all of one step, one habilitation and one lane."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1] = 1
    step: Step
    lane: Lane
    habilitation: UUID
    ids: Annotated[tuple[UUID, ...], Field(min_length=1, max_length=LARGEST_DOORBELL)]
    trace: Annotated[str, Field(max_length=64)] | None = None
