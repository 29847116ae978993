"""The keys of portals: minted, listed, revoked; only the hash of a key is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Connection, Row, insert, select, update

from services.command.records import book, ledger
from services.command.records.book import Hand
from services.command.records.changes import CHANGED, differences
from services.command.records.faults import Fault, UnknownRecordError, refuse_any
from services.command.records.fields import Instant, Name, Scopes
from services.command.records.kinds import Kind
from services.command.records.parts import said
from shared.portal_keys import USUAL
from shared.store.parties import PortalKeyRow, PortalRow

_KIND = "portal_key"


class Grant(BaseModel):
    """What a key is for: its scopes, its end (UTC), and what its owner calls it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    scopes: Scopes = USUAL
    expires: Instant | None = None
    label: Name = ""

    def plain(self) -> dict[str, Any]:
        """Text and lists of text, None for what is not said."""
        end = said(self.expires)
        return {"label": self.label or None, "scopes": said(self.scopes), "expires_at": end}


class Ending(BaseModel):
    """Which key ends, and when (UTC); now without a time."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: UUID
    at: Instant | None = None


@dataclass(frozen=True, slots=True)
class Key:
    """A key as it may be shown: everything but the key and its hash."""

    id: UUID
    portal: str
    grant: Grant
    created_at: datetime
    revoked_at: datetime | None

    def plain(self) -> dict[str, Any]:
        """Text and lists of text; nothing for None."""
        values = {
            "id": str(self.id),
            "portal": self.portal,
            **self.grant.plain(),
            "created_at": said(self.created_at),
            "revoked_at": said(self.revoked_at),
        }
        return {name: value for name, value in values.items() if value is not None}


def keep(connection: Connection, hand: Hand, portal: str, key_hash: bytes, grant: Grant) -> UUID:
    """Let a key in, by its hash; one that is known stays as it is. Its id.

    Raises:
        UnknownRecordError: there is no such portal.
        RecordsError: the key would end before it begins.
    """
    ledger.hold(connection)
    owner = book.find(connection, Kind.PORTAL, portal).id
    known = select(PortalKeyRow.id).where(PortalKeyRow.key_hash == key_hash)
    id_ = connection.execute(known).scalar_one_or_none()
    return id_ or _let_in(connection, hand, (portal, owner), key_hash, grant)


def _let_in(
    connection: Connection, hand: Hand, owner: tuple[str, UUID], key_hash: bytes, grant: Grant
) -> UUID:
    if grant.expires is not None and grant.expires <= hand.at:
        refuse_any([Fault("expires", "est passée : donnez une date à venir")])
    portal, portal_id = owner
    id_ = uuid4()
    values = {"id": id_, "portal_id": portal_id, "key_hash": key_hash, "created_at": hand.at}
    values |= {"label": grant.label, "scopes": list(grant.scopes), "expires_at": grant.expires}
    connection.execute(insert(PortalKeyRow), values)
    fields = differences({}, grant.plain()) | {"key": CHANGED}
    ledger.write(connection, [hand.change(_KIND, f"{portal}/{id_}", fields)])
    return id_


def of(connection: Connection, portal: str) -> Sequence[Key]:
    """The keys of a portal, the oldest first.

    Raises:
        UnknownRecordError: there is no such portal.
    """
    owner = book.find(connection, Kind.PORTAL, portal).id
    keys = (_key(row) for row in connection.execute(_KEYS.where(PortalKeyRow.portal_id == owner)))
    return sorted(keys, key=lambda key: (key.created_at, key.id))


def revoke(connection: Connection, hand: Hand, ending: Ending) -> Key:
    """End a key, now or at a time to come; one that has ended stays as it is.

    Raises:
        UnknownRecordError: there is no such key.
        RecordsError: the time is past.
    """
    if ending.at is not None and ending.at < hand.at:
        refuse_any([Fault("at", "est passé : donnez un instant à venir, ou rien pour maintenant")])
    ledger.hold(connection)
    key = _find(connection, ending.id)
    end = ending.at or hand.at
    has_ended = key.revoked_at is not None and key.revoked_at <= hand.at
    if has_ended or key.revoked_at == end:
        return key
    connection.execute(update(PortalKeyRow).where(PortalKeyRow.id == key.id).values(revoked_at=end))
    fields = differences({"revoked_at": said(key.revoked_at)}, {"revoked_at": said(end)})
    ledger.write(connection, [hand.change(_KIND, f"{key.portal}/{key.id}", fields)])
    return _find(connection, key.id)


def _find(connection: Connection, id_: UUID) -> Key:
    row = connection.execute(_KEYS.where(PortalKeyRow.id == id_)).one_or_none()
    if row is None:
        raise UnknownRecordError(f"clé « {id_} » introuvable : voyez « berceau portal key list »")
    return _key(row)


_KEYS = select(
    PortalKeyRow.id,
    PortalRow.code,
    PortalKeyRow.label,
    PortalKeyRow.scopes,
    PortalKeyRow.created_at,
    PortalKeyRow.expires_at,
    PortalKeyRow.revoked_at,
).join(PortalRow, PortalRow.id == PortalKeyRow.portal_id)


def _key(row: Row[*tuple[Any, ...]]) -> Key:
    grant = Grant.model_construct(scopes=tuple(row.scopes), expires=row.expires_at, label=row.label)
    return Key(row.id, row.code, grant, row.created_at, row.revoked_at)
