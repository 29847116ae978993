"""An event: one change of an application, as its portal is told it (CloudEvents 1.0, JSON).

It names the application by its public reference and says its state; nobody's name, birth, income or
fee is in it. A portal that wants more asks for the application. The same event has the same bytes
each time that it is sent.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol, Self
from uuid import UUID

MEDIA_TYPE = "application/cloudevents+json"
LONGEST_BODY = 65_536  # bytes; an event has some 400
APPLICATION = "fr.berceau.application."
TRIAL = "fr.berceau.webhook.test"


class Stored(Protocol):
    """An event as a query reads it."""

    def __getattr__(self, name: str) -> Any: ...  # noqa: ANN401 - as SQLAlchemy has it


@dataclass(frozen=True, slots=True)
class Event:
    """One change of one application, or a trial of an endpoint (no reference, no state).

    `sequence` is its place among the changes of its application, which grows and may leap; `reason`
    is a word of `shared.reasons`, as portals may see it.
    """

    id: UUID
    portal: str
    sequence: int
    at: datetime
    reference: str | None = None
    state: str | None = None
    reason: str | None = None
    decision_version: int | None = None

    @classmethod
    def of(cls, row: Stored) -> Self:
        """An event from a row that has these columns."""
        return cls(
            row.id,
            row.portal,
            row.sequence,
            row.at,
            row.reference,
            row.state,
            row.reason,
            row.decision_version,
        )

    @property
    def type(self) -> str:
        """`fr.berceau.application.<state>`, or that of a trial."""
        return TRIAL if self.state is None else APPLICATION + self.state.lower()

    def as_json(self) -> Mapping[str, Any]:
        """The event in CloudEvents' structured mode."""
        said: dict[str, Any] = {
            "specversion": "1.0",
            "id": str(self.id),
            "source": f"urn:berceau:portal:{self.portal}",
            "type": self.type,
            "time": self.at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
            "datacontenttype": "application/json",
        }
        if self.reference is None:
            return {**said, "data": {}}
        data = {
            "reference": self.reference,
            "sequence": self.sequence,
            "state": self.state,
            "reason": self.reason,
            "decision_version": self.decision_version,
        }
        return {**said, "subject": self.reference, "data": data}

    def body(self) -> str:
        """The body of a delivery.

        Raises:
            ValueError: longer than anybody should be sent.
        """
        body = json.dumps(self.as_json(), ensure_ascii=False, separators=(",", ":"))
        if len(body.encode()) > LONGEST_BODY:
            raise ValueError("this event is longer than a delivery may be")
        return body
