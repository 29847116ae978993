"""What intake is made of, put together by its composition root, or by a test."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from sqlalchemy import Connection, Engine

from services.intake.franceconnect.asking import Asking
from services.intake.portals import Counts
from services.tariff.language.scale import Scale
from shared.blind_names import IndexKeys
from shared.protocol.honest_bell import Rings
from shared.sealing import KeyRing


class Promises(Protocol):
    """Knows how long a new application would have to stay away; 0 when it can be promised."""

    def wait_s(self, connection: Connection, habilitation: UUID) -> int: ...


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds of one process.

    `at_once` requests are served together and eight times as many wait; a body has at most
    `body_bytes` bytes (`batch_bytes` for a batch), which must all come within `body_seconds`.
    """

    at_once: int = 40
    body_bytes: int = 65_536
    batch_bytes: int = 4_194_304
    body_seconds: float = 15.0


@dataclass(frozen=True, slots=True)
class Parts:
    """All that a request may touch.

    `redis_answers` is for readiness only: whether Redis answers changes nothing in what is
    accepted. `clock` gives the time (UTC) that families' dates are compared with; the record's
    own times come from the database. `asking` asks the State at a FranceConnect callback.
    `scale_of` gives the scale of a tariff's id, or raises TariffError. Without `index_keys` nobody
    who enters is found by name.
    """

    engine: Engine
    key_ring: KeyRing
    bell: Rings
    redis_answers: Callable[[], bool]
    tolls: Counts
    promises: Promises
    asking: Asking
    scale_of: Callable[[str], Scale]
    limits: Limits
    clock: Callable[[], datetime]
    index_keys: IndexKeys | None = None
