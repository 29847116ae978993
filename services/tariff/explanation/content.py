"""The sealed content of a decision, read for whoever explains it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.decisions import Envelope
from shared.errors import BerceauError

Record = Mapping[str, Any]


class NoEnvelopeError(BerceauError):
    """The decision was sealed without what a letter says beside its computation."""


@dataclass(frozen=True, slots=True)
class Told:
    """A decision as it was sealed: what it says, and the record of its computation if it has one.

    The State's proof, sealed with them, is not read.
    """

    decision: Envelope
    record: Record | None

    @property
    def child(self) -> str:
        """The child's usual first name."""
        return self.decision.family.child.first_names[0]


def read_content(content: Mapping[str, Any]) -> Told:
    """Read what was sealed.

    Raises:
        NoEnvelopeError: it comes from before decisions said more than their computation.
        ValidationError: what it says is none of ours.
    """
    said = content.get("decision")
    if said is None:
        raise NoEnvelopeError
    return Told(Envelope.model_validate(said), content.get("record"))
