"""The webhook of a portal in the record: its address, its secrets under seal, whether it runs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select, update

from services.command.records import book, ledger
from services.command.records.book import Hand
from services.command.records.changes import CHANGED, differences
from services.command.records.faults import Fault, UnknownRecordError, refuse_any
from services.command.records.kinds import Kind
from services.command.records.parts import said
from shared.protocol.delivering import mending
from shared.sealing import KeyRing
from shared.store.parties import PortalRow
from shared.webhooks.signing import mint_secret
from shared.webhooks.target import Target


@dataclass(frozen=True, slots=True)
class Webhook:
    """A portal's webhook as it may be shown: everything but its secrets."""

    portal_id: UUID
    url: str
    stopped_at: datetime | None
    secret_before_until: datetime | None

    def plain(self) -> dict[str, Any]:
        """Text; None for what is not."""
        return {
            "url": self.url,
            "stopped_at": said(self.stopped_at),
            "secret_before_until": said(self.secret_before_until),
        }


@dataclass(frozen=True, slots=True)
class Set:
    """What came of setting an address: a secret, the first time; and how many deliveries go now."""

    secret: str | None
    hurried: int


def find(connection: Connection, portal: str) -> Webhook:
    """The webhook of a portal.

    Raises:
        UnknownRecordError: there is no such portal, or it has no webhook.
    """
    webhook = _find(connection, book.find(connection, Kind.PORTAL, portal).id)
    if webhook is None:
        raise UnknownRecordError(
            f"le portail « {portal} » n'a pas de webhook : « berceau portal webhook set »"
        )
    return webhook


def set_url(
    connection: Connection, hand: Hand, ring: KeyRing, portal: str, url: str, *, loopback: bool
) -> Set:
    """Say where a portal is told, and let go at once what waits for it.

    The first time a secret is minted; later on it stays. A stopped webhook runs again.

    Raises:
        UnknownRecordError: there is no such portal.
        RecordsError: the address may not be used.
    """
    _refuse_bad(url, loopback=loopback)
    ledger.hold(connection)
    owner = book.find(connection, Kind.PORTAL, portal).id
    before = _find(connection, owner)
    secret = mint_secret() if before is None else None
    values: dict[str, Any] = {"webhook_url": url, "webhook_stopped_at": None}
    values |= {"webhook_secret": ring.seal_secret(secret)} if secret else {}
    _write(connection, owner, values)
    fields = differences({"webhook.url": before and before.url}, {"webhook.url": url})
    fields |= {"webhook.secret": CHANGED} if secret else {}
    _journal(connection, hand, portal, fields or {"webhook.stopped": [True, False]})
    return Set(secret, mending.hurry(connection, owner))


def rotate(
    connection: Connection, hand: Hand, ring: KeyRing, portal: str, *, kept: timedelta
) -> tuple[str, datetime]:
    """Mint another secret; the one in use signs beside it until the end that is returned (UTC).

    Raises:
        UnknownRecordError: there is no such portal, or it has no webhook.
    """
    ledger.hold(connection)
    webhook = find(connection, portal)
    secret, until = mint_secret(), hand.at + kept
    values = {
        "webhook_secret": ring.seal_secret(secret),
        "webhook_secret_before": PortalRow.webhook_secret,
        "webhook_secret_before_until": until,
    }
    _write(connection, webhook.portal_id, values)
    _journal(connection, hand, portal, {"webhook.secret": CHANGED})
    return secret, until


def remove(connection: Connection, hand: Hand, portal: str) -> int:
    """Take a portal's webhook away, with its secrets; how many deliveries died of it.

    Raises:
        UnknownRecordError: there is no such portal, or it has no webhook.
    """
    ledger.hold(connection)
    webhook = find(connection, portal)
    names = ("url", "secret", "secret_before", "secret_before_until", "stopped_at")
    _write(connection, webhook.portal_id, {f"webhook_{name}": None for name in names})
    _journal(connection, hand, portal, {"webhook.url": [webhook.url, None]})
    return mending.bury(connection, webhook.portal_id)


def _find(connection: Connection, portal_id: UUID) -> Webhook | None:
    wanted = (
        PortalRow.webhook_url,
        PortalRow.webhook_stopped_at,
        PortalRow.webhook_secret_before_until,
    )
    row = connection.execute(select(*wanted).where(PortalRow.id == portal_id)).one()
    url, stopped_at, before_until = row
    return None if url is None else Webhook(portal_id, url, stopped_at, before_until)


def _refuse_bad(url: str, *, loopback: bool) -> None:
    try:
        Target.read(url, loopback=loopback)
    except ValueError as refused:
        refuse_any([Fault("url", str(refused))])


def _write(connection: Connection, portal_id: UUID, values: Mapping[str, Any]) -> None:
    connection.execute(update(PortalRow).where(PortalRow.id == portal_id).values(**values))


def _journal(connection: Connection, hand: Hand, portal: str, fields: Mapping[str, Any]) -> None:
    ledger.write(connection, [hand.change(Kind.PORTAL, portal, fields)])
