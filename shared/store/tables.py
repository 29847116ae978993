"""The tables of the work itself; personal data in the `sealed` columns only, times in UTC.

`verifications`, `journal` and the decisions (`shared.store.decisions`) are append-only: the
services' role only adds to them.
"""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    Text,
    text,
    true,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
_NOW = text("now()")


class Table(DeclarativeBase):
    metadata = MetaData(naming_convention=_NAMES)
    type_annotation_map = {  # noqa: RUF012  # SQLAlchemy reads it from the class
        datetime: DateTime(timezone=True),
        str: Text(),
        bytes: LargeBinary(),
    }


class ApplicationRow(Table):
    """One application: where it stands, when it is due, who holds it, and its sealed content."""

    __tablename__ = "applications"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    reference: Mapped[str] = mapped_column(unique=True)
    authority_id: Mapped[UUID] = mapped_column(ForeignKey("authorities.id"))
    portal_id: Mapped[UUID] = mapped_column(ForeignKey("portals.id"))
    scheme_id: Mapped[UUID] = mapped_column(ForeignKey("schemes.id"))
    structure_id: Mapped[UUID | None] = mapped_column(ForeignKey("structures.id"))  # estimates
    habilitation_id: Mapped[UUID] = mapped_column(ForeignKey("habilitations.id"))
    same_application: Mapped[bytes]  # blind index: portal, scheme, child, applicant, period
    sealed: Mapped[bytes]  # the body, under the data key of `application_keys`
    sealed_estimate: Mapped[bytes | None]  # what the family was told before its admission
    sealed_tax_numbers: Mapped[bytes | None]  # destroyed once the State has answered

    status: Mapped[str]
    reason: Mapped[str | None]
    lane: Mapped[str]
    received_at: Mapped[datetime] = mapped_column(server_default=_NOW)
    moved_at: Mapped[datetime] = mapped_column(server_default=_NOW)
    due_at: Mapped[datetime | None]  # null: nothing is due without a person
    last_date: Mapped[datetime | None]  # parked: after it, a person looks
    rung_at: Mapped[datetime | None]  # when a doorbell for it was put in Redis

    claim: Mapped[UUID | None]
    claimed_by: Mapped[UUID | None]
    claimed_at: Mapped[datetime | None]
    starts: Mapped[int] = mapped_column(SmallInteger, server_default="0")  # begun, not finished
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default="0")  # failed calls
    trace: Mapped[str | None]  # W3C traceparent of the request that brought it

    effective_on: Mapped[date | None]  # the day of the next decision; None: the first day of care
    campaign_id: Mapped[UUID | None]  # the campaign that has it priced again
    last_outcome: Mapped[str | None]  # what the State answered last

    journal_sequence: Mapped[int] = mapped_column(server_default="0")
    journal_head: Mapped[bytes] = mapped_column(server_default=text("'\\x'"))

    __table_args__ = (
        CheckConstraint(
            "(claim IS NULL) = (claimed_by IS NULL) AND (claim IS NULL) = (claimed_at IS NULL)",
            name="a_claim_is_whole",
        ),
        Index(
            "ix_applications_due",
            "status",
            "lane",
            "authority_id",
            "due_at",
            postgresql_where=text("claim IS NULL AND due_at IS NOT NULL"),
        ),
        Index("ix_applications_held", "claimed_by", postgresql_where=text("claim IS NOT NULL")),
        Index("ix_applications_often_started", "starts", postgresql_where=text("starts > 1")),
        Index(
            "uq_applications_same_application",
            "same_application",
            unique=True,
            postgresql_where=text("status NOT IN ('WITHDRAWN', 'CLOSED')"),
        ),
    )


class ApplicationKeyRow(Table):
    """The data key of one application, wrapped by the key ring; destroying it is the erasure."""

    __tablename__ = "application_keys"

    application_id: Mapped[UUID] = mapped_column(ForeignKey("applications.id"), primary_key=True)
    ring_key: Mapped[str]
    wrapped: Mapped[bytes]


class IdempotencyRow(Table):
    """One `Idempotency-Key` of one portal, and what it was answered with."""

    __tablename__ = "idempotency"

    portal_id: Mapped[UUID] = mapped_column(ForeignKey("portals.id"))
    key: Mapped[str]
    body_mac: Mapped[bytes]
    application_id: Mapped[UUID] = mapped_column(ForeignKey("applications.id"))
    created_at: Mapped[datetime] = mapped_column(server_default=_NOW, index=True)

    __table_args__ = (PrimaryKeyConstraint("portal_id", "key"),)


class VerificationRow(Table):
    """One answer of the State, or its refusal: what was learnt, where, when. Append-only."""

    __tablename__ = "verifications"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    application_id: Mapped[UUID] = mapped_column(ForeignKey("applications.id"), index=True)
    outcome: Mapped[str]
    source: Mapped[str]
    fetched_at: Mapped[datetime]
    http_status: Mapped[int | None] = mapped_column(SmallInteger)
    code: Mapped[str | None]
    request_id: Mapped[str | None]
    asked: Mapped[str | None]  # other_representative; None: the applicant
    sealed: Mapped[bytes | None]  # the facts, under the application's data key
    recorded_at: Mapped[datetime] = mapped_column(server_default=_NOW)


class JournalRow(Table):
    """One transition of one application, chained to the one before. Append-only."""

    __tablename__ = "journal"

    application_id: Mapped[UUID] = mapped_column(ForeignKey("applications.id"))
    sequence: Mapped[int]
    at: Mapped[datetime]
    actor: Mapped[
        str
    ]  # service:verifier, portal:<code>, agent:<id>, command:<login>, campaign:<code>
    was: Mapped[str | None]
    now: Mapped[str]
    reason: Mapped[str | None]
    evidence: Mapped[str | None]  # digest of the ciphertext that came with it
    trace: Mapped[str | None]
    previous: Mapped[bytes]
    hash: Mapped[bytes]

    __table_args__ = (PrimaryKeyConstraint("application_id", "sequence"),)


class WorkerRow(Table):
    """The life of a worker process: dead once `alive_until` has passed."""

    __tablename__ = "workers"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    service: Mapped[str]
    host: Mapped[str]
    machine: Mapped[str | None]  # who shares its table of processes
    pid: Mapped[int]
    started_at: Mapped[datetime] = mapped_column(server_default=_NOW)
    alive_until: Mapped[datetime]


class SwitchRow(Table):
    """Something paused, until a time or until a person says so. Redis only caches it."""

    __tablename__ = "switches"

    name: Mapped[str] = mapped_column(primary_key=True)  # ringing, habilitation:<id>
    until: Mapped[datetime | None]
    reason: Mapped[str]
    set_by: Mapped[str]
    set_at: Mapped[datetime] = mapped_column(server_default=_NOW)


class ChangeRow(Table):
    """One change of a setting's record, chained to the one before. Append-only."""

    __tablename__ = "changes"

    sequence: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor: Mapped[str]  # command:<login>
    kind: Mapped[str]  # authority, structure, scheme, portal, portal_key, habilitation
    code: Mapped[str]
    change: Mapped[str]  # canonical JSON: each field, was and now; a secret is only said to change
    previous: Mapped[bytes]
    hash: Mapped[bytes]


class CompatibilityRow(Table):
    """The oldest revision whose code still works on these tables. One row."""

    __tablename__ = "compatibility"

    single: Mapped[bool] = mapped_column(primary_key=True, server_default=true())
    works_from: Mapped[str]

    __table_args__ = (CheckConstraint("single", name="one_row"),)


class SealRow(Table):
    """One day's Merkle root over the journal's heads, signed by a key kept elsewhere."""

    __tablename__ = "seals"

    day: Mapped[date] = mapped_column(primary_key=True)
    root: Mapped[bytes]
    heads: Mapped[int]
    public_key: Mapped[bytes]
    signature: Mapped[bytes]
    sealed_at: Mapped[datetime] = mapped_column(server_default=_NOW)
