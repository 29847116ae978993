"""Founding: an authority and what it needs to take applications, by the code of the commands.

The demo and the tests found. Twice changes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine

from services.command.records import book, keys
from services.command.records.book import Hand
from services.command.records.fields import EAJE
from services.command.records.kinds import Kind
from services.command.records.models import Record, read
from services.command.records.rules import Asked
from services.command.records.tokens import Tokens
from shared.sealing import KeyRing

_ACTOR = "command:founding"


@dataclass(frozen=True, slots=True)
class Structure:
    """An établissement to be: its code, its name and the care that it gives."""

    code: str
    name: str
    care_types: tuple[str, ...]


@dataclass(frozen=True, slots=True, repr=False)
class Access:
    """The right to call API Particulier: its token, whom for, how fast, what DataPass granted."""

    code: str
    recipient: str
    token: str
    token_expires_at: datetime | None
    pace: int
    burst: int
    endpoints: tuple[str, ...] = (EAJE,)
    dossier: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, repr=False)
class Plan:
    """An authority, its structures, one scheme, one portal with one key (given by its hash)."""

    code: str
    name: str
    kind: str
    siret: str
    structures: tuple[Structure, ...]
    access: Access
    scheme: str
    scheme_name: str
    automatic_ground: str | None
    portal: str
    portal_name: str
    portal_key_hash: bytes
    stages: tuple[str, ...] = ("admission",)
    signatories: tuple[Mapping[str, Any], ...] = ()
    contact: Mapping[str, Any] = field(default_factory=dict)
    rules: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Founded:
    """What was founded, by id."""

    authority: UUID
    structures: Mapping[str, UUID]
    habilitation: UUID
    scheme: UUID
    portal: UUID


def found(engine: Engine, ring: KeyRing, plan: Plan) -> Founded:
    """Write the plan; what already has its code is brought up to it.

    Raises:
        RecordsError: the plan is not one that the commands would take.
    """
    hand = Hand(_ACTOR, datetime.now(UTC))
    with engine.begin() as connection:
        return _found(connection, hand, ring, plan)


def _found(connection: Connection, hand: Hand, ring: KeyRing, plan: Plan) -> Founded:
    asked = [Asked(record) for record in _records(plan)]
    given = Tokens(ring, {plan.access.code: plan.access.token})
    ids = book.bring(connection, hand, asked, given).ids
    keys.keep(connection, hand, plan.portal, plan.portal_key_hash, keys.Grant())
    within = f"{plan.code}/"
    return Founded(
        authority=ids[Kind.AUTHORITY, plan.code],
        structures={one.code: ids[Kind.STRUCTURE, within + one.code] for one in plan.structures},
        habilitation=ids[Kind.HABILITATION, plan.access.code],
        scheme=ids[Kind.SCHEME, within + plan.scheme],
        portal=ids[Kind.PORTAL, plan.portal],
    )


def _records(plan: Plan) -> list[Record]:
    own = {"authority": plan.code}
    portal = {"code": plan.portal, "name": plan.portal_name}
    return [
        read(Kind.AUTHORITY, _authority(plan)),
        *(read(Kind.STRUCTURE, own | _structure(one)) for one in plan.structures),
        read(Kind.HABILITATION, own | _access(plan.access)),
        read(Kind.SCHEME, own | _scheme(plan)),
        read(Kind.PORTAL, own | portal),
    ]


def _authority(plan: Plan) -> dict[str, object]:
    return {
        "code": plan.code,
        "name": plan.name,
        "kind": plan.kind,
        "siret": plan.siret,
        "signatories": plan.signatories,
        "contact": plan.contact,
    }


def _structure(one: Structure) -> dict[str, object]:
    return {"code": one.code, "name": one.name, "care_types": one.care_types}


def _access(access: Access) -> dict[str, object]:
    return {
        "code": access.code,
        "recipient": access.recipient,
        "token_expires_at": access.token_expires_at,
        "pace": access.pace,
        "burst": access.burst,
        "endpoints": access.endpoints,
        "dossier": access.dossier,
    }


def _scheme(plan: Plan) -> dict[str, object]:
    return {
        "code": plan.scheme,
        "habilitation": plan.access.code,
        "name": plan.scheme_name,
        "profile": EAJE,
        "tariff": "psu",
        "validation": "automatic" if plan.automatic_ground else "agent",
        "automatic_ground": plan.automatic_ground,
        "stages": plan.stages,
        "rules": plan.rules,
    }
