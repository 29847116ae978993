"""Rules: the small grammar of faults, one line each: `status=502 rate=0.05 endpoint=qf`.

One word says what happens, the others when: to which share of the calls, to which endpoint, about
whom, from when and for how long, or in which hours of the day or the week.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from services.simulator.api.faults.delays import Delay, delay
from services.simulator.api.faults.timetable import Weekly, daily, weekly
from services.simulator.population.names import folded

_MILLION = 1_000_000
_SECONDS = {"s": 1, "m": 60, "h": 3_600}
TARGETS = (
    *("particulier", "eaje", "qf", "identite", "france_connect", "v2"),
    *("dgfip", "token", "impots", "sfip"),
)


class Effect(StrEnum):
    """What happens to a call."""

    STATUS = "status"  # refused with this HTTP status, in the API's own words
    LATENCY = "latency"  # answered later
    HANG = "hang"  # no answer until the caller gives up
    CLOSED = "closed"  # the connection ends without an answer
    HTML = "html"  # a page of the front server, with this status
    MAINTENANCE = "maintenance"  # scheduled: told before the parameters are read
    TRUNCATED = "truncated"  # a good answer cut in the middle of its JSON
    PARTIAL_DATES = "partial-dates"  # birth dates lose their day, then their month
    ABSENT = "absent"  # a key leaves the answer, wherever it stands


_BARE = {Effect.HANG, Effect.CLOSED, Effect.MAINTENANCE, Effect.TRUNCATED, Effect.PARTIAL_DATES}


@dataclass(frozen=True, slots=True)
class Target:
    """A call as the rules see it: its names among `TARGETS`, whom it is about, its rank."""

    names: frozenset[str]
    number: int
    people: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Rule:
    """A fault. `rate` is in millionths; `start_s` and `length_s` count from when it was set."""

    text: str
    effect: Effect
    status: int = 0
    key: str = ""
    delay: Delay | None = None
    rate: int = _MILLION
    endpoint: str = ""
    name: str = ""
    start_s: float = 0
    length_s: float | None = None
    window: Weekly | None = field(default=None)
    first: int | None = None

    def concerns(self, target: Target) -> bool:
        """Whether the rule is about such a call at all."""
        return (not self.endpoint or self.endpoint in target.names) and (
            not self.name or self.name in target.people
        )

    def is_on(self, age_s: float, moment: datetime) -> bool:
        """Whether its time has come: `age_s` since it was set, `moment` in Paris."""
        begun = age_s >= self.start_s
        over = self.length_s is not None and age_s >= self.start_s + self.length_s
        shut = self.window is not None and not self.window.seconds_left(moment)
        return begun and not over and not shut

    def seconds_left(self, age_s: float, moment: datetime) -> int:
        """How long it will still last, as far as it says; 0 when it does not say."""
        if self.window is not None:
            return self.window.seconds_left(moment)
        return 0 if self.length_s is None else max(1, int(self.start_s + self.length_s - age_s))


def rule(text: str) -> Rule:
    """Read one line of the grammar.

    Raises:
        ValueError: for an unknown word, two effects or none, or a value out of bounds.
    """
    parts = [word.partition("=")[::2] for word in text.split()]
    effects = [(word, value) for word, value in parts if word in set(Effect)]
    if len(effects) != 1:
        raise ValueError(f"« {text} » : on attend un effet, et un seul ({', '.join(Effect)})")
    when = {word: value for word, value in parts if word not in set(Effect)}
    if len(when) + 1 != len(parts):
        raise ValueError(f"« {text} » : un mot est donné deux fois")
    return Rule(text=text, **_effect(*effects[0]), **_when(when))


def _effect(word: str, value: str) -> dict[str, Any]:
    effect = Effect(word)
    if effect in _BARE:
        if value:
            raise ValueError(f"« {word} » ne prend pas de valeur")
        return {"effect": effect}
    match effect:
        case Effect.LATENCY:
            return {"effect": effect, "delay": delay(value)}
        case Effect.ABSENT:
            return {"effect": effect, "key": _key(value)}
        case _:
            return {"effect": effect, "status": _status(value)}


def _when(given: Mapping[str, str]) -> dict[str, Any]:
    read: dict[str, Any] = {}
    for word, value in given.items():
        if word not in _READ:
            raise ValueError(f"« {word} » : mot inconnu, on attend {', '.join(_READ)}")
        name, reader = _READ[word]
        if name in read:
            raise ValueError(f"« {word} » : daily ou weekly, pas les deux")
        read[name] = reader(value)
    return read


def _status(value: str) -> int:
    if not re.fullmatch(r"[45][0-9]{2}", value):
        raise ValueError(f"« {value} » : on attend un statut de 400 à 599")
    return int(value)


def _key(value: str) -> str:
    if not re.fullmatch(r"\w{1,60}", value):
        raise ValueError(f"« {value} » : on attend le nom d’une clé de la réponse")
    return value


def _rate(value: str) -> int:
    if not re.fullmatch(r"0?[.][0-9]{1,6}|[01]([.]0*)?", value):
        raise ValueError(f"« {value} » : on attend une part de 0 à 1, comme 0.05")
    return round(float(value) * _MILLION)


def _endpoint(value: str) -> str:
    if value not in TARGETS:
        raise ValueError(f"« {value} » : on attend {', '.join(TARGETS)}")
    return value


def _lapse(value: str) -> float:
    found = re.fullmatch(r"([0-9]{1,6}(?:[.][0-9]{1,3})?)(s|m|h)", value)
    if found is None:
        raise ValueError(f"« {value} » : on attend une durée, comme 30s, 5m ou 12h")
    return float(found[1]) * _SECONDS[found[2]]


def _count(value: str) -> int:
    if not re.fullmatch(r"[0-9]{1,6}", value):
        raise ValueError(f"« {value} » : on attend un nombre d’appels")
    return int(value)


_READ: dict[str, tuple[str, Callable[[str], object]]] = {
    "rate": ("rate", _rate),
    "endpoint": ("endpoint", _endpoint),
    "name": ("name", lambda value: folded(value.replace("_", " "))),
    "from": ("start_s", _lapse),
    "for": ("length_s", _lapse),
    "daily": ("window", daily),
    "weekly": ("window", weekly),
    "first": ("first", _count),
}
WORDS = tuple(_READ)
