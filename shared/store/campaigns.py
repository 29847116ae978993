"""The tables of campaigns: every running decision of a scheme, priced again."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, PrimaryKeyConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from shared.store.tables import Table


class CampaignRow(Table):
    """A re-pricing of a scheme's running decisions on a day, or of those a wrong tariff touched."""

    __tablename__ = "campaigns"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    code: Mapped[str] = mapped_column(unique=True)
    authority_id: Mapped[UUID] = mapped_column(ForeignKey("authorities.id"))
    scheme_id: Mapped[UUID | None] = mapped_column(ForeignKey("schemes.id"))  # None: a correction
    kind: Mapped[str]  # repricing: verified again; correction: priced again from the evidence held
    effective_on: Mapped[date | None]  # None: the day of each decision that is corrected
    tariff_id: Mapped[str | None]
    tariff_version: Mapped[str | None]  # of the wrong version
    state: Mapped[str]  # running, paused, finished
    drafts: Mapped[bool] = mapped_column(server_default=text("false"))  # agents say yes by batch
    total: Mapped[int]
    started_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    started_by: Mapped[str]
    finished_at: Mapped[datetime | None]


class CampaignMemberRow(Table):
    """One application of a campaign: when it was fed to the queues, or why it was left out."""

    __tablename__ = "campaign_members"

    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id"))
    application_id: Mapped[UUID] = mapped_column(ForeignKey("applications.id"), index=True)
    before_version: Mapped[int]  # of the decision in force when the campaign was started
    fed_at: Mapped[datetime | None]
    left_out: Mapped[str | None]  # why: withdrawn, ended, already being priced, ...

    __table_args__ = (
        PrimaryKeyConstraint("campaign_id", "application_id"),
        Index(
            "ix_campaign_members_waiting",
            "campaign_id",
            "application_id",
            postgresql_where=text("fed_at IS NULL AND left_out IS NULL"),
        ),
    )
