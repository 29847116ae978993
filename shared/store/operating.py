"""The tables of operating: what was done by whom and why, what is done to many, what is watched.

No personal data is here but `name_tokens`, which are keyed hashes, and go when an application's
key is destroyed.
"""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ForeignKey,
    Index,
    PrimaryKeyConstraint,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from shared.store.tables import ApplicationRow, JournalRow, Table

_NOW = text("now()")
AT_REST = ("CLOSED", "DECIDED", "WITHDRAWN")  # nobody waits for it, and it waits for nothing
IS_AT_REST = f"status IN ({', '.join(map(repr, AT_REST))})"  # as its indexes have it


class OperationRow(Table):
    """One act of who operates, with its comment. Append-only.

    On an application it stands beside a line of its journal, whose `evidence` is the digest of this
    act: a comment cannot be changed without breaking the chain.
    """

    __tablename__ = "operations"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    at: Mapped[datetime]
    actor: Mapped[str]
    act: Mapped[str]  # a Verb, or what was done to something else: pause, resume, start, …
    target: Mapped[str]  # a reference's application id, a switch, an action's id, a campaign's code
    comment: Mapped[str]
    detail: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    application_id: Mapped[UUID | None] = mapped_column(ForeignKey("applications.id"))
    sequence: Mapped[int | None]  # of the first line of the journal that it wrote
    action_id: Mapped[UUID | None]  # the bulk action that it is part of

    __table_args__ = (
        Index(
            "ix_operations_application_id",
            "application_id",
            postgresql_where=text("application_id IS NOT NULL"),
        ),
        Index("ix_operations_at", "at", postgresql_where=text("application_id IS NULL")),
    )


class BulkActionRow(Table):
    """One order for everything that a filter found, carried out by schedulers in the background."""

    __tablename__ = "bulk_actions"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    verb: Mapped[str]
    retry_at: Mapped[datetime | None]
    lane: Mapped[str | None]
    ground: Mapped[str | None]
    sought: Mapped[str]  # the filter, as `shared.seeking.writing` has it
    comment: Mapped[str]
    state: Mapped[str]  # running, paused, finished, cancelled
    total: Mapped[int]
    asked_by: Mapped[str]
    asked_at: Mapped[datetime] = mapped_column(server_default=_NOW)
    finished_at: Mapped[datetime | None]
    came_to: Mapped[dict[str, Any] | None] = mapped_column(JSONB)  # once over: how many of each

    __table_args__ = (
        Index(
            "ix_bulk_actions_going",
            "asked_at",
            postgresql_where=text("state IN ('running', 'paused')"),
        ),
        Index("ix_bulk_actions_asked_at", "asked_at"),
    )


class BulkMemberRow(Table):
    """One application of a bulk action, and what it came to: acted on once, whoever dies."""

    __tablename__ = "bulk_members"

    action_id: Mapped[UUID] = mapped_column(ForeignKey("bulk_actions.id"))
    application_id: Mapped[UUID] = mapped_column(ForeignKey("applications.id"))
    authority_id: Mapped[UUID]
    came_to: Mapped[str | None]
    at: Mapped[datetime | None]

    __table_args__ = (
        PrimaryKeyConstraint("action_id", "application_id"),
        Index(
            "ix_bulk_members_waiting",
            "action_id",
            "authority_id",
            "application_id",
            postgresql_where=text("came_to IS NULL"),
        ),
        Index(
            "ix_bulk_members_at", "action_id", "at", postgresql_where=text("came_to IS NOT NULL")
        ),
    )


class SavedFilterRow(Table):
    """A filter that somebody keeps: for `person:<id>`, `command:<login>` or `team`."""

    __tablename__ = "saved_filters"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    owner: Mapped[str]
    name: Mapped[str]
    sought: Mapped[str]
    saved_at: Mapped[datetime] = mapped_column(server_default=_NOW)
    saved_by: Mapped[str]

    __table_args__ = (UniqueConstraint("owner", "name"),)


class SampleRow(Table):
    """The figures of one queue at one minute, for sparklines; `all` has those of the whole."""

    __tablename__ = "samples"

    at: Mapped[datetime]  # a whole minute
    queue: Mapped[str]  # verify.now, …, or all
    due: Mapped[int]
    held: Mapped[int]
    oldest_s: Mapped[float | None]
    through: Mapped[int]  # left this queue in the minute before; of `all`: decided
    half_s: Mapped[float | None]  # received to decided, in the hour before
    most_s: Mapped[float | None]  # 95 %
    within: Mapped[float | None]  # the share within its lane's target

    __table_args__ = (PrimaryKeyConstraint("at", "queue"),)


class AtRestRow(Table):
    """How many of an authority's applications were at rest, the last time that they were counted.

    A row for each authority and state without a reason, be it of none, and for each reason.
    """

    __tablename__ = "at_rest"

    authority_id: Mapped[UUID]
    status: Mapped[str]
    reason: Mapped[str] = mapped_column(server_default=text("''"))  # empty for the plain path
    count: Mapped[int] = mapped_column(BigInteger)
    until: Mapped[datetime]  # those that came to rest by then are counted

    __table_args__ = (PrimaryKeyConstraint("authority_id", "status", "reason"),)


class NameTokensRow(Table):
    """The blind index of an application's names and births; never changed, only made anew."""

    __tablename__ = "name_tokens"

    application_id: Mapped[UUID] = mapped_column(ForeignKey("applications.id"), primary_key=True)
    version: Mapped[int] = mapped_column(SmallInteger)  # of the key
    tokens: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))

    __table_args__ = (Index("ix_name_tokens_tokens", "tokens", postgresql_using="gin"),)


_A = ApplicationRow
_ORDER = (_A.received_at, _A.id)
Index("ix_applications_received", *_ORDER, _A.lane, _A.status)
Index(
    "ix_applications_of_authority",
    _A.authority_id,
    *_ORDER,
    _A.portal_id,
    _A.scheme_id,
    _A.structure_id,
)
Index("ix_applications_in_state", _A.status, *_ORDER, _A.reason)
Index("ix_applications_moved", _A.status, _A.moved_at)
Index(
    "ix_applications_for_reason",
    _A.reason,
    *_ORDER,
    _A.status,
    postgresql_where=text("reason IS NOT NULL"),
)
for _name, _where in (("at_rest", IS_AT_REST), ("on_their_way", f"NOT ({IS_AT_REST})")):
    Index(
        f"ix_applications_{_name}",
        _A.status,
        _A.authority_id,
        _A.reason,
        postgresql_where=text(_where),
    )
for _name, _column, _where in (
    ("of_campaign", _A.campaign_id, "campaign_id IS NOT NULL"),
    ("told", _A.last_outcome, "last_outcome <> 'Certified'"),
    ("tried", _A.attempts, "attempts > 0"),
):
    Index(f"ix_applications_{_name}", _column, *_ORDER, postgresql_where=text(_where))
Index(
    "ix_journal_at",
    JournalRow.at,
    postgresql_using="brin",
    postgresql_with={"pages_per_range": 32, "autosummarize": "on"},
)
