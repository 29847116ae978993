"""The messages between services: ids only, never people. One event kind, versioned.

A consumer reads every version that may still be in Redis, and passes over the fields that it does
not know; a producer writes the last version. So consumers are upgraded first. A doorbell of a
version too new is no error: whoever hears it lets it go, and the scheduler rings again.
"""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from shared.states import Lane, Step

LARGEST_DOORBELL = 64
VERSION = 1


class Doorbell(BaseModel):
    """Look at these applications: all of one step, one habilitation and one lane."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    version: Annotated[int, Field(strict=True, ge=1, le=VERSION)] = VERSION
    step: Step
    lane: Lane
    habilitation: UUID
    ids: Annotated[tuple[UUID, ...], Field(min_length=1, max_length=LARGEST_DOORBELL)]
    trace: Annotated[str, Field(max_length=64)] | None = None


def is_too_new(content: Mapping[str, Any]) -> bool:
    """Whether a doorbell was written by a version later than this code, which may not read it."""
    version = content.get("version")
    return isinstance(version, int) and version > VERSION
