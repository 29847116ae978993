"""The tables of what portals are told: events, and the delivery of each to a webhook.

Nothing personal is here: a state, a reason as portals may see it, the version of a decision.
"""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    SmallInteger,
    UniqueConstraint,
    text,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column

from shared.store.tables import Table

_NOW = text("now()")


class EventClockRow(Table):
    """What is added to a server's transaction numbers, so that events go on after a restore.

    One row. Another server counts its transactions anew: `berceau migrate` then raises the base
    above every event that there is (`shared.store.migrating`).
    """

    __tablename__ = "event_clock"

    single: Mapped[bool] = mapped_column(primary_key=True, server_default=true())
    base: Mapped[int] = mapped_column(BigInteger, server_default="0")

    __table_args__ = (CheckConstraint("single", name="one_row"),)


class EventRow(Table):
    """One change of one application that its portal may see; or a trial (no application).

    Append-only. `transaction` is the number of that which wrote it, above the clock's base; or a
    later one, if an earlier event of the application has it: in the order of (transaction,
    position) an application's events stay in order.
    """

    __tablename__ = "events"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    portal_id: Mapped[UUID] = mapped_column(ForeignKey("portals.id"))
    application_id: Mapped[UUID | None] = mapped_column(ForeignKey("applications.id"))
    sequence: Mapped[int]  # of the journal's line
    at: Mapped[datetime]
    state: Mapped[str | None]
    reason: Mapped[str | None]  # as portals may see it
    decision_version: Mapped[int | None]
    transaction: Mapped[int] = mapped_column(BigInteger)
    position: Mapped[int] = mapped_column(BigInteger, Identity(always=True))

    __table_args__ = (
        UniqueConstraint("application_id", "sequence"),
        Index("ix_events_feed", "portal_id", "transaction", "position"),
    )


class DeliveryRow(Table):
    """One event on its way to a portal's webhook: WAITING, DELIVERED or DEAD."""

    __tablename__ = "deliveries"

    event_id: Mapped[UUID] = mapped_column(ForeignKey("events.id"), primary_key=True)
    portal_id: Mapped[UUID] = mapped_column(ForeignKey("portals.id"))
    application_id: Mapped[UUID | None]
    sequence: Mapped[int]
    status: Mapped[str] = mapped_column(server_default="WAITING")
    due_at: Mapped[datetime] = mapped_column(server_default=_NOW)
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    claim: Mapped[UUID | None]
    claimed_by: Mapped[UUID | None]
    claimed_at: Mapped[datetime | None]
    outcome: Mapped[str | None]  # a word of shared.webhooks.outcomes
    http_status: Mapped[int | None] = mapped_column(SmallInteger)
    finished_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint(
            "(claim IS NULL) = (claimed_by IS NULL) AND (claim IS NULL) = (claimed_at IS NULL)",
            name="a_claim_is_whole",
        ),
        Index(
            "ix_deliveries_due",
            "portal_id",
            "due_at",
            postgresql_where=text("status = 'WAITING' AND claim IS NULL"),
        ),
        Index(
            "ix_deliveries_waiting",
            "application_id",
            "sequence",
            postgresql_where=text("status = 'WAITING'"),
        ),
        Index("ix_deliveries_held", "claimed_by", postgresql_where=text("claim IS NOT NULL")),
        Index(
            "ix_deliveries_dead",
            "portal_id",
            "finished_at",
            postgresql_where=text("status = 'DEAD'"),
        ),
    )
