"""Config: how a simulator is to behave, and who may call it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from services.simulator.api.particulier.nomenclature import Edition
from services.simulator.clock import Now, in_paris, now_utc

EAJE_SCOPES = {  # the scope that opens each key of `data`
    "allocataires": "cnav_participation_familiale_eaje_allocataires",
    "enfants": "cnav_participation_familiale_eaje_enfants",
    "adresse": "cnav_participation_familiale_eaje_adresse",
    "parametres_calcul_participation_familiale": (
        "cnav_participation_familiale_eaje_parametres_calcul"
    ),
}
QF_SCOPES = {
    "quotient_familial": "cnaf_quotient_familial",
    "allocataires": "cnaf_allocataires",
    "enfants": "cnaf_enfants",
    "adresse": "cnaf_adresse",
}
ALL_SCOPES = frozenset((*EAJE_SCOPES.values(), *QF_SCOPES.values()))


@dataclass(frozen=True, slots=True)
class Delegation:
    """The right to call for an administration that gave its habilitation to an editor."""

    id: str
    recipient: str
    scopes: frozenset[str] = ALL_SCOPES
    active: bool = True

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> "Delegation":
        """Read `{"id": …, "recipient": …, "scopes": […], "active": true}`."""
        return cls(
            id=str(content["id"]),
            recipient=str(content["recipient"]),
            scopes=frozenset(content.get("scopes", ALL_SCOPES)),
            active=bool(content.get("active", True)),
        )


@dataclass(frozen=True, slots=True)
class Token:
    """A token of an habilitation, or of an editor when it has delegations.

    `expires` is its last day; None: it does not expire. `addresses`: those it may be used from;
    none: from anywhere. Tokens of one `habilitation` share its limit; left out, a token is alone.
    """

    scopes: frozenset[str] = ALL_SCOPES
    expires: date | None = None
    blacklisted: bool = False
    staging: bool = False
    habilitation: str = ""
    siret: str = ""
    addresses: frozenset[str] = frozenset()
    delegations: tuple[Delegation, ...] | None = None

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> "Token":
        """Read one entry of the token file; every key may be absent: all scopes, no end."""
        expires, delegations = content.get("expires"), content.get("delegations")
        return cls(
            scopes=frozenset(content.get("scopes", ALL_SCOPES)),
            expires=None if expires is None else date.fromisoformat(expires),
            blacklisted=bool(content.get("blacklisted", False)),
            staging=bool(content.get("staging", False)),
            habilitation=str(content.get("habilitation", "")),
            siret=str(content.get("siret", "")),
            addresses=frozenset(content.get("addresses", ())),
            delegations=(
                None if delegations is None else tuple(map(Delegation.from_json, delegations))
            ),
        )


@dataclass(frozen=True, slots=True)
class Client:
    """A client of the DGFiP's gateway."""

    secret: str = field(repr=False)
    scopes: frozenset[str] | None = None  # None: all


@dataclass(frozen=True, slots=True)
class Teleservice:
    """A use case enrolled with the DGFiP: the fields and the years (1: N-1) it was granted."""

    fields: frozenset[str] | None = None  # None: all
    years: frozenset[int] = frozenset({1, 2, 3})


@dataclass(frozen=True, slots=True)
class Treasury:
    """The DGFiP's side: who may call, how often, how long a token of the gateway lives."""

    clients: Mapping[str, Client] = field(default_factory=dict)
    teleservices: Mapping[str, Teleservice] = field(default_factory=dict)
    rate_limit: int | None = 50  # calls a minute and client
    token_seconds: int = 3_600

    @classmethod
    def from_json(cls, content: Mapping[str, Any], **options: Any) -> "Treasury":  # noqa: ANN401
        """Read `clients` (id, then `secret`, `scopes`) and `teleservices` (`fields`, `years`)."""
        return cls(
            clients={
                name: Client(str(each["secret"]), _set(each.get("scopes")))
                for name, each in content.get("clients", {}).items()
            },
            teleservices={
                name: Teleservice(_set(each.get("fields")), frozenset(each.get("years", (1, 2, 3))))
                for name, each in content.get("teleservices", {}).items()
            },
            **options,
        )


def _set(listed: list[str] | None) -> frozenset[str] | None:
    return None if listed is None else frozenset(listed)


@dataclass(frozen=True, slots=True)
class Config:
    """One simulator.

    `rate_limit`: calls per second and habilitation; `address_limit`: per minute and address; an
    address that was told 429 more than `ban_after` times in a minute is banned for `ban_seconds`,
    without any answer. None or 0: no such limit. `payloads`: a folder of official payload files,
    answered instead of the population. `staging`: behave as the staging host, which masks nothing.
    """

    tokens: Mapping[str, Token]
    seed: int = 7
    population: int = 200
    rate_limit: int | None = 20
    address_limit: int | None = 1_000
    ban_after: int = 100
    ban_seconds: int = 43_200
    latency_ms: int = 0
    jitter_ms: int = 0
    slow_seconds: float = 30.0
    payloads: Path | None = None
    nomenclature: Edition = Edition.SEPTEMBER
    any_jwt: bool = False
    staging: bool = False
    fc_tokens: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    fc_life_seconds: int = 60
    qf_always_ready: bool = False
    windows: bool = True
    faults: tuple[str, ...] = ()
    treasury: Treasury = field(default_factory=Treasury)
    now: Now = field(default=now_utc)

    def moment(self) -> datetime:
        """The civil time in Paris, by which the State counts."""
        return in_paris(self.now())

    def today(self) -> date:
        """The day in Paris."""
        return self.moment().date()
