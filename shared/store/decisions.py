"""The table of decisions: what was set, proposed or refused, version after version."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import ARRAY, ForeignKey, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from shared.store.tables import Table


class DecisionRow(Table):
    """A decision in force from a day on, or proposed to an agent. Append-only.

    Its end is derived: the highest version whose `valid_from` is not after a day holds on it, so
    that no gap and no overlap can exist. Amounts and families' figures are in `sealed` only.
    """

    __tablename__ = "decisions"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    application_id: Mapped[UUID] = mapped_column(ForeignKey("applications.id"))
    version: Mapped[int]
    valid_from: Mapped[date]
    proposed: Mapped[bool]  # true: it binds nobody until an agent says yes
    tariff_id: Mapped[str]
    tariff_version: Mapped[str]
    tariff_digest: Mapped[str]
    engine_version: Mapped[str]
    sealed: Mapped[bytes]  # the canonical record, amounts included
    sealed_digest: Mapped[str]
    recorded_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    kind: Mapped[str] = mapped_column(server_default="fee")  # a word of DecisionKind
    mode: Mapped[str] = mapped_column(server_default="automatic")  # a word of DecisionMode
    because: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    validates: Mapped[int | None]  # the version of the proposal that a person said yes to
    campaign_id: Mapped[UUID | None] = mapped_column(index=True)

    __table_args__ = (UniqueConstraint("application_id", "version"),)
