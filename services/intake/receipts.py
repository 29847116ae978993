"""Receipts: what a portal is told when it hands an application in."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from sqlalchemy import Row

from shared.protocol.reviewing.grounds import Acknowledged
from shared.scheme_rules import Silence
from shared.states import Status


@dataclass(frozen=True, slots=True)
class Receipt:
    """An application is committed under this reference.

    It says only what never changes, so that the same request is answered with the same body for
    ever: `state` is the one in which it entered, `silence` the rule under which it was received.
    `first`: this request brought it (202), else it was there already (200). `replayed`: the answer
    was given before, to the same `Idempotency-Key`.
    """

    reference: str
    received_at: datetime
    first: bool
    state: Status = Status.RECEIVED
    silence: Silence | None = None
    replayed: bool = False

    @classmethod
    def again(cls, row: Row[Any], *, first: bool = False, replayed: bool = False) -> Self:
        """That of what entered before, out of its reference, reception, first state and rule."""
        silence = row.silence and Acknowledged.read(row.silence).silence
        state = Status(row.state)
        return cls(row.reference, row.received_at, first, state, silence, replayed)
