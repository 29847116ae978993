"""The table of tariffs that authorities published: each version as its file was, never edited."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, PrimaryKeyConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from shared.store.tables import Table


class TariffRow(Table):
    """One version of one authority's tariff. Append-only: a correction is another version."""

    __tablename__ = "tariffs"

    tariff_id: Mapped[str]
    version: Mapped[str]
    authority_id: Mapped[UUID] = mapped_column(ForeignKey("authorities.id"))
    content: Mapped[str]  # the YAML text, to the letter
    digest: Mapped[str]  # of the tariff that it says, as `Tariff.digest`
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    review_by: Mapped[date]
    published_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    published_by: Mapped[str]  # command:<login>, agent:<id>

    __table_args__ = (PrimaryKeyConstraint("tariff_id", "version"),)
