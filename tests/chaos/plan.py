"""The plan: which faults strike when, drawn from a seed. The same seed gives the same plan."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from random import Random

_CALM_S = 2.0  # before the first, so that there is something to harm
EVERY_S = 2.2  # on average


class Kind(StrEnum):
    """What can strike."""

    KILL_VERIFIER = "kill_verifier"
    KILL_TARIFF = "kill_tariff"
    KILL_NOTIFIER = "kill_notifier"
    KILL_SCHEDULER = "kill_scheduler"
    KILL_INTAKE = "kill_intake"
    ZOMBIE_VERIFIER = "zombie_verifier"  # stopped past its life, then let go on
    ZOMBIE_TARIFF = "zombie_tariff"
    ZOMBIE_NOTIFIER = "zombie_notifier"
    REDIS_KILLED = "redis_killed"  # and restarted from its append-only file
    REDIS_FLUSHED = "redis_flushed"
    REDIS_PAUSED = "redis_paused"
    REDIS_FULL = "redis_full"  # every write is refused
    REDIS_CUT = "redis_cut"  # every connection ends
    REDIS_MUTE = "redis_mute"  # commands arrive, their replies do not; then every connection ends
    POSTGRES_RESTARTED = "postgres_restarted"  # as `pg_ctl restart -m immediate`
    POSTGRES_CUT = "postgres_cut"
    POSTGRES_MUTE = "postgres_mute"
    STATE_BROKEN = "state_broken"  # the provider answers 502
    STATE_HANGS = "state_hangs"
    STATE_SLOW = "state_slow"
    STATE_HANGS_UP = "state_hangs_up"
    STATE_BUSY = "state_busy"  # a few calls are told that the quota is used up
    PORTAL_FAILS = "portal_fails"  # the receiver of webhooks answers 500
    PORTAL_HANGS = "portal_hangs"


_WEIGHTS: Mapping[Kind, int] = {
    Kind.KILL_VERIFIER: 3,
    Kind.KILL_TARIFF: 3,
    Kind.KILL_SCHEDULER: 2,
    Kind.KILL_INTAKE: 2,
    Kind.REDIS_KILLED: 2,
    Kind.REDIS_FLUSHED: 2,
    Kind.POSTGRES_RESTARTED: 2,
}
_LASTS: Mapping[Kind, tuple[float, float]] = {  # seconds, from and to
    Kind.ZOMBIE_VERIFIER: (7.5, 9.0),
    Kind.ZOMBIE_TARIFF: (7.5, 9.0),
    Kind.ZOMBIE_NOTIFIER: (7.5, 9.0),
    Kind.REDIS_PAUSED: (1.0, 3.0),
    Kind.REDIS_FULL: (1.0, 3.0),
    Kind.REDIS_MUTE: (0.5, 2.0),
    Kind.POSTGRES_MUTE: (0.5, 2.0),
    Kind.STATE_BROKEN: (1.0, 3.0),
    Kind.STATE_HANGS: (1.0, 3.0),
    Kind.STATE_SLOW: (2.0, 5.0),
    Kind.STATE_HANGS_UP: (1.0, 2.0),
    Kind.STATE_BUSY: (0.5, 1.0),
    Kind.PORTAL_FAILS: (1.0, 4.0),
    Kind.PORTAL_HANGS: (1.0, 4.0),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: when it strikes, in seconds from the start, which copy, how long it lasts."""

    at_s: float
    kind: Kind
    copy: int
    lasts_s: float


def plan(
    seed: int,
    seconds: float,
    *,
    copies: int,
    every_s: float = EVERY_S,
    kinds: Sequence[Kind] = tuple(Kind),
) -> Sequence[Fault]:
    """The faults of a run, in order of time: of these kinds, one every so many seconds.

    Every kind is dealt in turn from a shuffled hand, so that a few runs have them all; each fault
    falls within its own stretch of the time, so that they come neither all at once nor by the
    clock, and early in a long one, so that the next finds calm.
    """
    chance = Random(seed)
    how_many = max(1, int((seconds - _CALM_S) / every_s))
    return [
        _fault(_CALM_S + every_s * place + EVERY_S * chance.random(), kind, chance, copies)
        for place, kind in enumerate(_dealt(how_many, kinds, chance))
    ]


def counted(faults: Sequence[Fault]) -> Mapping[str, int]:
    """How many of each kind."""
    return dict(sorted(Counter(fault.kind.value for fault in faults).items()))


def _fault(at_s: float, kind: Kind, chance: Random, copies: int) -> Fault:
    lasts_s = chance.uniform(*_LASTS.get(kind, (0.0, 0.0)))
    return Fault(round(at_s, 2), kind, chance.randrange(copies), round(lasts_s, 2))


def _dealt(how_many: int, kinds: Sequence[Kind], chance: Random) -> Sequence[Kind]:
    hand: list[Kind] = []
    while len(hand) < how_many:
        more = [kind for kind in kinds for _ in range(_WEIGHTS.get(kind, 1))]
        chance.shuffle(more)
        hand += more
    return hand[:how_many]
