"""The rights to call: pace and token of each habilitation, read again every half minute."""

from dataclasses import dataclass, replace
from time import monotonic
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import Engine, Row, select

from services.verifier.provider.auth import token_expiry
from shared.endpoints import provider_of
from shared.habilitation import Cover, earliest_end
from shared.metering.instruments import PERMITS, endpoint_label
from shared.protocol.pauses import Turn
from shared.protocol.switching import breaker_switch, fingerprint, token_switch
from shared.queue.limits import Limits
from shared.queue.pace import Allowance, Pace, Permits
from shared.queue.stops import Stop
from shared.sealing import KeyRing
from shared.store.parties import AuthorityRow, HabilitationRow

_RIGHT = select(HabilitationRow.__table__, AuthorityRow.siret).join(
    AuthorityRow, AuthorityRow.id == HabilitationRow.authority_id
)
_FRESH_FOR_S = 30.0
_TOKEN_LEASE_S = 120.0  # above the longest call: one call at a time tries a token that was refused


@dataclass(frozen=True, slots=True, repr=False)
class Right:
    """One habilitation, opened; `stop` is the name under which its refusal is known.

    `cover` is what may be asked with it; `delegation_id` goes with the token of a software editor.
    """

    allowance: Allowance
    token: str
    recipient: str
    cover: Cover
    stop: str = ""
    delegation_id: str | None = None


class Rights:
    """The habilitations of the record, with their tokens opened in memory only."""

    def __init__(self, engine: Engine, ring: KeyRing) -> None:
        self._engine = engine
        self._ring = ring
        self._known: dict[UUID, tuple[float, Right]] = {}

    def of(self, habilitation: UUID) -> Right:
        """The right of a habilitation, at most half a minute old."""
        if not self.knows(habilitation):
            self._known[habilitation] = monotonic(), self._read(habilitation)
        return self._known[habilitation][1]

    def knows(self, habilitation: UUID) -> bool:
        """Whether `of` says it without reading the record."""
        known = self._known.get(habilitation)
        return known is not None and monotonic() - known[0] <= _FRESH_FOR_S

    def _read(self, habilitation: UUID) -> Right:
        with self._engine.connect() as connection:
            row = connection.execute(_RIGHT.where(HabilitationRow.id == habilitation)).one()
        token = self._ring.open_secret(row.sealed_token)
        return Right(
            allowance=Allowance(habilitation, row.pace, row.burst),
            token=token,
            recipient=row.recipient,
            cover=_cover(row, token),
            stop=token_switch(habilitation, fingerprint(row.sealed_token, row.recipient)),
            delegation_id=row.delegation_id,
        )


def _cover(row: Row[Any], token: str) -> Cover:
    """What may be asked; a token that tells its own end is believed before the record."""
    ends_at = earliest_end(token_expiry(token) or row.token_expires_at, row.dossier)
    return Cover(frozenset(row.endpoints), row.recipient, row.siret, ends_at)


class KnowsProfiles(Protocol):
    """Which evidence each scheme rests on; `knows`: whether that is said without any I/O."""

    def of(self, scheme: UUID) -> str: ...
    def knows(self, scheme: UUID) -> bool: ...


class HearsOfTrials(Protocol):
    """Who is told that the next calls try what was stopped."""

    def trying(self, *stops: str) -> None: ...


@dataclass(frozen=True, slots=True)
class ProviderPace:
    """Permits to call, of every bucket that concerns a turn.

    Attributes:
        pace: gives them.
        rights: each habilitation's own pace, and its token.
        profiles: which endpoint a scheme calls.
        limits: what habilitations share.
        health: is told of trials.
        probe_lease_s: how long a trial of an endpoint is waited for: the longest call, and more.
    """

    pace: Pace
    rights: Rights
    profiles: KnowsProfiles
    limits: Limits
    health: HearsOfTrials
    probe_lease_s: float = 30.0

    def take(self, turn: Turn, wanted: int) -> Permits:
        """Take permits for calls of this turn."""
        allowance = self._allowance(turn)
        permits = self.pace.take(allowance, wanted)
        answer = "trial" if permits.trying else "given" if permits.given else "refused"
        PERMITS.labels(self._endpoint(turn), answer).inc(permits.given or 1)
        if permits.trying:
            self.health.trying(*(stop.name for stop in allowance.stops))
        return permits

    def take_another(self, profile: str, right: Right) -> Permits:
        """Take a permit for one more call about what was begun (`services.verifier.again`)."""
        limits = self.limits.of(provider_of(profile))
        return self.pace.take(replace(right.allowance, limits=limits), 1)

    def give_back(self, turn: Turn, unused: int) -> None:
        """Return permits that led to no call."""
        PERMITS.labels(self._endpoint(turn), "given_back").inc(unused)
        self.pace.give_back(self._allowance(turn), unused)

    def _endpoint(self, turn: Turn) -> str:
        return endpoint_label(self.profiles.of(turn.scheme))

    def _allowance(self, turn: Turn) -> Allowance:
        right, profile = self.rights.of(turn.habilitation), self.profiles.of(turn.scheme)
        return replace(
            right.allowance,
            lane=turn.lane,
            limits=self.limits.of(provider_of(profile)),
            stops=(
                Stop(right.stop, probes=1, lease_s=_TOKEN_LEASE_S),
                Stop(breaker_switch(profile), probes=2, lease_s=self.probe_lease_s),
            ),
        )
