"""Founding: writes an authority and what it needs to take applications. Twice changes nothing.

For now the demo and the tests found; what is asked for is data, so that a command can follow.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, Engine, select
from sqlalchemy.dialects.postgresql import insert

from shared.sealing import KeyRing
from shared.store.parties import (
    AuthorityRow,
    HabilitationRow,
    PortalKeyRow,
    PortalRow,
    SchemeRow,
    StructureRow,
)
from shared.store.tables import Table


@dataclass(frozen=True, slots=True)
class Structure:
    """An établissement to be: its code, its name and the care that it gives."""

    code: str
    name: str
    care_types: tuple[str, ...]


@dataclass(frozen=True, slots=True, repr=False)
class Access:
    """The right to call the provider: its token, whom for, how fast."""

    code: str
    recipient: str
    token: str
    token_expires_at: datetime | None
    pace: int
    burst: int


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


@dataclass(frozen=True, slots=True)
class Founded:
    """What was founded, by id."""

    authority: UUID
    structures: Mapping[str, UUID]
    habilitation: UUID
    scheme: UUID
    portal: UUID


def found(engine: Engine, ring: KeyRing, plan: Plan) -> Founded:
    """Write the plan; what already has its code is brought up to it."""
    with engine.begin() as connection:
        authority = _put(
            connection,
            AuthorityRow,
            ("code",),
            code=plan.code,
            name=plan.name,
            kind=plan.kind,
            siret=plan.siret,
        )
        habilitation = _habilitation(connection, ring, authority, plan.access)
        portal = _portal(connection, authority, plan)
        return Founded(
            authority=authority,
            structures={s.code: _structure(connection, authority, s) for s in plan.structures},
            habilitation=habilitation,
            scheme=_scheme(connection, authority, habilitation, plan),
            portal=portal,
        )


def _structure(connection: Connection, authority: UUID, structure: Structure) -> UUID:
    return _put(
        connection,
        StructureRow,
        ("authority_id", "code"),
        authority_id=authority,
        code=structure.code,
        name=structure.name,
        care_types=list(structure.care_types),
    )


def _habilitation(connection: Connection, ring: KeyRing, authority: UUID, access: Access) -> UUID:
    return _put(
        connection,
        HabilitationRow,
        ("code",),
        authority_id=authority,
        code=access.code,
        recipient=access.recipient,
        sealed_token=ring.seal_secret(access.token),
        token_expires_at=access.token_expires_at,
        pace=access.pace,
        burst=access.burst,
    )


def _scheme(connection: Connection, authority: UUID, habilitation: UUID, plan: Plan) -> UUID:
    return _put(
        connection,
        SchemeRow,
        ("authority_id", "code"),
        authority_id=authority,
        habilitation_id=habilitation,
        code=plan.scheme,
        name=plan.scheme_name,
        profile="eaje",
        tariff="psu",
        validation="automatic" if plan.automatic_ground else "agent",
        automatic_ground=plan.automatic_ground,
    )


def _portal(connection: Connection, authority: UUID, plan: Plan) -> UUID:
    portal = _put(
        connection,
        PortalRow,
        ("code",),
        authority_id=authority,
        code=plan.portal,
        name=plan.portal_name,
    )
    _put(connection, PortalKeyRow, ("key_hash",), portal_id=portal, key_hash=plan.portal_key_hash)
    return portal


def _put(connection: Connection, table: type[Table], by: tuple[str, ...], **values: object) -> UUID:
    """Insert or update the row that has these values in the columns `by`; return its id."""
    changed = {name: value for name, value in values.items() if name not in by}
    statement = insert(table).values(**values)
    if changed:
        statement = statement.on_conflict_do_update(index_elements=by, set_=changed)
    connection.execute(statement)
    columns = table.__table__.columns
    found: UUID = connection.execute(
        select(columns["id"]).where(*(columns[name] == values[name] for name in by))
    ).scalar_one()
    return found
