"""Where each input of a decision comes from: certified by the State, or said by somebody."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from shared.provenance import Provenance


class DeclaredSource(StrEnum):
    """Who said a figure that nobody certified."""

    APPLICATION = "application"  # the family, in its application
    COMMAND_LINE = "command_line"  # whoever asked for a quote
    AGENT = "agent"  # an agent who settled it


@dataclass(frozen=True, slots=True)
class Declared:
    """Where an uncertified input comes from, and when (UTC) it was received."""

    source: DeclaredSource
    received_at: datetime | None = None


Origin = Provenance | Declared


def told(origin: Origin) -> dict[str, Any]:
    """An origin as JSON values."""
    match origin:
        case Provenance():
            return {"kind": "certified", **origin.model_dump(mode="json")}
        case Declared(source, received_at):
            at = None if received_at is None else received_at.isoformat()
            return {"kind": "declared", "source": source.value, "received_at": at}


def told_input(value: object, origin: Mapping[str, Any]) -> dict[str, Any]:
    """An input as JSON values, with where it comes from."""
    return {"value": value, "provenance": dict(origin)}
