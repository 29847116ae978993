"""Config: how a simulator is to behave, and who may call it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

EAJE_SCOPES = {  # the scope that opens each key of `data`
    "allocataires": "cnav_participation_familiale_eaje_allocataires",
    "enfants": "cnav_participation_familiale_eaje_enfants",
    "adresse": "cnav_participation_familiale_eaje_adresse",
    "parametres_calcul_participation_familiale": (
        "cnav_participation_familiale_eaje_parametres_calcul"
    ),
}
ALL_SCOPES = frozenset(EAJE_SCOPES.values())


@dataclass(frozen=True, slots=True)
class Token:
    """A token of an habilitation. `expires` is its last day; None: it does not expire."""

    scopes: frozenset[str] = ALL_SCOPES
    expires: date | None = None
    blacklisted: bool = False
    staging: bool = False

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> "Token":
        """Read `{"scopes": […], "expires": "2027-01-31", "blacklisted": false, "staging": false}`.

        Every key may be absent: all scopes, no end.
        """
        expires = content.get("expires")
        return cls(
            scopes=frozenset(content.get("scopes", ALL_SCOPES)),
            expires=None if expires is None else date.fromisoformat(expires),
            blacklisted=bool(content.get("blacklisted", False)),
            staging=bool(content.get("staging", False)),
        )


def today_utc() -> date:
    """The simulator's clock."""
    return datetime.now(UTC).date()


@dataclass(frozen=True, slots=True)
class Config:
    """One simulator. `rate_limit` is calls per second and token; None: no quota.

    `payloads`: a folder of official payload files, answered instead of the population.
    """

    tokens: Mapping[str, Token]
    seed: int = 7
    population: int = 200
    rate_limit: int | None = 20
    latency_ms: int = 0
    jitter_ms: int = 0
    slow_seconds: float = 30.0
    payloads: Path | None = None
    today: Callable[[], date] = field(default=today_utc)
