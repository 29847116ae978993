"""Limits: what the State allows, as buckets of permits that stay below it in any of its windows.

The State counts in fixed windows, which nobody sees begin. A bucket that is refilled evenly gives
in any window at most its burst and what flows in meanwhile: pace x window + burst. The head-room
is what keeps that below the limit, and leaves something to calls that arrive later than others.

Sources: API Particulier, 20 calls a second for a habilitation and 1,000 a minute for an address;
FranceConnect's introspection, 30 a minute and 600 an hour for an address (October 2026); DGFiP, 50
a minute by default (conditions of API Impôt particulier and SFiP).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from shared.endpoints import API_PARTICULIER, DGFIP

_MINUTE, _HOUR = 60, 3_600


@dataclass(frozen=True, slots=True)
class Bucket:
    """Permits a second, and how many may gather while idle; `name` is shared by who shares it."""

    name: str
    pace: float
    burst: float


@dataclass(frozen=True, slots=True)
class Limit:
    """So many calls in any window of so many seconds."""

    calls: int
    seconds: int

    def bucket(self, name: str, *, headroom: float) -> Bucket:
        """A bucket below the limit by `headroom` (0.1: a tenth), half of which may gather.

        The other half is for what was permitted in one window and arrives in the next.
        """
        pace = self.calls * (1 - headroom) / self.seconds
        return Bucket(name, pace, max(1.0, self.calls * headroom / 2))


@dataclass(frozen=True, slots=True)
class Limits:
    """Every limit that is shared by several habilitations.

    Attributes:
        egress: our public address, as the State counts it: whoever shares one shares its name.
        api_particulier: for an address.
        dgfip: for all calls.
        franceconnect: for an address, each asked for.
        headroom: how far below each to stay (0.1: a tenth).
    """

    egress: str = "default"
    api_particulier: Limit = Limit(1_000, _MINUTE)
    dgfip: Limit = Limit(50, _MINUTE)
    franceconnect: tuple[Limit, ...] = (Limit(30, _MINUTE), Limit(600, _HOUR))
    headroom: float = 0.1
    _of: Mapping[str, tuple[Bucket, ...]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        counter, dgfip = f"{API_PARTICULIER}@{self.egress}", DGFIP
        buckets = {
            API_PARTICULIER: (self.api_particulier.bucket(counter, headroom=self.headroom),),
            DGFIP: (self.dgfip.bucket(dgfip, headroom=self.headroom),),
        }
        object.__setattr__(self, "_of", buckets)

    def of(self, provider: str) -> tuple[Bucket, ...]:
        """The buckets that a call to a provider takes from, beside its habilitation's own."""
        return self._of.get(provider, ())

    def introspection(self) -> tuple[Bucket, ...]:
        """The further buckets of a call with a FranceConnect token, which the State introspects."""
        return tuple(
            limit.bucket(f"franceconnect-{limit.seconds}s@{self.egress}", headroom=self.headroom)
            for limit in self.franceconnect
        )
