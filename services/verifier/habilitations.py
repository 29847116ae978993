"""The rights to call: pace and token of each habilitation, read again every half minute."""

from dataclasses import dataclass
from time import monotonic
from uuid import UUID

from sqlalchemy import Engine, select

from shared.queue.pace import Allowance, Pace, Permits
from shared.sealing import KeyRing
from shared.store.parties import HabilitationRow

_FRESH_FOR_S = 30.0


@dataclass(frozen=True, slots=True, repr=False)
class Right:
    """One habilitation, opened."""

    allowance: Allowance
    token: str
    recipient: str


class Rights:
    """The habilitations of the record, with their tokens opened in memory only."""

    def __init__(self, engine: Engine, ring: KeyRing) -> None:
        self._engine = engine
        self._ring = ring
        self._known: dict[UUID, tuple[float, Right]] = {}

    def of(self, habilitation: UUID) -> Right:
        """The right of a habilitation, at most half a minute old."""
        known = self._known.get(habilitation)
        if known is None or monotonic() - known[0] > _FRESH_FOR_S:
            known = monotonic(), self._read(habilitation)
            self._known[habilitation] = known
        return known[1]

    def _read(self, habilitation: UUID) -> Right:
        with self._engine.connect() as connection:
            row = connection.execute(
                select(HabilitationRow.__table__).where(HabilitationRow.id == habilitation)
            ).one()
        return Right(
            allowance=Allowance(habilitation, row.pace, row.burst),
            token=self._ring.open_secret(row.sealed_token),
            recipient=row.recipient,
        )


class ProviderPace:
    """Permits to call, by habilitation."""

    def __init__(self, pace: Pace, rights: Rights) -> None:
        self._pace = pace
        self._rights = rights

    def take(self, habilitation: UUID, wanted: int) -> Permits:
        return self._pace.take(self._rights.of(habilitation).allowance, wanted)

    def give_back(self, habilitation: UUID, unused: int) -> None:
        self._pace.give_back(self._rights.of(habilitation).allowance, unused)
