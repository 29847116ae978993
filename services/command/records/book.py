"""The book of records: what stands, and bringing it up to what is asked, whole and journalled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from services.command.records import columns, ledger, tariffs, tokens
from services.command.records.changes import CHANGED, Change, canonical, differences
from services.command.records.columns import Known
from services.command.records.faults import UnknownRecordError, refuse_any
from services.command.records.kinds import Kind
from services.command.records.models import MODELS, Record
from services.command.records.parts import flat
from services.command.records.rules import Address, Asked, faults, warnings
from services.command.records.tokens import Tokens
from shared.protocol.waking import hasten

_ORDER = list(Kind)


@dataclass(frozen=True, slots=True)
class Hand:
    """Who changes records (`command:<login>`), and when (UTC)."""

    actor: str
    at: datetime

    def change(self, kind: str, code: str, fields: Mapping[str, Any]) -> Change:
        """A line of the journal for what this hand did now."""
        return Change(self.at, self.actor, kind, code, canonical(fields))


@dataclass(frozen=True, slots=True)
class Brought:
    """What came of it: the addresses created and changed, and the id of every record asked for."""

    created: list[Address] = field(default_factory=list)
    changed: list[Address] = field(default_factory=list)
    ids: dict[Address, UUID] = field(default_factory=dict)
    waiting: list[str] = field(default_factory=list)  # habilitations paused for want of a token
    warnings: list[str] = field(default_factory=list)  # what was accepted, and may be a mistake


def read(connection: Connection, *kinds: Kind) -> list[Record]:
    """The records that stand, of these kinds or of all, each kind in the order of addresses."""
    found = (known.record for kind in kinds or _ORDER for known in columns.stored(connection, kind))
    return sorted(found, key=lambda one: (_ORDER.index(one.kind_of_record), one.address))


def find(connection: Connection, kind: Kind, address: str) -> Known:
    """One record.

    Raises:
        UnknownRecordError: there is none of this address.
    """
    for known in columns.stored(connection, kind):
        if known.record.address == address:
            return known
    raise UnknownRecordError(
        f"{kind.french} « {address} » introuvable : voyez « berceau {kind} list »"
    )


def bring(connection: Connection, hand: Hand, asked: Sequence[Asked], given: Tokens) -> Brought:
    """Create what is new, change what differs, write a line for each; the rest is left alone.

    Args:
        connection: in a transaction, which the caller commits: all, or nothing.
        hand: who does it.
        asked: the records wanted, in any order.
        given: the tokens that come with them.

    Raises:
        RecordsError: with every fault of what is asked for; nothing was written.
    """
    ledger.hold(connection)
    known = _known(connection)
    standing = {at: one.record for at, one in known.items()}
    refuse_any(faults(asked, standing, hand.at))
    bringing = _Bringing(connection, hand, given, known)
    for one in sorted(asked, key=lambda one: _ORDER.index(one.record.kind_of_record)):
        bringing.bring(one.address, one.record)
    ledger.write(connection, bringing.lines)
    found = warnings(asked, standing, tariffs.known(connection), hand.at)
    bringing.brought.warnings.extend(found)
    hasten(connection, bringing.mended)
    return bringing.brought


def _known(connection: Connection) -> dict[Address, Known]:
    return {
        (kind, known.record.address): known
        for kind in _ORDER
        for known in columns.stored(connection, kind)
    }


class _Bringing:
    """A set on its way into the book: what is done so far, and what is to be journalled."""

    def __init__(
        self,
        connection: Connection,
        hand: Hand,
        given: Tokens,
        known: Mapping[Address, Known],
    ) -> None:
        self._connection = connection
        self._hand = hand
        self._given = given
        self._known = known
        self._ids = {address: one.id for address, one in known.items()}
        self.lines: list[Change] = []
        self.mended: set[str] = set()  # authorities whose rights to call may have changed
        self.brought = Brought()

    def bring(self, address: Address, record: Record) -> None:
        """Create or change one record, or leave it alone."""
        known = self._known.get(address)
        if known is None:
            self._create(address, record)
        else:
            self._change(address, known, record)
        self.brought.ids[address] = self._ids[address]

    def _create(self, address: Address, record: Record) -> None:
        secret = {}
        if address[0] is Kind.HABILITATION:
            secret["sealed_token"] = self._given.first(record.code)
        id_ = columns.create(self._connection, record, self._ids, **secret)
        if secret and record.code not in self._given.given:
            tokens.wait_for_one(self._connection, id_, record.code, by=self._hand.actor)
            self.brought.waiting.append(record.code)
            secret = {}
        self._ids[address] = id_
        self.brought.created.append(address)
        self._journal(address, differences({}, flat(record.plain())), secret)

    def _change(self, address: Address, known: Known, record: Record) -> None:
        fields = differences(flat(known.record.plain()), flat(record.plain()))
        secret = {}
        if address[0] is Kind.HABILITATION:
            newer = self._given.newer(self._connection, record.code, known.id)
            secret = {} if newer is None else {"sealed_token": newer}
        if fields or secret:
            columns.change(self._connection, known.id, record, self._ids, **secret)
            self.brought.changed.append(address)
            self.mended.add(getattr(record, "authority", record.code))
            self._journal(address, fields, secret)

    def _journal(
        self, address: Address, fields: dict[str, Any], secret: Mapping[str, bytes]
    ) -> None:
        personal = MODELS[address[0]].personal
        told = {name: CHANGED for name in fields if name.startswith(personal)}
        told |= {"token": CHANGED} if secret else {}
        self.lines.append(self._hand.change(*address, fields | told))
