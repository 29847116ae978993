"""Receipts: what a portal is told when it hands an application in."""

from dataclasses import dataclass
from datetime import datetime

from shared.states import Status


@dataclass(frozen=True, slots=True)
class Receipt:
    """An application is committed under this reference.

    It says only what never changes, so that the same request is answered with the same body for
    ever: `state` is the one in which it entered. `first`: this request brought it (202), else it
    was there already (200). `replayed`: the answer was given before, to the same
    `Idempotency-Key`.
    """

    reference: str
    received_at: datetime
    first: bool
    state: Status = Status.RECEIVED
    replayed: bool = False
